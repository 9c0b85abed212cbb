//! Takes a batch of SQS messages and reports those that are not JSON, so that the queue offers only these again.

use serde_derive::{Deserialize, Serialize};
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

#[derive(Deserialize)]
struct Batch {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    message_id: String,
    body: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BatchAnswer {
    batch_item_failures: Vec<Failure>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: String,
}

actor_handlers! {
    OP_HANDLE_EVENT => handle_batch,
    codec::core::OP_HEALTH_REQUEST => health
}

fn handle_batch(event: Event) -> HandlerResult<EventAnswer> {
    let batch: Batch = serde_json::from_slice(&event.body)?;
    let batch_item_failures = batch
        .records
        .into_iter()
        .filter(|record| serde_json::from_str::<serde_json::Value>(&record.body).is_err())
        .map(|record| Failure { item_identifier: record.message_id })
        .collect();
    let body = serde_json::to_vec(&BatchAnswer { batch_item_failures })?;
    Ok(EventAnswer { body })
}

fn health(_request: codec::core::HealthRequest) -> HandlerResult<()> {
    Ok(())
}
