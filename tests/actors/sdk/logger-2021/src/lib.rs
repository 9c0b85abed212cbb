//! Writes lines of two levels, with the actor interfaces of 2021.

use log::{info, warn};
use wapc_guest::HandlerResult;
use wasmcloud_actor_core as actor;
use wasmcloud_actor_http_server as http;
use wasmcloud_actor_logging as logging;

#[actor::init]
fn init() {
    logging::enable_macros();
    http::Handlers::register_handle_request(log_request);
}

fn log_request(request: http::Request) -> HandlerResult<http::Response> {
    info!("a request for {}", request.path);
    warn!("a warning");
    Ok(http::Response::ok())
}
