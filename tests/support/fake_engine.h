// An engine whose modules are C++ functions: for tests of the layers above, where a guest must do
// exactly this or that. It keeps the promises of engine/engine.h, checked by
// tests/conformance/engine_conformance.h, but it cannot stop a guest: a deadline that has passed
// fails a call before it begins, and nothing else.
//
// Like any engine: Engine, Module and Linked from any thread. Modules are added by one thread
// before others use the engine.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::test {

// What a fake export sees of its instance.
class FakeInstance {
 public:
  virtual ~FakeInstance() = default;
  virtual engine::GuestMemory memory() = 0;
  // Calls the import of this name and type, as linked.
  virtual Result<std::uint32_t> import(std::string_view module, std::string_view name,
                                       std::span<const std::uint32_t> arguments) = 0;
  virtual void output(int stream, std::string_view line) = 0;
};

struct FakeExport {
  std::string name;
  engine::FunctionType type;
  // An Error is a trap, with its code.
  std::function<Result<std::uint32_t>(FakeInstance&, std::span<const std::uint32_t>)> run;
};

struct FakeModule {
  std::size_t memory_bytes = 0;  // 0: exports no memory
  std::vector<engine::ImportType> imports;
  // Makes the exports of one instance, so that what they capture is its own.
  std::function<std::vector<FakeExport>()> exports;
};

// One guest call, as the C++ code of a waPC guest sees it.
class FakeCall {
 public:
  virtual ~FakeCall() = default;
  virtual std::string_view operation() const = 0;
  virtual ByteView payload() const = 0;
  // The host's answer, or kGuest with its error text.
  virtual Result<Bytes> host_call(std::string_view binding, std::string_view name_space,
                                  std::string_view operation, ByteView payload) = 0;
  virtual void console_log(std::string_view text) = 0;
  virtual void output(int stream, std::string_view line) = 0;
};

// The bytes to answer; kGuest for a guest error with that text; any other code traps with it.
using FakeGuest = std::function<Result<Bytes>(FakeCall& call)>;

// A module that speaks waPC; `make` is asked once for each instance.
FakeModule wapc_module(std::function<FakeGuest()> make);
// The same of a guest without state.
FakeModule wapc_module(FakeGuest guest);

class FakeEngine final : public engine::Engine {
 public:
  // What compile takes for this module from now on.
  Bytes add(std::string name, FakeModule module);

  Result<engine::ModulePtr> compile(ByteView wasm) override;
  Result<engine::ModulePtr> load_native(ByteView code) override;
  Result<engine::ModulePtr> load_native_file(int file) override;
  // Its modules have no code for other machines: the same as of this one.
  Result<Bytes> precompile(ByteView wasm, std::string_view identity) override;
  Result<engine::LinkedPtr> link(engine::ModulePtr module,
                                 std::span<const engine::HostFunction> functions) override;
  const std::string& identity() const override { return identity_; }
  bool can_compile() const override { return true; }

 private:
  Result<engine::ModulePtr> find(std::string_view name, Errc missing) const;

  std::string identity_ = "fake";
  std::map<std::string, std::shared_ptr<const FakeModule>, std::less<>> modules_;
};

}  // namespace wascc::test
