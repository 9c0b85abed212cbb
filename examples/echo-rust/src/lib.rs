//! Answers every HTTP request with a JSON picture of it, and every raw event with its own bytes.

use serde_derive::{Deserialize, Serialize};
use std::collections::BTreeMap;
use wascc_actor::prelude::*;

/// The operation and the two messages of `awslambda:event`, which the SDK does not know.
const OP_HANDLE_EVENT: &str = "HandleEvent";

#[derive(Deserialize)]
struct Event {
    #[serde(with = "serde_bytes", default)]
    body: Vec<u8>,
}

#[derive(Serialize)]
struct EventAnswer {
    #[serde(with = "serde_bytes")]
    body: Vec<u8>,
}

#[derive(Serialize)]
struct Picture {
    method: String,
    path: String,
    query_string: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

actor_handlers! {
    codec::http::OP_HANDLE_REQUEST => echo_request,
    OP_HANDLE_EVENT => echo_event,
    codec::core::OP_HEALTH_REQUEST => health
}

fn echo_request(request: codec::http::Request) -> HandlerResult<codec::http::Response> {
    println(&format!("Received HTTP request: {:?}", &request));
    let picture = Picture {
        method: request.method,
        path: request.path,
        query_string: request.query_string,
        headers: request.header.into_iter().collect(),
        body: request.body,
    };
    Ok(codec::http::Response::json(picture, 200, "OK"))
}

fn echo_event(event: Event) -> HandlerResult<EventAnswer> {
    println(&format!("Received an event of {} bytes", event.body.len()));
    Ok(EventAnswer { body: event.body })
}

fn health(_request: codec::core::HealthRequest) -> HandlerResult<()> {
    Ok(())
}
