// Engine on the Wasmtime C API. This header names no Wasmtime type: wasmtime.h stays inside
// src/engine.
#pragma once

#include <cstddef>
#include <memory>

#include "engine/engine.h"

namespace wascc::engine {

// Linked as wascc_engine_runtime (loads native code) or wascc_engine_compiler (compiles, too): one
// of them in an executable. Both use the same settings, so that the one runs what the other
// compiled.
Result<std::unique_ptr<Engine>> make_wasmtime_engine(const EngineOptions& options = {});

}  // namespace wascc::engine
