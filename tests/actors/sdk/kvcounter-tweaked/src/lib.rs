//! The kvcounter of the examples with one more member in its answer: what replaces it while it runs.

use serde_json::json;
use wascc_actor::prelude::*;

actor_handlers! {
    codec::http::OP_HANDLE_REQUEST => count,
    codec::core::OP_HEALTH_REQUEST => health
}

fn count(request: codec::http::Request) -> HandlerResult<codec::http::Response> {
    let key = request.path.replace('/', ":");
    let counter = keyvalue::default().atomic_add(&key, 1)?;
    Ok(codec::http::Response::json(json!({ "counter": counter, "tweaked": true }), 200, "OK"))
}

fn health(_request: codec::core::HealthRequest) -> HandlerResult<()> {
    Ok(())
}
