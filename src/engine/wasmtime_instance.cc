#include "engine/wasmtime_instance.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/wasmtime_error.h"

namespace wascc::engine {
namespace {

constexpr std::size_t kMaxValues =
    16;  // parameters of a host function or of an export that we call

// A guest that traps with this little memory left under its limit is taken to have run out of it.
constexpr std::uint64_t kNearLimit = 1 << 20;

ValueType value_type(const wasm_valtype_t* type) {
  switch (wasm_valtype_kind(type)) {
    case WASM_I32:
      return ValueType::kI32;
    case WASM_I64:
      return ValueType::kI64;
    case WASM_F32:
      return ValueType::kF32;
    case WASM_F64:
      return ValueType::kF64;
    default:
      return ValueType::kOther;
  }
}

std::vector<ValueType> value_types(const wasm_valtype_vec_t& types) {
  std::vector<ValueType> list;
  for (std::size_t i = 0; i < types.size; ++i) list.push_back(value_type(types.data[i]));
  return list;
}

std::optional<FunctionType> function_type(const wasm_externtype_t* type) {
  if (wasm_externtype_kind(type) != WASM_EXTERN_FUNC) return std::nullopt;
  const wasm_functype_t* function = wasm_externtype_as_functype_const(type);
  return FunctionType{value_types(*wasm_functype_params(function)),
                      value_types(*wasm_functype_results(function))};
}

FunctionTypeHandle raw_type(const FunctionType& type) {
  const auto fill = [](wasm_valtype_vec_t& out, std::size_t count) {
    std::vector<wasm_valtype_t*> types(count);
    std::ranges::generate(types, [] { return wasm_valtype_new(WASM_I32); });
    wasm_valtype_vec_new(&out, types.size(), types.data());
  };
  wasm_valtype_vec_t parameters, results;
  fill(parameters, type.parameters.size());
  fill(results, type.results.size());
  return FunctionTypeHandle(wasm_functype_new(&parameters, &results));
}

bool only_i32(const FunctionType& type) {
  const auto is_i32 = [](ValueType value) { return value == ValueType::kI32; };
  return std::ranges::all_of(type.parameters, is_i32) &&
         std::ranges::all_of(type.results, is_i32) && type.results.size() <= 1 &&
         type.parameters.size() <= kMaxValues;
}

// Whether a trap follows from a refused memory.grow. The C API does not tell of one, and guests
// trap after it by "unreachable" like after any other failure (docs/decisions/deadline.md).
bool ran_out_of_memory(const Error& trap, std::uint64_t used, std::uint64_t limit) {
  if (trap.code() != Errc::kTrap) return false;
  if (used + kNearLimit >= limit) return true;
  if (trap.message() != kUnreachable) return false;
  // Growing a buffer asks for as much again, which is refused from half of the limit on.
  if (used > limit / 2) return true;
  return std::ranges::any_of(trap.trace(), [](const std::string& frame) {
    return frame.find("alloc_error") != std::string::npos;  // Rust's, in a module with names
  });
}

class CallerView final : public Caller {
 public:
  CallerView(wasmtime_caller_t* caller, void* context) : caller_(caller), context_(context) {}
  void* context() const override { return context_; }
  GuestMemory memory() const override { return memory_of(caller_); }

