//! Answers the actor that calls it, with the actor interfaces of 2021.

use serde::{Deserialize, Serialize};
use wapc_guest::{register_function, CallResult};
use wasmcloud_actor_core as actor;

#[derive(Deserialize)]
struct Ping {
    value: u32,
}

#[derive(Serialize)]
struct Pong {
    value: u32,
}

#[actor::init]
fn init() {
    register_function("Ping", pong);
}

fn pong(payload: &[u8]) -> CallResult {
    let ping: Ping = actor::deserialize(payload)?;
    actor::serialize(Pong { value: ping.value + 42 })
}
