//! Calls another actor by its call alias, with the actor interfaces of 2021.

use serde::{Deserialize, Serialize};
use serde_json::json;
use wapc_guest::HandlerResult;
use wasmcloud_actor_core as actor;
use wasmcloud_actor_http_server as http;

#[derive(Serialize)]
struct Ping {
    value: u32,
}

#[derive(Deserialize)]
struct Pong {
    value: u32,
}

#[actor::init]
fn init() {
    http::Handlers::register_handle_request(ping);
}

fn ping(_request: http::Request) -> HandlerResult<http::Response> {
    let pong: Pong = actor::call_actor("wasmcloud/examples/ponger", "Ping", &Ping { value: 11 })?;
    Ok(http::Response::json(json!({ "value": pong.value }), 200, "OK"))
}
