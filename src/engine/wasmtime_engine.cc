#include "engine/wasmtime_engine.h"

#include <string>
#include <utility>

#include "engine/native_target.h"
#include "engine/wasmtime_error.h"
#include "engine/wasmtime_handle.h"
#include "engine/wasmtime_instance.h"
#include "engine/watchdog.h"

namespace wascc::engine {
namespace {

// Set explicitly and never to what the building machine happens to have: native code made on a
// machine with AVX-512 must run on every machine that Lambda offers.
#if defined(__x86_64__)
#define WASCC_ENGINE_TARGET "x86_64-unknown-linux-gnu"
#define WASCC_ENGINE_ARCHITECTURE "x86_64"
#define WASCC_ENGINE_CPU "x86-64-v3"
#elif defined(__aarch64__)
#define WASCC_ENGINE_TARGET "aarch64-unknown-linux-gnu"
#define WASCC_ENGINE_ARCHITECTURE "arm64"
#define WASCC_ENGINE_CPU "neoverse-n1"
#else
#error "no target is named for this architecture"
#endif

#define WASCC_ENGINE_IDENTITY \
  "wasmtime " WASMTIME_VERSION " " WASCC_ENGINE_TARGET " " WASCC_ENGINE_CPU
#ifdef WASMTIME_FEATURE_COMPILER
#define WASCC_ENGINE_KIND "compiler"
#else
#define WASCC_ENGINE_KIND "runtime"
#endif
// Read in an executable that is not run (docs/formats/package.md, "The mark"), so it must be there.
[[gnu::used, gnu::retain]] const char kMark[] =
    "\nwascc-engine-mark " WASCC_ENGINE_KIND " " WASCC_ENGINE_IDENTITY "\n";

// Of third_party/wasmtime/src/lib.rs.
extern "C" {
wasmtime_error_t* wascc_deserialize_open_file(const wasm_engine_t* engine, int file,
                                              wasmtime_module_t** out);
#ifdef WASMTIME_FEATURE_COMPILER
void wascc_config_omit_address_map(wasm_config_t* config);
wasmtime_error_t* wascc_precompile(const wasm_engine_t* engine, const std::uint8_t* wasm,
                                   std::size_t length, wasm_byte_vec_t* out);
#endif
}

constexpr std::size_t kGuestStack = 512 * 1024;  // bytes of call stack for guest code

// A kept place is reset by writing to it, which costs less than giving its pages back and faulting
// them in again (docs/performance.md, "A fresh instance"). What lies beyond is given back.
constexpr std::size_t kResidentMemory = std::size_t{1} << 20;
constexpr std::size_t kResidentTable = std::size_t{64} << 10;

// Every limit is at least what an instance may have without a pool; Limits narrow them.
void use_pool(wasm_config_t& config, std::uint32_t instances) {
  const Handle<wasmtime_pooling_allocation_config_t, wasmtime_pooling_allocation_config_delete>
      pool(wasmtime_pooling_allocation_config_new());
  wasmtime_pooling_allocation_config_total_core_instances_set(pool.get(), instances);
  wasmtime_pooling_allocation_config_total_memories_set(pool.get(), instances);
  wasmtime_pooling_allocation_config_total_tables_set(pool.get(), 2 * instances);
  wasmtime_pooling_allocation_config_max_tables_per_module_set(pool.get(), 16);
  wasmtime_pooling_allocation_config_max_memory_size_set(pool.get(), std::size_t{4} << 30);
  wasmtime_pooling_allocation_config_table_elements_set(pool.get(), Limits().table_elements);
  wasmtime_pooling_allocation_config_max_core_instance_size_set(pool.get(), std::size_t{16} << 20);
  wasmtime_pooling_allocation_config_max_unused_warm_slots_set(pool.get(), instances);
  wasmtime_pooling_allocation_config_linear_memory_keep_resident_set(pool.get(), kResidentMemory);
  wasmtime_pooling_allocation_config_table_keep_resident_set(pool.get(), kResidentTable);
  // For calls that wait, which nobody here makes; a thousand of them would take 3 ms to make.
  wasmtime_pooling_allocation_config_total_stacks_set(pool.get(), 0);
  wasmtime_pooling_allocation_strategy_set(&config, pool.get());
}

// The settings of all engines here. An engine without a compiler has no target but this machine.
Result<EngineHandle> make_engine([[maybe_unused]] const NativeTarget& target,
                                 const EngineOptions& options) {
  wasm_config_t* config = wasm_config_new();
  wasmtime_config_epoch_interruption_set(config, true);
  // Unwind tables registered by the engine and C++ exceptions deadlock on each other.
  wasmtime_config_native_unwind_info_set(config, false);
  wasmtime_config_max_wasm_stack_set(config, kGuestStack);
  if (options.pooled_instances > 0) use_pool(*config, options.pooled_instances);
#ifdef WASMTIME_FEATURE_COMPILER
  const std::string triple(target.triple);
  if (const ErrorHandle error(wasmtime_config_target_set(config, triple.c_str())); error) {
    wasm_config_delete(config);
    return Error(Errc::kInternal, "choose the target " + triple + ": " + message_of(*error));
  }
  for (const char* feature : target.features)
    wasmtime_config_cranelift_flag_enable(config, feature);
  // Every start reads and hashes all of the native code.
  wascc_config_omit_address_map(config);
#endif
  EngineHandle engine(wasm_engine_new_with_config(config));  // takes the configuration
  if (!engine) return Error(Errc::kInternal, "the WebAssembly engine did not start");
  return engine;
}

class WasmtimeEngine final : public Engine {
 public:
  explicit WasmtimeEngine(EngineHandle engine)
      : engine_(std::move(engine)),
        watchdog_([raw = engine_.get()] { wasmtime_engine_increment_epoch(raw); }),
        identity_(WASCC_ENGINE_IDENTITY) {}

