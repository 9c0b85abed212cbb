// WASI for the modules that import it: Wasmtime's own preview 1, denied everything by default, with
// three changes.
//  - Waiting (poll_oneoff) ends at the call's deadline, and the clocks are ours, so that absolute
//  times agree with it.
//  - Standard output and error go to GuestOutput, line by line.
//  - The older wasi_unstable is served by the same functions, where both mean the same
//  (docs/formats/wasi.md).
#pragma once

#include <span>

#include "engine/engine.h"
#include "engine/wasmtime_handle.h"
#include "engine/wasmtime_store.h"

namespace wascc::engine {

inline constexpr std::string_view kWasiPreview1 = "wasi_snapshot_preview1";
inline constexpr std::string_view kWasiUnstable = "wasi_unstable";

struct WasiUse {
  bool any = false;       // imports one of the two
  bool unstable = false;  // imports wasi_unstable, whose functions are made anew for each store
};
WasiUse wasi_use(std::span<const ImportType> imports);

// Defines preview 1 in the linker, our own functions over it.
Status define_wasi(wasmtime_linker_t& linker);

// Gives the store its WASI context: the grants and nothing else. `state` outlives the store.
Status configure_wasi(wasmtime_context_t& context, const WasiGrants& grants, StoreState& state);

// Defines the wasi_unstable functions among `imports` in a linker of this store's own; kUnsupported
// for unknown names.
Status define_wasi_unstable(wasmtime_linker_t& linker, wasmtime_context_t& context,
                            std::span<const ImportType> imports);

// Whether link may promise the function: every name of preview 1 that wasi_unstable has, too.
bool has_wasi_unstable(std::string_view name);

}  // namespace wascc::engine
