// All that the layers above know of WebAssembly: an Engine compiles or loads a Module, links it to
// host functions, and a Linked module makes Instances. Nothing here has heard of waPC.
//
// Engine, Module and Linked may be used by any number of threads at once. An Instance belongs to
// one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/guest_memory.h"
#include "wascc/bytes.h"
#include "wascc/deadline.h"
#include "wascc/result.h"

namespace wascc::engine {

enum class ValueType : std::uint8_t { kI32, kI64, kF32, kF64, kOther };

struct FunctionType {
  std::vector<ValueType> parameters;
  std::vector<ValueType> results;
  bool operator==(const FunctionType&) const = default;
};

// "(i32, i32) -> i32", for error messages.
std::string to_string(const FunctionType& type);

struct ImportType {
  std::string module;
  std::string name;
  std::optional<FunctionType> function;  // absent: a memory, table, global or tag
};

struct ExportType {
  std::string name;
  std::optional<FunctionType> function;  // absent: a memory, table, global or tag
  bool memory = false;
};

// Compiled code. Shared: an actor, and every instance that still runs it after a replacement, own
// it together.
class Module {
 public:
  virtual ~Module() = default;
  virtual const std::vector<ImportType>& imports() const = 0;
  virtual const std::vector<ExportType>& exports() const = 0;
  // Native code for load_native of the same engine version and settings. kUnsupported without a
  // compiler.
  virtual Result<Bytes> serialize() const = 0;
};
using ModulePtr = std::shared_ptr<const Module>;

// What a host function works on: the caller's context and memory. Valid for the duration of the
// call.
class Caller {
 public:
  virtual ~Caller() = default;
  virtual void* context() const = 0;       // as given to Linked::instantiate
  virtual GuestMemory memory() const = 0;  // the export "memory", empty if there is none
};

// A function that the host offers, of i32 parameters and at most one i32 result. An Error becomes a
// trap in the guest. Runs on the thread that called the guest, and may call other instances.
struct HostFunction {
  std::string module;
  std::string name;
  FunctionType type;
  Status (*run)(Caller& caller, std::span<const std::uint32_t> arguments, std::uint32_t& result);
};

// What the guest writes to its standard output (1) and standard error (2), line by line, without
// line ends.
class GuestOutput {
 public:
  virtual ~GuestOutput() = default;
  virtual void line(int stream, std::string_view text) = 0;
};

// What a WASI module is granted beyond the default: nothing of it unless listed. Ignored by modules
// without WASI imports.
struct WasiGrants {
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> environment;
  struct Folder {
    std::string host_path;
    std::string guest_path;
    bool writable = false;
  };
  std::vector<Folder> folders;
};

struct Limits {
  std::uint64_t memory_bytes = std::uint64_t{4} << 30;  // per instance; a grow beyond it answers -1
  std::uint32_t table_elements = 100'000;
};

class Instance {
 public:
  virtual ~Instance() = default;
  // Calls an exported function of i32 parameters and at most one i32 result (0 if it has none).
  // kNotFound without such an export; kTimeout at the deadline, or before the call if it has
  // passed; kOutOfMemory where a trap seems to follow from the memory limit; else kTrap, with the
  // backtrace. After any of the last three the instance is damaged: throw it away.
  virtual Result<std::uint32_t> call(std::string_view function,
                                     std::span<const std::uint32_t> arguments,
                                     Deadline deadline) = 0;
  virtual GuestMemory memory() = 0;
  // Set when the last call answered kTrap because the guest ended itself through WASI proc_exit.
  virtual std::optional<int> exit_status() const = 0;
};

struct InstanceOptions {
  void* context = nullptr;  // for host functions
  GuestOutput* output =
      nullptr;  // absent: output is dropped. Outlives the instance, like `context`
  Limits limits;
  WasiGrants wasi;
  Deadline deadline = kNoDeadline;  // for the module's own start section
};

// A module with its imports resolved, ready to be instantiated often. Shared like the module.
class Linked {
 public:
  virtual ~Linked() = default;
  virtual Result<std::unique_ptr<Instance>> instantiate(const InstanceOptions& options) const = 0;
  virtual const Module& module() const = 0;
};
using LinkedPtr = std::shared_ptr<const Linked>;

// How the engine of a process is used.
struct EngineOptions {
  // For instances that are made and thrown away all the time: their memories and tables come from
  // places that are kept and reset. So many places, each 4 GiB of address space; more instances at
  // once are refused. 0: every instance maps its own.
  std::uint32_t pooled_instances = 0;
};

class Engine {
 public:
  virtual ~Engine() = default;
  // kUnsupported in an executable without a compiler; kMalformed if it does not validate.
  virtual Result<ModulePtr> compile(ByteView wasm) = 0;
  // Native code is executed as it is: load only what a verified envelope vouches for. kUnsupported
  // if it was made by another engine version or with other settings.
  virtual Result<ModulePtr> load_native(ByteView code) = 0;
  // From an open file, mapped and never changed while the module lives; the caller closes its own
  // descriptor.
  virtual Result<ModulePtr> load_native_file(int file) = 0;
  // Native code for machines of that identity, which need not be like this one. kUnsupported for an
  // identity of another version or an unknown target, and in an executable without a compiler.
  virtual Result<Bytes> precompile(ByteView wasm, std::string_view identity) = 0;
  // Resolves imports by module and name from `functions`, WASI preview 1 and wasi_unstable; a
  // function is offered under each type that `functions` lists for its name. kUnsupported, naming
  // every import that is left.
  virtual Result<LinkedPtr> link(ModulePtr module, std::span<const HostFunction> functions) = 0;
  // "wasmtime 48.0.8 x86_64-unknown-linux-gnu x86-64-v3": version, target, and the processor that
  // its own code needs. Code of the same version and target is accepted where the machine has the
  // processor that it needs.
  virtual const std::string& identity() const = 0;
  virtual bool can_compile() const = 0;
  // Makes whatever stops guests at their deadlines, which otherwise the first call that runs long
  // pays for. For a moment in which nothing else is to be done.
  virtual void start_watchdog() {}
};

}  // namespace wascc::engine
