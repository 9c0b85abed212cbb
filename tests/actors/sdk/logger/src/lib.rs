//! Writes a line by each way there is, and answers whether or not anyone took them.

use log::{info, warn};
use wascc_actor::prelude::*;

actor_handlers! {
    codec::http::OP_HANDLE_REQUEST => log_request,
    codec::core::OP_HEALTH_REQUEST => health
}

fn log_request(request: codec::http::Request) -> HandlerResult<codec::http::Response> {
    println("a line for the console");
    info!("a request for {}", request.path);
    warn!("a warning");
    Ok(codec::http::Response::ok())
}

fn health(_request: codec::core::HealthRequest) -> HandlerResult<()> {
    Ok(())
}
