// What can be told of a module without compiling it: its sections, its imports, and which
// capabilities its data mention. A hint for people, never a decision. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::cli {

struct Section {
  std::string name;   // "code", "data"; of a custom section its own name
  std::size_t begin;  // of its contents
  std::size_t bytes;
  bool custom;
};

struct Import {
  std::string module;
  std::string name;
};

struct Outline {
  std::vector<Section> sections;
  std::vector<Import> imports;
};

// kMalformed for what is not a core module, or is cut off.
Result<Outline> outline_of(ByteView wasm);

// Ids of capabilities whose name, or the name of an operation that only they deliver, stands in the
// module's data: likely used. Calls can be told only of a module that imports them. A Rust actor
// may mention wascc:logging because its SDK does.
std::vector<std::string> mentioned_capabilities(ByteView wasm, const Outline& outline);

// The same without those in `claimed`, under whichever name.
std::vector<std::string> unclaimed_mentions(ByteView wasm, const Outline& outline,
                                            const std::vector<std::string>& claimed);

}  // namespace wascc::cli
