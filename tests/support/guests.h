// Guests for tests: text files of tests/guests, assembled.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/file.h"
#include "engine/wasmtime_engine.h"
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
  auto text = read_file("tests/guests/" + name + ".wat", 1 << 20);
  if (!text) ADD_FAILURE() << text.error().message();
  return text ? assemble(as_text(*text)) : Bytes();
}

// The real engine, for tests of layers that may not know it.
inline std::unique_ptr<engine::Engine> real_engine() {
  auto made = engine::make_wasmtime_engine();
  if (!made) ADD_FAILURE() << made.error().message();
  return made ? *std::move(made) : nullptr;
}

}  // namespace wascc::test
