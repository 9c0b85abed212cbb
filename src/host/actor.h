// An actor: what its token says, its linked module, and the instances that serve its calls.
//
// Any thread. Immutable but for its instances: a new module for the same key is a new Actor in the
// old one's place, and calls that run end on the old one.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "base/guarded.h"
#include "base/log.h"
#include "host/call_gate.h"
#include "wapc/guest.h"
#include "wascc/bytes.h"
#include "wascc/claims.h"
#include "wascc/deadline.h"
#include "wascc/result.h"

namespace wascc::host {

// Where the calls of a running actor go.
class HostCalls {
 public:
  virtual ~HostCalls() = default;
  // The deadline is that of the call which the actor serves.
  virtual Result<Bytes> host_call(const claims::Claims& caller, const wapc::HostCall& call,
                                  Deadline deadline) = 0;
};

struct ActorOptions {
  wapc::GuestOptions guest;
  std::size_t kept_instances = 1;
  std::size_t max_calls = 1024;
  // Where the actor's calls come in; closed before its bindings end. A module that takes the place
  // of another takes this over.
  std::shared_ptr<CallGate> gate = std::make_shared<CallGate>();
};

class Actor {
 public:
  // What the actor itself was told by operation BindActor; absent: nothing.
  using Configuration = std::shared_ptr<const Bytes>;  // the actor's, and each instance's

  // Starts a first instance, so that a module whose start functions fail, or that refuses its
  // configuration, is never an actor. The host calls outlive the actor.
  static Result<std::shared_ptr<Actor>> start(claims::Claims claims,
                                              std::shared_ptr<const wapc::GuestModule> module,
                                              const ActorOptions& options, HostCalls& host_calls,
                                              const Log& log, Deadline deadline,
                                              Configuration configuration = nullptr);
  ~Actor();

  const claims::Claims& claims() const { return claims_; }
  const std::shared_ptr<CallGate>& gate() const { return options_.gate; }

  class Lease;

  // Serves one call with the lease's instance, a fresh one where the lease has none or a damaged
  // one. kUnavailable for a lease beyond max_calls; else the codes and texts of wapc::Guest::call.
  Result<Bytes> call(Lease& lease, std::string_view operation, ByteView payload, Deadline deadline);

  // Tells a fresh instance, and from then on every instance before its first call. Instances of
  // before serve no more calls; if the actor refuses, they do.
  Status configure(Configuration configuration, Deadline deadline);

 private:
  class Instance;
  enum class Form : bool { kMap, kPositional };
  struct Pool {
    std::vector<std::unique_ptr<Instance>> idle;
    Configuration configuration;  // of every idle instance
    std::size_t calls = 0;        // in progress
  };

  Actor(claims::Claims claims, std::shared_ptr<const wapc::GuestModule> module,
        const ActorOptions& options, HostCalls& host_calls, const Log& log);

  Result<std::unique_ptr<Instance>> start_instance(Configuration configuration, Deadline deadline);
  // In the form that the actor reads, which the first call may have to find out.
  Result<Bytes> serve(Instance& instance, std::string_view operation, ByteView payload,
                      Deadline deadline);

  const claims::Claims claims_;
  const std::shared_ptr<const wapc::GuestModule> module_;
  const ActorOptions options_;
  HostCalls& host_calls_;
  const Log log_;  // what the actor itself says
  // Set once the actor was found to be of codec 0.5 (docs/host.md, "Actors of codec 0.5").
  std::atomic<Form> form_ = Form::kMap;
  Guarded<Pool> pool_;
};

// A place among the calls in progress, and an instance that no other call uses meanwhile. It never
// waits for one, because two chains of calls that cross each other would wait for ever. At its end
// the instance goes back to the actor, unless it is damaged or out of date. One thread; the actor
// outlives it.
class Actor::Lease {
 public:
  explicit Lease(Actor& actor);
  ~Lease();
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  const Actor& actor() const { return actor_; }

 private:
  friend class Actor;

  Actor& actor_;
  bool admitted_ = false;
  std::unique_ptr<Instance> instance_;  // absent: none was idle
  Configuration configuration_;         // for the one to be started then
};

}  // namespace wascc::host
