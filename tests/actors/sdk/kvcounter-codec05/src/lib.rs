//! A counter with the SDK before 0.6: messages as arrays of their fields, and handlers that answer encoded bytes.

use serde_json::json;
use wascc_actor::prelude::*;

actor_handlers! {
    http::OP_HANDLE_REQUEST => count,
    core::OP_HEALTH_REQUEST => health
}

fn count(context: &CapabilitiesContext, request: http::Request) -> CallResult {
    let key = request.path.replace('/', ":");
    let counter = context.kv().atomic_add(&key, 1)?;
    let answer = json!({ "counter": counter, "tweaked": true });
    Ok(serialize(http::Response::json(answer, 200, "OK"))?)
}

fn health(_context: &CapabilitiesContext, _request: core::HealthRequest) -> ReceiveResult {
    Ok(vec![])
}
