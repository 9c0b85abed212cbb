#include "support/fake_engine.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "base/file.h"

namespace wascc::test {
namespace {

using engine::ValueType;

constexpr std::string_view kWasm = "fake wasm ";
constexpr std::string_view kNative = "fake native ";

class CompiledModule final : public engine::Module {
 public:
  CompiledModule(std::string name, std::shared_ptr<const FakeModule> module)
      : fake(std::move(module)), name_(std::move(name)) {
    for (const FakeExport& function : fake->exports())
      exports_.push_back({function.name, function.type, false});
    if (fake->memory_bytes > 0) exports_.push_back({"memory", std::nullopt, true});
  }
  const std::vector<engine::ImportType>& imports() const override { return fake->imports; }
  const std::vector<engine::ExportType>& exports() const override { return exports_; }
  Result<Bytes> serialize() const override { return to_bytes(std::string(kNative) + name_); }

  const std::shared_ptr<const FakeModule> fake;

 private:
  std::string name_;
  std::vector<engine::ExportType> exports_;
};

// For each import of the module the function that the host offers.
using Functions = std::vector<engine::HostFunction>;

class Instance final : public engine::Instance, private FakeInstance, private engine::Caller {
 public:
  Instance(const FakeModule& module, std::shared_ptr<const Functions> functions,
           const engine::InstanceOptions& options)
      : functions_(std::move(functions)),
        options_(options),
        memory_(module.memory_bytes),
        exports_(module.exports()) {}

  Result<std::uint32_t> call(std::string_view function, std::span<const std::uint32_t> arguments,
                             Deadline deadline) override {
    const auto found = std::ranges::find(exports_, function, &FakeExport::name);
    if (found == exports_.end())
      return Error(Errc::kNotFound, "no exported function " + std::string(function));
    if (deadline <= std::chrono::steady_clock::now())
      return Error(Errc::kTimeout, "stopped at the deadline");
    return found->run(*this, arguments);
  }
  engine::GuestMemory memory() override { return engine::GuestMemory(memory_); }
  std::optional<int> exit_status() const override { return std::nullopt; }

 private:
  Result<std::uint32_t> import(std::string_view module, std::string_view name,
                               std::span<const std::uint32_t> arguments) override {
    const auto found = std::ranges::find_if(*functions_, [&](const engine::HostFunction& f) {
      return f.module == module && f.name == name && f.type.parameters.size() == arguments.size();
    });
    if (found == functions_->end())
      return Error(Errc::kTrap, "the module does not import " + std::string(name));
    std::uint32_t result = 0;
    WASCC_CHECK(found->run(*this, arguments, result));
    return result;
  }
  void output(int stream, std::string_view line) override {
    if (options_.output != nullptr) options_.output->line(stream, line);
  }

  void* context() const override { return options_.context; }
  engine::GuestMemory memory() const override {
    return engine::GuestMemory(const_cast<std::vector<std::byte>&>(memory_));
  }

  const std::shared_ptr<const Functions> functions_;
  const engine::InstanceOptions options_;
  std::vector<std::byte> memory_;
  std::vector<FakeExport> exports_;
};

class LinkedModule final : public engine::Linked {
 public:
  LinkedModule(engine::ModulePtr module, std::shared_ptr<const FakeModule> fake,
               std::shared_ptr<const Functions> functions)
      : module_(std::move(module)), fake_(std::move(fake)), functions_(std::move(functions)) {}

  Result<std::unique_ptr<engine::Instance>> instantiate(
      const engine::InstanceOptions& options) const override {
    if (fake_->memory_bytes > options.limits.memory_bytes)
      return Error(Errc::kOutOfMemory, "the module needs more memory than it may have");
    return std::unique_ptr<engine::Instance>(
        std::make_unique<Instance>(*fake_, functions_, options));
  }
  const engine::Module& module() const override { return *module_; }

 private:
  engine::ModulePtr module_;
  std::shared_ptr<const FakeModule> fake_;
  std::shared_ptr<const Functions> functions_;
};

engine::FunctionType type(std::size_t parameters, std::size_t results) {
  return {std::vector(parameters, ValueType::kI32), std::vector(results, ValueType::kI32)};
}

engine::ImportType wapc_import(const char* name, std::size_t parameters, std::size_t results) {
  return {"wapc", name, type(parameters, results)};
}

// A guest's side of waPC. Memory is handed out from the start, anew for each guest call.
class WapcCall final : public FakeCall {
 public:
  WapcCall(FakeInstance& instance, std::uint32_t operation_bytes, std::uint32_t payload_bytes)
      : instance_(instance) {
    const std::uint32_t operation_at = allocate(operation_bytes);
    const std::uint32_t payload_at = allocate(payload_bytes);
    wapc("__guest_request", {operation_at, payload_at});
    operation_ = to_text(read(operation_at, operation_bytes));
    payload_ = read(payload_at, payload_bytes);
  }

  std::string_view operation() const override { return operation_; }
  ByteView payload() const override { return payload_; }
  Result<Bytes> host_call(std::string_view binding, std::string_view name_space,
                          std::string_view operation, ByteView payload) override {
    std::vector<std::uint32_t> arguments;
    for (const ByteView bytes :
         {as_bytes(binding), as_bytes(name_space), as_bytes(operation), payload}) {
      arguments.push_back(write(bytes));
      arguments.push_back(static_cast<std::uint32_t>(bytes.size()));
    }
    const bool answered = wapc("__host_call", arguments) == 1;
    const std::uint32_t size = wapc(answered ? "__host_response_len" : "__host_error_len", {});
    const std::uint32_t at = allocate(size);
    wapc(answered ? "__host_response" : "__host_error", {at});
    Bytes bytes = read(at, size);
    if (answered) return bytes;
    return Error(Errc::kGuest, to_text(bytes));
  }
  void console_log(std::string_view text) override { give("__console_log", as_bytes(text)); }
  void output(int stream, std::string_view line) override { instance_.output(stream, line); }

