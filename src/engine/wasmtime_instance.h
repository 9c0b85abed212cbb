// A module linked to host functions, and its instances, on the Wasmtime C API.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/wasmtime_handle.h"
#include "engine/wasmtime_store.h"
#include "engine/wasmtime_wasi.h"
#include "engine/watchdog.h"

namespace wascc::engine {

class WasmtimeModule final : public Module {
 public:
  explicit WasmtimeModule(ModuleHandle module);
  const std::vector<ImportType>& imports() const override { return imports_; }
  const std::vector<ExportType>& exports() const override { return exports_; }
  Result<Bytes> serialize() const override;
  const wasmtime_module_t& raw() const { return *module_; }

 private:
  ModuleHandle module_;
  std::vector<ImportType> imports_;
  std::vector<ExportType> exports_;
};

// What instances need of the engine that made them; it outlives them.
struct WasmtimeContext {
  wasm_engine_t& engine;
  Watchdog& watchdog;
};

class WasmtimeLinked final : public Linked, public std::enable_shared_from_this<WasmtimeLinked> {
 public:
  static Result<LinkedPtr> link(WasmtimeContext context,
                                std::shared_ptr<const WasmtimeModule> module,
                                std::span<const HostFunction> functions);
  Result<std::unique_ptr<Instance>> instantiate(const InstanceOptions& options) const override;
  const WasmtimeModule& module() const override { return *module_; }

 private:
  WasmtimeLinked(WasmtimeContext context, std::shared_ptr<const WasmtimeModule> module)
      : context_(context), module_(std::move(module)), wasi_(wasi_use(module_->imports())) {}
  Status define(const ImportType& import, std::span<const HostFunction> functions,
                std::string& unknown);

  WasmtimeContext context_;
  std::shared_ptr<const WasmtimeModule> module_;
  WasiUse wasi_;
  std::vector<std::unique_ptr<HostFunction>> functions_;  // the linker points at them
  LinkerHandle linker_;
  InstancePreHandle pre_;  // absent where wasi_unstable asks for a linker per store
};

class WasmtimeInstance final : public Instance {
 public:
  WasmtimeInstance(const WasmtimeContext& context, std::shared_ptr<const WasmtimeLinked> linked,
                   const InstanceOptions& options);

  // make(context, instance, trap) is one of the engine's two ways to do it. Runs the module's start
  // section, if it has one.
  template <class Make>
  Status instantiate(Make make);

  Result<std::uint32_t> call(std::string_view function, std::span<const std::uint32_t> arguments,
                             Deadline deadline) override;
  GuestMemory memory() override;
  std::optional<int> exit_status() const override { return exit_status_; }

  wasmtime_context_t& context() { return *wasmtime_store_context(store_.get()); }
  StoreState& state() { return state_; }

 private:
  struct Function {
    std::string name;
    std::size_t parameters;
    std::size_t results;
    wasmtime_func_t function;
  };

  Result<const Function*> find(std::string_view name);
  void begin(Deadline deadline);
  wasmtime_error_t* look_at_deadline(std::uint64_t& delta);
  Status finish(wasmtime_error_t* error, wasm_trap_t* trap);
  void remember_memory();

  std::shared_ptr<const WasmtimeLinked> linked_;  // the instance calls its host functions
  std::uint64_t memory_limit_;
  StoreState state_;
  StoreHandle store_;  // refers to state_
  wasmtime_instance_t instance_{};
  std::vector<Function> called_;  // functions that were called before
  std::optional<int> exit_status_;
  Watchdog::Slot slot_;
  bool alone_ = false;  // whether this call looks at the clock itself
};

}  // namespace wascc::engine
