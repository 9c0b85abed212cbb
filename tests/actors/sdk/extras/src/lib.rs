//! Answers with one value of each kind that the host makes up for actors.

use serde_json::json;
use wascc_actor::prelude::*;

actor_handlers! {
    codec::http::OP_HANDLE_REQUEST => all_three,
    codec::core::OP_HEALTH_REQUEST => health
}

fn all_three(_request: codec::http::Request) -> HandlerResult<codec::http::Response> {
    let host = extras::default();
    let random = host.get_random(0, 100)?;
    let guid = host.get_guid()?;
    let sequence = host.get_sequence_number()?;
    let answer = json!({ "random": random, "guid": guid, "sequence": sequence });
    Ok(codec::http::Response::json(answer, 200, "OK"))
}

fn health(_request: codec::core::HealthRequest) -> HandlerResult<()> {
    Ok(())
}
