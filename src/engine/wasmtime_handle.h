// One owning alias per type of the Wasmtime C API. The deleter is part of the type: one pointer
// wide, and never the wrong free function.
#pragma once

#include <wasm.h>
#include <wasmtime.h>

#include <memory>
#include <string_view>

namespace wascc::engine {

template <class T, auto Delete>
struct Deleter {
  void operator()(T* raw) const noexcept { Delete(raw); }
};
template <class T, auto Delete>
using Handle = std::unique_ptr<T, Deleter<T, Delete>>;

using EngineHandle = Handle<wasm_engine_t, wasm_engine_delete>;
using ErrorHandle = Handle<wasmtime_error_t, wasmtime_error_delete>;
using FunctionTypeHandle = Handle<wasm_functype_t, wasm_functype_delete>;
using InstancePreHandle = Handle<wasmtime_instance_pre_t, wasmtime_instance_pre_delete>;
using LinkerHandle = Handle<wasmtime_linker_t, wasmtime_linker_delete>;
using ModuleHandle = Handle<wasmtime_module_t, wasmtime_module_delete>;
using StoreHandle = Handle<wasmtime_store_t, wasmtime_store_delete>;
using TrapHandle = Handle<wasm_trap_t, wasm_trap_delete>;

// A vector that the C API filled and that is ours to free.
template <class T, auto Delete>
struct Vector : T {
  Vector() : T{} {}
  ~Vector() { Delete(this); }
  Vector(const Vector&) = delete;
  Vector& operator=(const Vector&) = delete;
};
using ByteVector = Vector<wasm_byte_vec_t, wasm_byte_vec_delete>;
using ImportVector = Vector<wasm_importtype_vec_t, wasm_importtype_vec_delete>;
using ExportVector = Vector<wasm_exporttype_vec_t, wasm_exporttype_vec_delete>;
using FrameVector = Vector<wasm_frame_vec_t, wasm_frame_vec_delete>;

inline std::string_view text_of(const wasm_name_t& name) { return {name.data, name.size}; }

}  // namespace wascc::engine