 private:
  wasmtime_caller_t* caller_;
  void* context_;
};

// The one way from a guest into a HostFunction. Neither an Error nor an exception may pass the
// engine's frames.
wasm_trap_t* enter_host(void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* values,
                        std::size_t) noexcept {
  const auto& function = *static_cast<const HostFunction*>(env);
  StoreState& state = state_of(wasmtime_caller_context(caller));
  try {
    std::array<std::uint32_t, kMaxValues> arguments;
    const std::size_t count = function.type.parameters.size();
    for (std::size_t i = 0; i < count; ++i)
      arguments[i] = static_cast<std::uint32_t>(values[i].i32);
    std::uint32_t result = 0;
    CallerView view(caller, state.context);
    Status status = function.run(view, {arguments.data(), count}, result);
    if (!status) return state.fail(std::move(status).error());
    if (!function.type.results.empty()) values[0].i32 = static_cast<std::int32_t>(result);
    return nullptr;
  } catch (const std::exception& exception) {
    return state.fail(Error(Errc::kInternal, function.name + ": " + exception.what()));
  } catch (...) {
    return state.fail(Error(Errc::kInternal, function.name + ": unknown exception"));
  }
}

}  // namespace

WasmtimeModule::WasmtimeModule(ModuleHandle module) : module_(std::move(module)) {
  ImportVector imports;
  wasmtime_module_imports(module_.get(), &imports);
  for (std::size_t i = 0; i < imports.size; ++i) {
    const wasm_importtype_t* import = imports.data[i];
    imports_.push_back({std::string(text_of(*wasm_importtype_module(import))),
                        std::string(text_of(*wasm_importtype_name(import))),
                        function_type(wasm_importtype_type(import))});
  }
  ExportVector exports;
  wasmtime_module_exports(module_.get(), &exports);
  for (std::size_t i = 0; i < exports.size; ++i) {
    const wasm_exporttype_t* item = exports.data[i];
    const wasm_externtype_t* type = wasm_exporttype_type(item);
    exports_.push_back({std::string(text_of(*wasm_exporttype_name(item))), function_type(type),
                        wasm_externtype_kind(type) == WASM_EXTERN_MEMORY});
  }
}

Result<Bytes> WasmtimeModule::serialize() const {
#ifdef WASMTIME_FEATURE_COMPILER
  ByteVector bytes;
  const ErrorHandle error(wasmtime_module_serialize(module_.get(), &bytes));
  if (error) return Error(Errc::kInternal, "serialize native code: " + message_of(*error));
  return to_bytes(text_of(bytes));
#else
  return Error(Errc::kUnsupported, "this executable has no compiler");
#endif
}

Status WasmtimeLinked::define(const ImportType& import, std::span<const HostFunction> functions,
                              std::string& unknown) {
  if (import.module == kWasiPreview1) return {};  // judged by instantiate_pre
  if (import.module == kWasiUnstable && has_wasi_unstable(import.name)) return {};
  const HostFunction* found = nullptr;
  std::string offered;
  for (const HostFunction& function : functions) {
    if (function.module != import.module || function.name != import.name) continue;
    if (import.function == function.type) found = &function;
    offered += (offered.empty() ? "" : " or ") + to_string(function.type);
  }
  if (found == nullptr) {
    unknown += (unknown.empty() ? "" : ", ") + import.module + "." + import.name;
    if (!offered.empty())
      unknown += " as " + (import.function ? to_string(*import.function) : "no function") +
                 " instead of " + offered;
    return {};
  }
  functions_.push_back(std::make_unique<HostFunction>(*found));
  const HostFunction& function = *functions_.back();
  const ErrorHandle error(wasmtime_linker_define_func_unchecked(
      linker_.get(), function.module.data(), function.module.size(), function.name.data(),
      function.name.size(), raw_type(function.type).get(), enter_host,
      const_cast<HostFunction*>(&function), nullptr));
  if (error) return Error(Errc::kInternal, "define " + function.name + ": " + message_of(*error));
  return {};
}

Result<LinkedPtr> WasmtimeLinked::link(WasmtimeContext context,
                                       std::shared_ptr<const WasmtimeModule> module,
                                       std::span<const HostFunction> functions) {
  const std::shared_ptr<WasmtimeLinked> linked(new WasmtimeLinked(context, std::move(module)));
  linked->linker_.reset(wasmtime_linker_new(&context.engine));
  // A module may import one function twice, which defines it twice.
  wasmtime_linker_allow_shadowing(linked->linker_.get(), true);
  if (linked->wasi_.any) WASCC_CHECK(define_wasi(*linked->linker_));
  std::string unknown;
  for (const ImportType& import : linked->module_->imports())
    WASCC_CHECK(linked->define(import, functions, unknown));
  if (!unknown.empty())
    return Error(Errc::kUnsupported, "unknown import: the module needs " + unknown +
                                         ", which this host does not offer");
  if (!linked->wasi_.unstable) {
    wasmtime_instance_pre_t* pre = nullptr;
    const ErrorHandle error(
        wasmtime_linker_instantiate_pre(linked->linker_.get(), &linked->module_->raw(), &pre));
    if (error) return Error(Errc::kUnsupported, message_of(*error));
    linked->pre_.reset(pre);
  }
  return LinkedPtr(linked);
}

template <class Make>
Status WasmtimeInstance::instantiate(Make make) {
  begin(state_.deadline);
  wasm_trap_t* trap = nullptr;
  wasmtime_error_t* error = make(&context(), &instance_, &trap);
  WASCC_CHECK(finish(error, trap));
  remember_memory();
  return {};
}

Result<std::unique_ptr<Instance>> WasmtimeLinked::instantiate(
    const InstanceOptions& options) const {
  auto instance = std::make_unique<WasmtimeInstance>(context_, shared_from_this(), options);
  if (wasi_.any) WASCC_CHECK(configure_wasi(instance->context(), options.wasi, instance->state()));
  if (pre_) {
    WASCC_CHECK(instance->instantiate([this](auto* context, auto* made, auto** trap) {
      return wasmtime_instance_pre_instantiate(pre_.get(), context, made, trap);
    }));
  } else {
    const LinkerHandle linker(wasmtime_linker_clone(linker_.get()));
    WASCC_CHECK(define_wasi_unstable(*linker, instance->context(), module_->imports()));
    WASCC_CHECK(instance->instantiate([&](auto* context, auto* made, auto** trap) {
      return wasmtime_linker_instantiate(linker.get(), context, &module_->raw(), made, trap);
    }));
  }
  return std::unique_ptr<Instance>(std::move(instance));
}

WasmtimeInstance::WasmtimeInstance(const WasmtimeContext& context,
                                   std::shared_ptr<const WasmtimeLinked> linked,
                                   const InstanceOptions& options)
    : linked_(std::move(linked)),
      memory_limit_(options.limits.memory_bytes),
      state_(options),
      store_(wasmtime_store_new(&context.engine, &state_, nullptr)),
      slot_(context.watchdog) {
  wasmtime_store_limiter(store_.get(), static_cast<std::int64_t>(options.limits.memory_bytes),
                         options.limits.table_elements, 1, -1, -1);
  wasmtime_context_set_epoch_deadline(&this->context(), 1);
  wasmtime_store_epoch_deadline_callback(
      store_.get(),
      [](wasmtime_context_t*, void* instance, std::uint64_t* delta,
         wasmtime_update_deadline_kind_t* kind) {
        *kind = WASMTIME_UPDATE_DEADLINE_CONTINUE;
        return static_cast<WasmtimeInstance*>(instance)->look_at_deadline(*delta);
      },
      this, nullptr);
  state_.deadline = options.deadline;
}

void WasmtimeInstance::remember_memory() {
  wasmtime_extern_t item;
  if (wasmtime_instance_export_get(&context(), &instance_, "memory", 6, &item) &&
      item.kind == WASMTIME_EXTERN_MEMORY)
    state_.memory = item.of.memory;
}

void WasmtimeInstance::begin(Deadline deadline) {
  state_.deadline = deadline;
  exit_status_.reset();
  const bool alone = deadline != kNoDeadline && slot_.may_look_alone();
  // With 0 every check of the guest ends in look_at_deadline, with 1 the first after the epoch was
  // raised.
  if (alone != std::exchange(alone_, alone))
    wasmtime_context_set_epoch_deadline(&context(), alone ? 0 : 1);
  if (!alone) slot_.set(deadline);
}

// The epoch was raised, by this call's deadline or by that of another instance, or this call looks
// at the clock alone.
wasmtime_error_t* WasmtimeInstance::look_at_deadline(std::uint64_t& delta) {
  if (alone_ && !slot_.look_alone()) {
    alone_ = false;
    slot_.set(state_.deadline);
  }
  delta = alone_ ? 0 : 1;
  if (std::chrono::steady_clock::now() < state_.deadline) return nullptr;
  state_.timed_out = true;
  return wasmtime_error_new("stopped at the deadline");
}

Result<const WasmtimeInstance::Function*> WasmtimeInstance::find(std::string_view name) {
  for (const Function& function : called_)
    if (function.name == name) return &function;
  for (const ExportType& item : linked_->module().exports()) {
    if (item.name != name || !item.function) continue;
    if (!only_i32(*item.function))
      return Error(Errc::kMalformed,
                   "the export " + item.name + " has the type " + to_string(*item.function));
    wasmtime_extern_t found;
    if (!wasmtime_instance_export_get(&context(), &instance_, name.data(), name.size(), &found) ||
        found.kind != WASMTIME_EXTERN_FUNC)
      break;
    called_.push_back({item.name, item.function->parameters.size(), item.function->results.size(),
                       found.of.func});
    return &called_.back();
  }
  return Error(Errc::kNotFound, "the module exports no function " + std::string(name));
}

Result<std::uint32_t> WasmtimeInstance::call(std::string_view name,
                                             std::span<const std::uint32_t> arguments,
                                             Deadline deadline) {
  WASCC_TRY(const Function* function, find(name));
  if (function->parameters != arguments.size())
    return Error(Errc::kMalformed, "the export " + function->name + " takes " +
                                       std::to_string(function->parameters) + " values, not " +
                                       std::to_string(arguments.size()));
  // The watchdog would notice too late for a short call.
  if (deadline != kNoDeadline && std::chrono::steady_clock::now() >= deadline)
    return Error(Errc::kTimeout, "the deadline had passed before the call");
  std::array<wasmtime_val_raw_t, kMaxValues> values;
  for (std::size_t i = 0; i < arguments.size(); ++i)
    values[i].i32 = static_cast<std::int32_t>(arguments[i]);
  begin(deadline);
  wasm_trap_t* trap = nullptr;
  wasmtime_error_t* error = wasmtime_func_call_unchecked(
      &context(), &function->function, values.data(),
      std::max<std::size_t>({arguments.size(), function->results, 1}), &trap);
  WASCC_CHECK(finish(error, trap));
  return function->results == 0 ? 0U : static_cast<std::uint32_t>(values[0].i32);
}

// The one reader of how the engine reports the end of a guest: results, an error or a trap.
Status WasmtimeInstance::finish(wasmtime_error_t* raw_error, wasm_trap_t* raw_trap) {
  slot_.clear();
  const ErrorHandle error(raw_error);
  const TrapHandle trap(raw_trap);
  state_.out.flush();
  state_.err.flush();
  if (!error && !trap) return {};

  int status = 0;
  if (error && wasmtime_error_exit_status(error.get(), &status)) {
    exit_status_ = status;
    return Error(Errc::kTrap, "the guest ended itself with exit status " + std::to_string(status));
  }
  Error report = trap ? read_trap(*trap) : read_error(*error);
  if (state_.failure)  // a host function's own error says more than the trap made of it
    report = Error(state_.failure->code(), state_.failure->message(), report.trace());
  state_.failure.reset();
  if (std::exchange(state_.timed_out, false))
    return Error(Errc::kTimeout, "stopped at the deadline", report.trace());
  if (ran_out_of_memory(report, memory().size(), memory_limit_))
    return Error(Errc::kOutOfMemory,
                 report.message() + " with " + std::to_string(memory().size()) +
                     " bytes of memory used of " + std::to_string(memory_limit_) + " allowed",
                 report.trace());
  return report;
}

GuestMemory WasmtimeInstance::memory() {
  if (!state_.memory) return {};
  return GuestMemory(
      {reinterpret_cast<std::byte*>(wasmtime_memory_data(&context(), &*state_.memory)),
       wasmtime_memory_data_size(&context(), &*state_.memory)});
}

}  // namespace wascc::engine
