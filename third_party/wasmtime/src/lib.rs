//! Wasmtime's C API, and the one call of the Rust interface that it lacks.
pub use wasmtime_c_api::*;

/// Compiles a core module to native code for the engine's target, which need not be this machine:
/// `wasmtime_module_new` refuses what could not run here. The bytes in `out` are the caller's.
///
/// # Safety
/// `wasm` points to `length` bytes.
#[cfg(feature = "compiler")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wascc_precompile(
    engine: &wasm_engine_t,
    wasm: *const u8,
    length: usize,
    out: &mut wasm_byte_vec_t,
) -> Option<Box<wasmtime_error_t>> {
    // A wasm_engine_t is a C struct with this one member, which is private.
    const { assert!(size_of::<wasm_engine_t>() == size_of::<wasmtime::Engine>()) };
    let engine = unsafe { &*std::ptr::from_ref(engine).cast::<wasmtime::Engine>() };
    let wasm = if length == 0 {
        &[]
    } else {
        unsafe { std::slice::from_raw_parts(wasm, length) }
    };
    match engine.precompile_module(wasm) {
        Ok(code) => {
            out.set_buffer(code);
            None
        }
        Err(error) => Some(Box::new(error.into())),
    }
}
