//! Answers with one value of each kind that the host makes up, with the actor interfaces of 2021.

use extras::GeneratorRequest;
use serde_json::json;
use wapc_guest::HandlerResult;
use wasmcloud_actor_core as actor;
use wasmcloud_actor_extras as extras;
use wasmcloud_actor_http_server as http;

#[actor::init]
fn init() {
    http::Handlers::register_handle_request(all_three);
}

fn request(guid: bool, random: bool, sequence: bool) -> GeneratorRequest {
    GeneratorRequest { guid, random, sequence, min: 0, max: 100 }
}

fn all_three(_request: http::Request) -> HandlerResult<http::Response> {
    let host = extras::default();
    let answer = json!({
        "guid": host.request_guid(request(true, false, false))?.guid,
        "random": host.request_random(request(false, true, false))?.random_number,
        "sequence": host.request_sequence(request(false, false, true))?.sequence_number
    });
    Ok(http::Response::json(answer, 200, "OK"))
}
