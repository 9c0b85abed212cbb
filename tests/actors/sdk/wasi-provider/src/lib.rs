//! A portable provider: ten times the number of a question. It draws random bytes when it is bound (a hash map's
//! seed) and writes to its standard output, both by way of WASI; it knows no way to be unbound.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Mutex;
use wascc_actor::prelude::codec::capabilities::{CapabilityDescriptor, OperationDirection};
use wascc_actor::prelude::codec::core::CapabilityConfiguration;
use wascc_actor::prelude::*;

const OP_DO_CUSTOM_THING: &str = "DoCustomThing";

#[derive(Deserialize)]
struct Question {
    super_secret: u32,
}

#[derive(Serialize)]
struct Answer {
    reply_value: u32,
}

actor_handlers! {
    codec::capabilities::OP_GET_CAPABILITY_DESCRIPTOR => describe,
    codec::core::OP_BIND_ACTOR => bind,
    OP_DO_CUSTOM_THING => answer,
    codec::core::OP_HEALTH_REQUEST => health
}

fn describe(_request: codec::core::HealthRequest) -> HandlerResult<CapabilityDescriptor> {
    Ok(CapabilityDescriptor::builder()
        .id("wascc:wasidemo")
        .name("A provider for the tests")
        .long_description("Ten times the number of a question")
        .version("0.1.0")
        .revision(1)
        .with_operation(OP_DO_CUSTOM_THING, OperationDirection::ToProvider, "Answers a question")
        .build())
}

fn bind(configuration: CapabilityConfiguration) -> HandlerResult<()> {
    let mut bound = HashMap::new();
    bound.insert(configuration.module, configuration.values);
    println!("bound to {} actor", Mutex::new(bound).lock().unwrap().len());
    Ok(())
}

fn answer(question: Question) -> HandlerResult<Answer> {
    println!("asked for ten times {}", question.super_secret);
    Ok(Answer { reply_value: 10 * question.super_secret })
}

fn health(_request: codec::core::HealthRequest) -> HandlerResult<()> {
    Ok(())
}
