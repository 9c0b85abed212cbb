//! Pictures a request as JSON, with the actor interfaces of 2021.

use serde_json::json;
use wapc_guest::HandlerResult;
use wasmcloud_actor_core as actor;
use wasmcloud_actor_http_server as http;

#[actor::init]
fn init() {
    http::Handlers::register_handle_request(picture);
}

fn picture(request: http::Request) -> HandlerResult<http::Response> {
    let answer = json!({
        "method": request.method,
        "path": request.path,
        "query_string": request.query_string,
        "headers": request.header,
        "body": request.body
    });
    Ok(http::Response::json(answer, 200, "OK"))
}
