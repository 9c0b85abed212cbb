// Guests for tests: text files of tests/guests, assembled.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/file.h"
#include "engine/wat.h"
#include "wascc/bytes.h"

namespace wascc::test {

inline Bytes assemble(std::string_view wat) {
  auto wasm = engine::assemble(wat);
  if (!wasm) ADD_FAILURE() << wasm.error().message();
  return wasm ? *std::move(wasm) : Bytes();
}

// The module of tests/guests/NAME.wat.
inline Bytes guest(const std::string& name) {
  auto text = read_file(std::string(WASCC_SOURCE_DIR) + "/tests/guests/" + name + ".wat", 1 << 20);
  if (!text) ADD_FAILURE() << text.error().message();
  return text ? assemble(as_text(*text)) : Bytes();
}

}  // namespace wascc::test
