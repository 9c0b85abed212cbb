//! Counts the requests for each path, with the actor interfaces of 2021.

use serde_json::json;
use wapc_guest::HandlerResult;
use wasmcloud_actor_core as actor;
use wasmcloud_actor_http_server as http;
use wasmcloud_actor_keyvalue as keyvalue;

#[actor::init]
fn init() {
    http::Handlers::register_handle_request(count);
}

fn count(request: http::Request) -> HandlerResult<http::Response> {
    let key = request.path.replace('/', ":");
    let counter = keyvalue::default().add(key, 1)?.value;
    Ok(http::Response::json(json!({ "counter": counter }), 200, "OK"))
}
