//! Wasmtime's C API, and the calls of the Rust interface that it lacks.
use std::os::fd::{BorrowedFd, RawFd};

pub use wasmtime_c_api::*;

// The C API's own structs have one member each, which is private.
const _: () = assert!(size_of::<wasm_engine_t>() == size_of::<wasmtime::Engine>());
const _: () = assert!(size_of::<wasm_config_t>() == size_of::<wasmtime::Config>());
const _: () = assert!(size_of::<wasmtime_module_t>() == size_of::<wasmtime::Module>());
const _: () = assert!(align_of::<wasmtime_module_t>() == align_of::<wasmtime::Module>());

unsafe fn engine_of(engine: &wasm_engine_t) -> &wasmtime::Engine {
    unsafe { &*std::ptr::from_ref(engine).cast() }
}

/// Loads native code from an open file, of which the module keeps a descriptor of its own:
/// `wasmtime_module_deserialize_file` takes a path, behind which another file may lie by then.
///
/// # Safety
/// `file` is open for reading, and holds what this very version of Wasmtime made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wascc_deserialize_open_file(
    engine: &wasm_engine_t,
    file: RawFd,
    out: &mut *mut wasmtime_module_t,
) -> Option<Box<wasmtime_error_t>> {
    let module = unsafe { BorrowedFd::borrow_raw(file) }
        .try_clone_to_owned()
        .map_err(wasmtime::Error::from)
        .and_then(|file| unsafe {
            wasmtime::Module::deserialize_open_file(engine_of(engine), file.into())
        });
    match module {
        Ok(module) => {
            *out = Box::into_raw(Box::new(module)).cast();
            None
        }
        Err(error) => Some(Box::new(error.into())),
    }
}

/// Native code is made without the table that leads from its addresses back to those of the module,
/// an eighth of it. It serves backtraces with offsets and debuggers alone.
///
/// # Safety
/// `config` has not been given to an engine yet.
#[cfg(feature = "compiler")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wascc_config_omit_address_map(config: &mut wasm_config_t) {
    let config: &mut wasmtime::Config = unsafe { &mut *std::ptr::from_mut(config).cast() };
    config.generate_address_map(false);
}

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
    let wasm = if length == 0 {
        &[]
    } else {
        unsafe { std::slice::from_raw_parts(wasm, length) }
    };
    match unsafe { engine_of(engine) }.precompile_module(wasm) {
        Ok(code) => {
            out.set_buffer(code);
            None
        }
        Err(error) => Some(Box::new(error.into())),
    }
}
