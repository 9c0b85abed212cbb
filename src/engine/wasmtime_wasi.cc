#include "engine/wasmtime_wasi.h"

#include <time.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "engine/wasmtime_error.h"

namespace wascc::engine {
namespace {

// errno values of WASI; the same in both generations.
constexpr std::int32_t kSuccess = 0;
constexpr std::int32_t kBadFile = 8;
constexpr std::int32_t kInvalid = 28;
constexpr std::int32_t kNotSupported = 58;
constexpr std::int32_t kSeekOnPipe = 70;

constexpr std::uint32_t kClockRealtime = 0;
constexpr std::uint32_t kClockMonotonic = 1;

template <class T>
T load(std::span<const std::byte> bytes, std::size_t at) {
  static_assert(std::endian::native == std::endian::little, "WebAssembly memory is little endian");
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

template <class T>
void store(std::span<std::byte> bytes, std::size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

std::uint32_t u32(const wasmtime_val_raw_t& value) { return static_cast<std::uint32_t>(value.i32); }

std::uint64_t clock_now(std::uint32_t clock) {
  timespec now{};
  clock_gettime(clock == kClockRealtime ? CLOCK_REALTIME : CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec);
}

// clock_time_get(id, precision, result)
wasm_trap_t* clock_time_get(void*, wasmtime_caller_t* caller, wasmtime_val_raw_t* values,
                            std::size_t) noexcept {
  StoreState& state = state_of(wasmtime_caller_context(caller));
  const std::uint32_t clock = u32(values[0]);
  auto result = memory_of(caller).slice(u32(values[2]), sizeof(std::uint64_t));
  if (!result) return state.fail(std::move(result).error());
  if (clock > kClockMonotonic) {
    values[0].i32 = kInvalid;  // the CPU time clocks: ask the host's own measurements instead
    return nullptr;
  }
  store(*result, 0, clock_now(clock));
  values[0].i32 = kSuccess;
  return nullptr;
}

// Where the two generations put the parts of a subscription.
struct SubscriptionLayout {
  std::size_t size, clock_id, timeout, flags;
};
constexpr SubscriptionLayout kPreview1Layout{48, 16, 24, 40};
constexpr SubscriptionLayout kUnstableLayout{56, 24, 32, 48};
constexpr std::size_t kUserData = 0, kType = 8;          // of a subscription, in both
constexpr std::size_t kEventSize = 32, kEventType = 10;  // of an event, in both
constexpr std::uint8_t kTypeClock = 0;
constexpr std::uint16_t kAbsoluteTime = 1;
constexpr std::uint32_t kMaxSubscriptions = 4096;

// When a clock subscription is due, on the monotonic clock.
Deadline due(std::span<const std::byte> subscription, const SubscriptionLayout& layout,
             Deadline now) {
  const auto clock = load<std::uint32_t>(subscription, layout.clock_id);
  auto timeout = load<std::uint64_t>(subscription, layout.timeout);
  if ((load<std::uint16_t>(subscription, layout.flags) & kAbsoluteTime) != 0) {
    const std::uint64_t clock_value = clock_now(clock);
    timeout = timeout > clock_value ? timeout - clock_value : 0;
  }
  // Beyond a century is for ever; it also keeps the sum below from overflowing.
  constexpr std::uint64_t kCentury = std::uint64_t{100} * 365 * 24 * 3600 * 1'000'000'000;
  return timeout > kCentury ? kNoDeadline : now + std::chrono::nanoseconds(timeout);
}

// poll_oneoff(subscriptions, events, count, result): files are always ready, so only clocks are
// waited for.
wasm_trap_t* poll_oneoff(void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* values,
                         std::size_t) noexcept {
  const auto& layout = *static_cast<const SubscriptionLayout*>(env);
  StoreState& state = state_of(wasmtime_caller_context(caller));
  const GuestMemory memory = memory_of(caller);
  const std::uint32_t count = u32(values[2]);
  if (count == 0 || count > kMaxSubscriptions) {
    values[0].i32 = kInvalid;
    return nullptr;
  }
  const auto in = memory.slice(u32(values[0]), count * static_cast<std::uint32_t>(layout.size));
  const auto out = memory.slice(u32(values[1]), count * static_cast<std::uint32_t>(kEventSize));
  const auto result = memory.slice(u32(values[3]), sizeof(std::uint32_t));
  if (!in || !out || !result)
    return state.fail(Error(Errc::kTrap, "poll_oneoff: a pointer is outside of the memory"));

  const Deadline now = std::chrono::steady_clock::now();
  std::vector<Deadline> times;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto subscription = in->subspan(i * layout.size, layout.size);
    const bool waits = load<std::uint8_t>(subscription, kType) == kTypeClock;
    times.push_back(waits ? due(subscription, layout, now) : now);
  }
  const Deadline wake = std::ranges::min(times);
  if (wake > state.deadline || wake == kNoDeadline) {
    if (state.deadline == kNoDeadline)
      return state.fail(
          Error(Errc::kTrap, "poll_oneoff: waits for ever, and no deadline would end it"));
    std::this_thread::sleep_until(state.deadline);
    state.timed_out = true;
    return state.fail(
        Error(Errc::kTimeout, "stopped at the deadline while waiting in poll_oneoff"));
  }
  std::this_thread::sleep_until(wake);

  std::uint32_t ready = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto subscription = in->subspan(i * layout.size, layout.size);
    if (times[i] > wake) continue;
    const auto event = out->subspan(ready++ * kEventSize, kEventSize);
    const auto user_data = load<std::uint64_t>(subscription, kUserData);
    std::ranges::fill(event, std::byte{0});
    store(event, kUserData, user_data);
    store(event, kEventType, load<std::uint8_t>(subscription, kType));
  }
  store(*result, 0, ready);
  values[0].i32 = kSuccess;
  return nullptr;
}

// fd_seek of wasi_unstable: its numbering of whence differs, and only streams are offered to such
// modules.
wasm_trap_t* unstable_fd_seek(void*, wasmtime_caller_t*, wasmtime_val_raw_t* values,
                              std::size_t) noexcept {
  values[0].i32 = u32(values[0]) <= 2 ? kSeekOnPipe : kNotSupported;
  return nullptr;
}

// fd_filestat_get of wasi_unstable: a 56-byte record with a 32-bit link count, here of a character
// device.
wasm_trap_t* unstable_fd_filestat_get(void*, wasmtime_caller_t* caller, wasmtime_val_raw_t* values,
                                      std::size_t) noexcept {
  constexpr std::uint32_t kRecord = 56;
  constexpr std::uint8_t kCharacterDevice = 2;
  if (u32(values[0]) > 2) {
    values[0].i32 = kBadFile;
    return nullptr;
  }
  auto record = memory_of(caller).slice(u32(values[1]), kRecord);
  if (!record) return state_of(wasmtime_caller_context(caller)).fail(std::move(record).error());
  std::ranges::fill(*record, std::byte{0});
  store(*record, 16, kCharacterDevice);
  values[0].i32 = kSuccess;
  return nullptr;
}

wasm_trap_t* unstable_path_filestat_get(void*, wasmtime_caller_t*, wasmtime_val_raw_t* values,
                                        std::size_t) noexcept {
  values[0].i32 = kNotSupported;
  return nullptr;
}

struct Shim {
  std::string_view module;
  std::string_view name;
  std::string_view parameters;  // i = i32, I = i64; the result is always an i32
  wasmtime_func_unchecked_callback_t run;
  const void* env;
};
constexpr std::array<Shim, 7> kShims{{
    {kWasiPreview1, "clock_time_get", "iIi", clock_time_get, nullptr},
    {kWasiPreview1, "poll_oneoff", "iiii", poll_oneoff, &kPreview1Layout},
    {kWasiUnstable, "clock_time_get", "iIi", clock_time_get, nullptr},
    {kWasiUnstable, "poll_oneoff", "iiii", poll_oneoff, &kUnstableLayout},
    {kWasiUnstable, "fd_seek", "iIii", unstable_fd_seek, nullptr},
    {kWasiUnstable, "fd_filestat_get", "ii", unstable_fd_filestat_get, nullptr},
    {kWasiUnstable, "path_filestat_get", "iiiii", unstable_path_filestat_get, nullptr},
}};

// The same function in both generations: only the module's name differs.
constexpr std::array<std::string_view, 40> kSameInBoth{"args_get",
                                                       "args_sizes_get",
                                                       "environ_get",
                                                       "environ_sizes_get",
                                                       "clock_res_get",
                                                       "fd_advise",
                                                       "fd_allocate",
                                                       "fd_close",
                                                       "fd_datasync",
                                                       "fd_fdstat_get",
                                                       "fd_fdstat_set_flags",
                                                       "fd_fdstat_set_rights",
                                                       "fd_filestat_set_size",
                                                       "fd_filestat_set_times",
                                                       "fd_pread",
                                                       "fd_prestat_get",
                                                       "fd_prestat_dir_name",
                                                       "fd_pwrite",
                                                       "fd_read",
                                                       "fd_readdir",
                                                       "fd_renumber",
                                                       "fd_sync",
                                                       "fd_tell",
                                                       "fd_write",
                                                       "path_create_directory",
                                                       "path_filestat_set_times",
                                                       "path_link",
                                                       "path_open",
                                                       "path_readlink",
                                                       "path_remove_directory",
                                                       "path_rename",
                                                       "path_symlink",
                                                       "path_unlink_file",
                                                       "proc_exit",
                                                       "proc_raise",
                                                       "random_get",
                                                       "sched_yield",
                                                       "sock_recv",
                                                       "sock_send",
                                                       "sock_shutdown"};

Status checked(wasmtime_error_t* raw, std::string_view what) {
  const ErrorHandle error(raw);
  if (error) return Error(Errc::kInternal, std::string(what) + ": " + message_of(*error));
  return {};
}

Status define_shims(wasmtime_linker_t& linker, std::string_view module) {
  for (const Shim& shim : kShims) {
    if (shim.module != module) continue;
    std::vector<wasm_valtype_t*> parameters;
    for (const char type : shim.parameters)
      parameters.push_back(wasm_valtype_new(type == 'i' ? WASM_I32 : WASM_I64));
    wasm_valtype_t* result = wasm_valtype_new(WASM_I32);
    wasm_valtype_vec_t parameter_vector, result_vector;
    wasm_valtype_vec_new(&parameter_vector, parameters.size(), parameters.data());
    wasm_valtype_vec_new(&result_vector, 1, &result);
    const FunctionTypeHandle type(wasm_functype_new(&parameter_vector, &result_vector));
    WASCC_CHECK(checked(
        wasmtime_linker_define_func_unchecked(&linker, module.data(), module.size(),
                                              shim.name.data(), shim.name.size(), type.get(),
                                              shim.run, const_cast<void*>(shim.env), nullptr),
        "define a WASI function"));
  }
  return {};
}

std::ptrdiff_t write_line(void* buffer, const unsigned char* bytes, std::size_t size) noexcept {
  static_cast<LineBuffer*>(buffer)->write({reinterpret_cast<const char*>(bytes), size});
  return static_cast<std::ptrdiff_t>(size);
}

}  // namespace

WasiUse wasi_use(std::span<const ImportType> imports) {
  WasiUse use;
  for (const ImportType& import : imports) {
    use.unstable |= import.module == kWasiUnstable;
    use.any |= use.unstable || import.module == kWasiPreview1;
  }
  return use;
}

bool has_wasi_unstable(std::string_view name) {
  return std::ranges::find(kSameInBoth, name) != kSameInBoth.end() ||
         std::ranges::any_of(kShims, [name](const Shim& shim) {
           return shim.module == kWasiUnstable && shim.name == name;
         });
}

Status define_wasi(wasmtime_linker_t& linker) {
  WASCC_CHECK(checked(wasmtime_linker_define_wasi(&linker), "define WASI"));
  wasmtime_linker_allow_shadowing(&linker, true);
  WASCC_CHECK(define_shims(linker, kWasiPreview1));
  return define_shims(linker, kWasiUnstable);
}

Status configure_wasi(wasmtime_context_t& context, const WasiGrants& grants, StoreState& state) {
  wasi_config_t* config = wasi_config_new();
  std::vector<const char*> arguments, names, values;
  for (const std::string& argument : grants.arguments) arguments.push_back(argument.c_str());
  for (const auto& [name, value] : grants.environment) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  bool accepted = wasi_config_set_argv(config, arguments.size(), arguments.data()) &&
                  wasi_config_set_env(config, names.size(), names.data(), values.data());
  std::string refused = accepted ? "" : "an argument or variable is not UTF-8";
  for (const WasiGrants::Folder& folder : grants.folders) {
    if (!accepted) break;
    accepted = wasi_config_preopen_dir(config, folder.host_path.c_str(), folder.guest_path.c_str(),
                                       folder.writable);
    if (!accepted) refused = "cannot open the folder " + folder.host_path;
  }
  if (!accepted) {
    wasi_config_delete(config);
    return Error(Errc::kInvalid, "WASI grants: " + refused);
  }
  wasi_config_set_stdout_custom(config, write_line, &state.out, nullptr);
  wasi_config_set_stderr_custom(config, write_line, &state.err, nullptr);
  // Takes the configuration even when it fails.
  return checked(wasmtime_context_set_wasi(&context, config), "set up WASI");
}

Status define_wasi_unstable(wasmtime_linker_t& linker, wasmtime_context_t& context,
                            std::span<const ImportType> imports) {
  for (const ImportType& import : imports) {
    if (import.module != kWasiUnstable) continue;
    if (std::ranges::find(kSameInBoth, import.name) == kSameInBoth.end()) continue;  // a shim
    wasmtime_extern_t function;
    if (!wasmtime_linker_get(&linker, &context, kWasiPreview1.data(), kWasiPreview1.size(),
                             import.name.data(), import.name.size(), &function))
      return Error(Errc::kUnsupported, "no wasi_unstable function " + import.name);
    WASCC_CHECK(checked(
        wasmtime_linker_define(&linker, &context, kWasiUnstable.data(), kWasiUnstable.size(),
                               import.name.data(), import.name.size(), &function),
        "define a wasi_unstable function"));
  }
  return {};
}

}  // namespace wascc::engine
