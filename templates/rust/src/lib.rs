//! Answers an HTTP request.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use wapc_guest::prelude::*;

/// The messages of `wascc:http_server`, MessagePack maps. A field that is not listed is skipped.
#[derive(Deserialize)]
struct HttpRequest {
    method: String,
    path: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HttpResponse {
    status_code: u32,
    status: String,
    header: BTreeMap<String, String>,
    #[serde(with = "serde_bytes")]
    body: Vec<u8>,
}

/// The host calls this once: which function answers which operation.
#[no_mangle]
pub extern "C" fn wapc_init() {
    register_function("HandleRequest", handle_request);
    register_function("HealthRequest", healthy);
}

fn handle_request(payload: &[u8]) -> CallResult {
    let request: HttpRequest = rmp_serde::from_slice(payload)?;
    console_log(&format!("{} {}", request.method, request.path));
    let response = HttpResponse {
        status_code: 200,
        status: "OK".to_string(),
        header: BTreeMap::from([("content-type".to_string(), "text/plain".to_string())]),
        body: format!("hello {}\n", request.path).into_bytes(),
    };
    Ok(rmp_serde::to_vec_named(&response)?)
}

fn healthy(_payload: &[u8]) -> CallResult {
    Ok(vec![0xc0]) // nil
}
