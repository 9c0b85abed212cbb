//! Host calls with the `wapc` crate and its Wasmtime provider, for `host_bench` to be compared with.
//!
//!     peer-wapc CALLS_GUEST.wasm BIG_ACTOR.wasm REQUEST_FILE
use std::time::Instant;
use wapc::WapcHost;
use wasmtime_provider::{WasmtimeEngineProviderBuilder, WasmtimeEngineProviderPre};

type AnyError = Box<dyn std::error::Error>;

fn load(path: &str) -> Result<WasmtimeEngineProviderPre, AnyError> {
    let bytes = std::fs::read(path)?;
    Ok(WasmtimeEngineProviderBuilder::new().module_bytes(&bytes).build_pre()?)
}

fn host(pre: &WasmtimeEngineProviderPre) -> Result<WapcHost, AnyError> {
    let answer = Box::new(|_, _: &str, _: &str, _: &str, _: &[u8]| Ok(b"answer".to_vec()));
    Ok(WapcHost::new(Box::new(pre.rehydrate(None)?), Some(answer))?)
}

/// Least, median and 99th percentile of one call's time, from batches of calls.
/// `per_call`: how many of what is measured one call makes.
fn measure(name: &str, batches: usize, calls: usize, per_call: usize, mut call: impl FnMut()) -> String {
    for _ in 0..calls {
        call();
    }
    let mut times: Vec<f64> = (0..batches)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..calls {
                call();
            }
            start.elapsed().as_secs_f64() * 1e6 / (calls * per_call) as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let at = |place: f64| times[(place * times.len() as f64).min(times.len() as f64 - 1.0) as usize];
    format!("\"{name}_min_us\":{:.3},\"{name}_p50_us\":{:.3},\"{name}_p99_us\":{:.3}", at(0.0), at(0.5), at(0.99))
}

fn main() -> Result<(), AnyError> {
    let arguments: Vec<String> = std::env::args().collect();
    let calls = host(&load(&arguments[1])?)?;
    let big = load(&arguments[2])?;
    let request = std::fs::read(&arguments[3])?;
    let kept = host(&big)?;
    let one = b"\x09bench:any\x02Oppayload"; // what calls.wat takes
    let figures = [
        measure("empty_call", 100, 2000, 1, || drop(calls.call("e", b"").unwrap())),
        measure("call_with_host_call", 100, 2000, 1, || drop(calls.call("c", one).unwrap())),
        measure("host_call", 100, 20, 100, || drop(calls.call("r", one).unwrap())),
        measure("actor_call", 100, 200, 1, || drop(kept.call("HandleRequest", &request).unwrap())),
        measure("fresh_instance", 100, 20, 1, || {
            drop(host(&big).unwrap().call("HandleRequest", &request).unwrap())
        }),
    ];
    println!("{{{}}}", figures.join(","));
    Ok(())
}
