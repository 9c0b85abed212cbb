//! Asks a provider of a capability that no library knows, with messages of its own.

use serde::{Deserialize, Serialize};
use serde_json::json;
use wascc_actor::prelude::*;

#[derive(Serialize)]
struct Question {
    super_secret: u32,
}

#[derive(Deserialize)]
struct Answer {
    reply_value: u32,
}

actor_handlers! {
    codec::http::OP_HANDLE_REQUEST => ask,
    codec::core::OP_HEALTH_REQUEST => health
}

fn ask(_request: codec::http::Request) -> HandlerResult<codec::http::Response> {
    let question = serialize(Question { super_secret: 12 })?;
    let bytes = untyped::default().call("wascc:wasidemo", "DoCustomThing", question)?;
    let answer: Answer = deserialize(&bytes)?;
    let body = json!({ "result": answer.reply_value });
    Ok(codec::http::Response::json(body, 200, "OK"))
}

fn health(_request: codec::core::HealthRequest) -> HandlerResult<()> {
    Ok(())
}
