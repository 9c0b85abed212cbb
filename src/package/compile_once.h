// An engine that compiles each module once, however often it is asked: a package is built, compared
// and rehearsed from the same code. Used by one thread; the engine behind it outlives it.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "claims/sha256.h"
#include "engine/engine.h"

namespace wascc::package {

class CompileOnce final : public engine::Engine {
 public:
  explicit CompileOnce(engine::Engine& engine) : engine_(engine) {}

  Result<engine::ModulePtr> compile(ByteView wasm) override {
    engine::ModulePtr& known = modules_[claims::sha256({wasm})];
    if (known == nullptr) {
      WASCC_TRY(known, engine_.compile(wasm));
    }
    return known;
  }
  Result<engine::ModulePtr> load_native(ByteView code) override {
    return engine_.load_native(code);
  }
  Result<engine::ModulePtr> load_native_file(int file) override {
    return engine_.load_native_file(file);
  }
  Result<Bytes> precompile(ByteView wasm, std::string_view identity) override {
    if (identity == engine_.identity()) {
      WASCC_TRY(const engine::ModulePtr module, compile(wasm));
      return module->serialize();
    }
    Bytes& known = native_[{claims::sha256({wasm}), std::string(identity)}];
    if (known.empty()) {
      WASCC_TRY(known, engine_.precompile(wasm, identity));
    }
    return known;
  }
  Result<engine::LinkedPtr> link(engine::ModulePtr module,
                                 std::span<const engine::HostFunction> functions) override {
    return engine_.link(std::move(module), functions);
  }
  const std::string& identity() const override { return engine_.identity(); }
  bool can_compile() const override { return engine_.can_compile(); }

 private:
  engine::Engine& engine_;
  std::map<claims::Digest, engine::ModulePtr> modules_;
  std::map<std::pair<claims::Digest, std::string>, Bytes> native_;  // for other machines
};

}  // namespace wascc::package
