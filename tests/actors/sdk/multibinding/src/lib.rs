//! Counts in two stores of one capability, told apart by their binding names.

use serde_json::json;
use wascc_actor::prelude::*;

actor_handlers! {
    codec::http::OP_HANDLE_REQUEST => count_twice,
    codec::core::OP_HEALTH_REQUEST => health
}

fn count_twice(request: codec::http::Request) -> HandlerResult<codec::http::Response> {
    let key = request.path.replace('/', ":");
    let first = keyvalue::host("source1").atomic_add(&key, 1)?;
    let second = keyvalue::host("source2").atomic_add(&key, 2)?;
    let answer = json!({ "counter_1": first, "counter_2": second });
    Ok(codec::http::Response::json(answer, 200, "OK"))
}

fn health(_request: codec::core::HealthRequest) -> HandlerResult<()> {
    Ok(())
}
