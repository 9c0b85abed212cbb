#include "engine/wasmtime_error.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace wascc::engine {
namespace {

// errorMessage and stackTrace of Lambda are read by people: more frames than this tell nothing new.
constexpr std::size_t kMaxFrames = 64;

const char* cause_of(wasmtime_trap_code_t code) {
  switch (code) {
    case WASMTIME_TRAP_CODE_STACK_OVERFLOW:
      return "call stack exhausted";
    case WASMTIME_TRAP_CODE_MEMORY_OUT_OF_BOUNDS:
      return "out of bounds memory access";
    case WASMTIME_TRAP_CODE_HEAP_MISALIGNED:
      return "unaligned atomic access";
    case WASMTIME_TRAP_CODE_TABLE_OUT_OF_BOUNDS:
      return "undefined element: out of bounds table access";
    case WASMTIME_TRAP_CODE_INDIRECT_CALL_TO_NULL:
      return "uninitialized element: indirect call to null";
    case WASMTIME_TRAP_CODE_BAD_SIGNATURE:
      return "indirect call type mismatch";
    case WASMTIME_TRAP_CODE_INTEGER_OVERFLOW:
      return "integer overflow";
    case WASMTIME_TRAP_CODE_INTEGER_DIVISION_BY_ZERO:
      return "integer divide by zero";
    case WASMTIME_TRAP_CODE_BAD_CONVERSION_TO_INTEGER:
      return "invalid conversion to integer";
    case WASMTIME_TRAP_CODE_UNREACHABLE_CODE_REACHED:
      return kUnreachable;
    case WASMTIME_TRAP_CODE_INTERRUPT:
      return "interrupted";
    default:
      return nullptr;
  }
}

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

// "what\n\nCaused by:\n    0: why\n    1: why that\n" in one line. A single cause has no number.
std::string with_causes(std::string_view text) {
  std::string all = first_line(text);
  constexpr std::string_view kCauses = "\nCaused by:\n";
  const std::size_t at = text.find(kCauses);
  if (at == std::string_view::npos) return all;
  text.remove_prefix(at + kCauses.size());
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const std::size_t digits = line.find_first_not_of("0123456789");
    if (digits != 0 && digits != std::string_view::npos && line.substr(digits).starts_with(": "))
      line.remove_prefix(digits + 2);
    if (!line.empty()) all.append(": ").append(line);
  }
  return all;
}

// Rust and C++ modules carry mangled names; what does not demangle is shown as it is.
std::string readable(std::string_view name) {
  const std::string text(name);
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> plain(
      abi::__cxa_demangle(text.c_str(), nullptr, nullptr, &status), &std::free);
  return status == 0 ? std::string(plain.get()) : text;
}

std::vector<std::string> names_of(const wasm_frame_vec_t& frames) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < frames.size && i < kMaxFrames; ++i) {
    const wasm_name_t* name = wasmtime_frame_func_name(frames.data[i]);
    names.push_back(name != nullptr
                        ? readable(text_of(*name))
                        : "function " + std::to_string(wasm_frame_func_index(frames.data[i])));
  }
  return names;
}

}  // namespace

std::string message_of(const wasmtime_error_t& error) {
  ByteVector message;
  wasmtime_error_message(&error, &message);
  return with_causes(text_of(message));
}

Error read_trap(const wasm_trap_t& trap) {
  FrameVector frames;
  wasm_trap_trace(&trap, &frames);
  wasmtime_trap_code_t code = 0;
  if (wasmtime_trap_code(&trap, &code))
    if (const char* cause = cause_of(code)) return {Errc::kTrap, cause, names_of(frames)};
  ByteVector message;
  wasm_trap_message(&trap, &message);
  std::string_view text = text_of(message);
  while (!text.empty() && text.back() == '\0') text.remove_suffix(1);
  return {Errc::kTrap, first_line(text), names_of(frames)};
}

Error read_error(const wasmtime_error_t& error) {
  FrameVector frames;
  wasmtime_error_wasm_trace(&error, &frames);
  ByteVector message;
  wasmtime_error_message(&error, &message);
  return {Errc::kTrap, first_line(text_of(message)), names_of(frames)};
}

}  // namespace wascc::engine