  Result<ModulePtr> compile(ByteView wasm) override;
  Result<ModulePtr> load_native(ByteView code) override;
  Result<ModulePtr> load_native_file(int file) override;
  Result<Bytes> precompile(ByteView wasm, std::string_view identity) override;
  Result<LinkedPtr> link(ModulePtr module, std::span<const HostFunction> functions) override;
  const std::string& identity() const override { return identity_; }
  bool can_compile() const override;
  void start_watchdog() override { watchdog_.start(); }

 private:
  Result<ModulePtr> loaded(wasmtime_error_t* raw_error, wasmtime_module_t* raw);

  EngineHandle engine_;
  Watchdog watchdog_;
  std::string identity_;
};

bool WasmtimeEngine::can_compile() const {
#ifdef WASMTIME_FEATURE_COMPILER
  return true;
#else
  return false;
#endif
}

// Core modules alone: the library would take text and components, too.
Status check_header(ByteView wasm) {
  constexpr std::string_view kMagic("\0asm", 4);
  constexpr std::string_view kCoreVersion("\1\0\0\0", 4);
  constexpr std::string_view kComponentVersion("\x0d\0\1\0", 4);
  const std::string_view text = as_text(wasm);
  if (!text.starts_with(kMagic))
    return Error(Errc::kMalformed, "not WebAssembly: the first four bytes are not \\0asm");
  const std::string_view version = text.substr(4, 4);
  if (version == kComponentVersion)
    return Error(Errc::kUnsupported,
                 "a WebAssembly component; this host runs core modules that speak waPC");
  if (version != kCoreVersion)
    return Error(Errc::kUnsupported, "not version 1 of the WebAssembly binary format");
  return {};
}

Result<ModulePtr> WasmtimeEngine::compile(ByteView wasm) {
#ifdef WASMTIME_FEATURE_COMPILER
  WASCC_CHECK(check_header(wasm));
  wasmtime_module_t* raw = nullptr;
  const ErrorHandle error(wasmtime_module_new(
      engine_.get(), reinterpret_cast<const std::uint8_t*>(wasm.data()), wasm.size(), &raw));
  if (error) return Error(Errc::kMalformed, "the module does not compile: " + message_of(*error));
  return ModulePtr(std::make_shared<WasmtimeModule>(ModuleHandle(raw)));
#else
  WASCC_CHECK(check_header(wasm));
  return Error(Errc::kUnsupported,
               "this executable has no compiler: make native code with 'wascc compile', or use "
               "bootstrap-full");
#endif
}

Result<Bytes> WasmtimeEngine::precompile(ByteView wasm,
                                         [[maybe_unused]] std::string_view identity) {
#ifdef WASMTIME_FEATURE_COMPILER
  WASCC_CHECK(check_header(wasm));
  for (const NativeTarget& target : native_targets()) {
    if (identity_on(identity_, target) != identity) continue;
    WASCC_TRY(const EngineHandle engine, make_engine(target, {}));
    ByteVector code;
    const ErrorHandle error(wascc_precompile(
        engine.get(), reinterpret_cast<const std::uint8_t*>(wasm.data()), wasm.size(), &code));
    if (error) return Error(Errc::kMalformed, "the module does not compile: " + message_of(*error));
    return to_bytes(text_of(code));
  }
  return Error(Errc::kUnsupported,
               "this program makes no native code for " + std::string(identity));
#else
  return compile(wasm).error();
#endif
}

Result<ModulePtr> WasmtimeEngine::loaded(wasmtime_error_t* raw_error, wasmtime_module_t* raw) {
  const ErrorHandle error(raw_error);
  if (error)
    return Error(Errc::kUnsupported, "the native code does not fit this engine (" + identity_ +
                                         "): " + message_of(*error) +
                                         "; make it again with `wascc package`");
  return ModulePtr(std::make_shared<WasmtimeModule>(ModuleHandle(raw)));
}

Result<ModulePtr> WasmtimeEngine::load_native(ByteView code) {
  wasmtime_module_t* raw = nullptr;
  wasmtime_error_t* error = wasmtime_module_deserialize(
      engine_.get(), reinterpret_cast<const std::uint8_t*>(code.data()), code.size(), &raw);
  return loaded(error, raw);
}

Result<ModulePtr> WasmtimeEngine::load_native_file(int file) {
  wasmtime_module_t* raw = nullptr;
  wasmtime_error_t* error = wascc_deserialize_open_file(engine_.get(), file, &raw);
  return loaded(error, raw);
}

Result<LinkedPtr> WasmtimeEngine::link(ModulePtr module, std::span<const HostFunction> functions) {
  return WasmtimeLinked::link({*engine_, watchdog_},
                              std::static_pointer_cast<const WasmtimeModule>(std::move(module)),
                              functions);
}

}  // namespace

Result<std::unique_ptr<Engine>> make_wasmtime_engine(const EngineOptions& options) {
#ifdef WASMTIME_FEATURE_COMPILER
  WASCC_TRY(const NativeTarget target,
            find_native_target(WASCC_ENGINE_ARCHITECTURE, WASCC_ENGINE_CPU));
#else
  constexpr NativeTarget target;
#endif
  WASCC_TRY(EngineHandle engine, make_engine(target, options));
  return std::unique_ptr<Engine>(std::make_unique<WasmtimeEngine>(std::move(engine)));
}

}  // namespace wascc::engine
