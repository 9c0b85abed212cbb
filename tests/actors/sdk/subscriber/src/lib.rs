//! Writes the messages that a broker delivers to the console, and does nothing else.

use wascc_actor::prelude::*;

actor_handlers! {
    codec::messaging::OP_DELIVER_MESSAGE => show,
    codec::core::OP_HEALTH_REQUEST => health
}

fn show(message: codec::messaging::BrokerMessage) -> HandlerResult<()> {
    println(&format!("Received {:?}", message));
    Ok(())
}

fn health(_request: codec::core::HealthRequest) -> HandlerResult<()> {
    Ok(())
}