  void give(std::string_view function, ByteView bytes) {
    wapc(function, {write(bytes), static_cast<std::uint32_t>(bytes.size())});
  }
  // Set by the first import that failed: then the guest traps, whatever it goes on to do.
  std::optional<Error> trap;

 private:
  std::uint32_t wapc(std::string_view function, const std::vector<std::uint32_t>& arguments) {
    if (trap) return 0;
    auto result = instance_.import("wapc", function, arguments);
    if (result) return *result;
    trap = std::move(result).error();
    return 0;
  }
  std::uint32_t allocate(std::uint32_t size) { return std::exchange(next_, next_ + size); }
  std::uint32_t write(ByteView bytes) {
    const std::uint32_t at = allocate(static_cast<std::uint32_t>(bytes.size()));
    if (auto place = instance_.memory().slice(at, static_cast<std::uint32_t>(bytes.size())))
      std::ranges::copy(bytes, place->begin());
    else if (!trap)
      trap = std::move(place).error();
    return at;
  }
  Bytes read(std::uint32_t at, std::uint32_t size) {
    if (auto place = instance_.memory().slice(at, size)) return to_bytes(ByteView(*place));
    return {};
  }

  FakeInstance& instance_;
  std::uint32_t next_ = 0;
  std::string operation_;
  Bytes payload_;
};

Result<std::uint32_t> serve(const FakeGuest& guest, FakeInstance& instance,
                            std::span<const std::uint32_t> lengths) {
  WapcCall call(instance, lengths[0], lengths[1]);
  Result<Bytes> answer = guest(call);
  if (answer)
    call.give("__guest_response", *answer);
  else if (answer.error().code() == Errc::kGuest)
    call.give("__guest_error", as_bytes(answer.error().message()));
  else
    return std::move(answer).error();
  if (call.trap) return *std::move(call.trap);
  return answer ? 1U : 0U;
}

}  // namespace

FakeModule wapc_module(std::function<FakeGuest()> make) {
  FakeModule module;
  module.memory_bytes = 1 << 20;
  module.imports = {wapc_import("__guest_request", 2, 0),     wapc_import("__guest_response", 2, 0),
                    wapc_import("__guest_error", 2, 0),       wapc_import("__host_call", 8, 1),
                    wapc_import("__host_response_len", 0, 1), wapc_import("__host_response", 1, 0),
                    wapc_import("__host_error_len", 0, 1),    wapc_import("__host_error", 1, 0),
                    wapc_import("__console_log", 2, 0)};
  module.exports = [make = std::move(make)] {
    return std::vector<FakeExport>{
        {"__guest_call", type(2, 1),
         [guest = make()](FakeInstance& instance, std::span<const std::uint32_t> lengths) {
           return serve(guest, instance, lengths);
         }}};
  };
  return module;
}

FakeModule wapc_module(FakeGuest guest) {
  return wapc_module(std::function<FakeGuest()>([guest = std::move(guest)] { return guest; }));
}

Bytes FakeEngine::add(std::string name, FakeModule module) {
  Bytes wasm = to_bytes(std::string(kWasm) + name);
  modules_[std::move(name)] = std::make_shared<const FakeModule>(std::move(module));
  return wasm;
}

Result<engine::ModulePtr> FakeEngine::find(std::string_view name, Errc missing) const {
  const auto found = modules_.find(name);
  if (found == modules_.end()) return Error(missing, "no module of the fake engine");
  return engine::ModulePtr(std::make_shared<CompiledModule>(found->first, found->second));
}

Result<engine::ModulePtr> FakeEngine::compile(ByteView wasm) {
  const std::string_view text = as_text(wasm);
  if (!text.starts_with(kWasm)) return Error(Errc::kMalformed, "no WebAssembly");
  return find(text.substr(kWasm.size()), Errc::kMalformed);
}

Result<engine::ModulePtr> FakeEngine::load_native(ByteView code) {
  const std::string_view text = as_text(code);
  if (!text.starts_with(kNative)) return Error(Errc::kUnsupported, "code of another engine");
  return find(text.substr(kNative.size()), Errc::kUnsupported);
}

Result<engine::ModulePtr> FakeEngine::load_native_file(int file) {
  WASCC_TRY(const Bytes code, read_file("/proc/self/fd/" + std::to_string(file), 1 << 20));
  return load_native(code);
}

Result<Bytes> FakeEngine::precompile(ByteView wasm, std::string_view) {
  WASCC_TRY(const engine::ModulePtr module, compile(wasm));
  return module->serialize();
}

Result<engine::LinkedPtr> FakeEngine::link(engine::ModulePtr module,
                                           std::span<const engine::HostFunction> functions) {
  auto linked = std::make_shared<Functions>();
  std::string unknown;
  for (const engine::ImportType& import : module->imports()) {
    const auto found = std::ranges::find_if(functions, [&](const engine::HostFunction& f) {
      return f.module == import.module && f.name == import.name && f.type == import.function;
    });
    if (found != functions.end())
      linked->push_back(*found);
    else
      unknown.append(unknown.empty() ? "" : ", ").append(import.module + "." + import.name);
  }
  if (!unknown.empty()) return Error(Errc::kUnsupported, "unknown imports: " + unknown);
  auto fake = static_cast<const CompiledModule&>(*module).fake;
  return engine::LinkedPtr(
      std::make_shared<LinkedModule>(std::move(module), std::move(fake), std::move(linked)));
}

}  // namespace wascc::test
