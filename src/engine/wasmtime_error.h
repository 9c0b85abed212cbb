// Reads what the Wasmtime C API reports: errors, traps and backtraces, as our Error.
#pragma once

#include <string>
#include <vector>

#include "engine/wasmtime_handle.h"
#include "wascc/result.h"

namespace wascc::engine {

// The library's own message and its causes, in one line.
std::string message_of(const wasmtime_error_t& error);

// The cause of the trap by which compilers let a program end itself: panics, aborts.
inline constexpr const char* kUnreachable = "unreachable instruction executed";

// A readable cause, "unreachable instruction executed", and the function names of the backtrace,
// innermost first.
Error read_trap(const wasm_trap_t& trap);
// The same for a failure that the library reports as an error though a guest was running. The first
// line of its message is all: what follows repeats the backtrace.
Error read_error(const wasmtime_error_t& error);

}  // namespace wascc::engine
