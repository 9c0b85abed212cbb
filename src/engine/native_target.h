// The kinds of machines that native code can be made for, by the names that people use. Pure
// functions on a fixed table.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "wascc/result.h"

namespace wascc::engine {

struct NativeTarget {
  std::string_view architecture;          // as Lambda names it: "x86_64", "arm64"
  std::string_view cpu;                   // what the code needs at least: "x86-64-v3"
  std::string_view triple;                // "x86_64-unknown-linux-gnu"
  std::span<const char* const> features;  // of the processor, by the compiler's names
};

// The first one of an architecture is its default.
std::span<const NativeTarget> native_targets();

// kInvalid, listing what there is. Without a `cpu` the architecture's default.
Result<NativeTarget> find_native_target(std::string_view architecture, std::string_view cpu);

// Engine::identity() as it would be on that target: "wasmtime 48.0.8 aarch64-… neoverse-n1" from
// "wasmtime 48.0.8 x86_64-… x86-64-v3".
std::string identity_on(std::string_view engine_identity, const NativeTarget& target);

}  // namespace wascc::engine
