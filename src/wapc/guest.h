// An actor's instance as the host talks to it: nine waPC imports, start functions, guest call
// (docs/formats/wapc.md).
//
// GuestModule is shared by any number of threads; a Guest belongs to one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/engine.h"
#include "wascc/bytes.h"
#include "wascc/deadline.h"
#include "wascc/result.h"

namespace wascc::wapc {

// One call of a guest to its host, copied out of its memory: valid UTF-8, unmodified otherwise.
struct HostCall {
  std::string_view binding;     // may be empty
  std::string_view name_space;  // a capability id, an actor's key or a call alias
  std::string_view operation;
  ByteView payload;
};

// What a guest can reach. Called on the thread that runs the guest, for the duration of one guest
// call.
class GuestHost {
 public:
  virtual ~GuestHost() = default;
  // The answer, or an Error whose message becomes the guest's host error text.
  virtual Result<Bytes> host_call(const HostCall& call) = 0;
  // A line of __console_log, made valid UTF-8.
  virtual void console_log(std::string_view text) = 0;
  // A line that the guest wrote to standard output (1) or standard error (2).
  virtual void output(int stream, std::string_view text) = 0;
};

// A module that was found to speak waPC, linked to the host's side of it.
class GuestModule {
 public:
  // kUnsupported for modules of other generations (wasmbus, components) and unknown imports;
  // kMalformed without
  // __guest_call of the right type or without memory. Each message names what is missing.
  static Result<std::shared_ptr<const GuestModule>> link(engine::Engine& engine,
                                                         engine::ModulePtr module);

  const engine::Linked& linked() const { return *linked_; }

 private:
  explicit GuestModule(engine::LinkedPtr linked) : linked_(std::move(linked)) {}
  engine::LinkedPtr linked_;
};

struct GuestOptions {
  engine::Limits limits;
  engine::WasiGrants wasi;
};

class Guest {
 public:
  // Instantiates and runs the start functions, in order: start section, _start, _initialize,
  // wapc_init.
  static Result<std::unique_ptr<Guest>> start(std::shared_ptr<const GuestModule> module,
                                              const GuestOptions& options, GuestHost& host,
                                              Deadline deadline);
  virtual ~Guest() = default;

  // One guest call. kGuest with the guest's own error text; kTrap, kTimeout, kOutOfMemory after
  // which damaged() is true. No prefix is added to the texts. Must not be called again while it
  // runs.
  virtual Result<Bytes> call(std::string_view operation, ByteView payload, GuestHost& host,
                             Deadline deadline) = 0;

  // True after a trap: the next call needs a fresh instance.
  virtual bool damaged() const = 0;
  // How many host calls the last guest call made.
  virtual std::size_t host_calls() const = 0;
};

}  // namespace wascc::wapc
