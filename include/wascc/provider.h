// The two ends of a capability: Provider, which the host calls, and Dispatcher, through which a
// provider calls an actor. A provider knows nothing else of the host, so each side is tested with a
// fake of the other.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "wascc/bytes.h"
#include "wascc/claims.h"
#include "wascc/deadline.h"
#include "wascc/messages/core.h"
#include "wascc/result.h"

namespace wascc {

// The caller of operations that the host itself sends.
inline constexpr std::string_view kSystemActor = "system";
// The binding name that stands in for an absent or empty one.
inline constexpr std::string_view kDefaultBinding = "default";

// One operation that a provider asks of an actor. Borrowed for the call.
struct Dispatch {
  std::string_view actor;      // public key, M…
  std::string_view operation;  // for example "HandleRequest"
  ByteView payload;            // MessagePack in map form (docs/formats/messages.md)
  Deadline deadline = kNoDeadline;
};

// One operation that a provider asks for in its own name. Borrowed for the call.
struct OwnCall {
  std::string_view binding;     // blank: "default"
  std::string_view name_space;  // a capability id, an actor's key or a call alias
  std::string_view operation;
  ByteView payload;
  Deadline deadline = kNoDeadline;
};

// Calls actors on behalf of one provider. Callable from any thread; blocks until the actor
// answered.
class Dispatcher {
 public:
  virtual ~Dispatcher() = default;
  // The actor's answer; kGuest with the actor's own error text, kTrap, kTimeout, kOutOfMemory,
  // kNotFound, kDenied. The message is the whole chain, "Invocation failure: failed to invoke
  // actor: …".
  virtual Result<Bytes> dispatch(const Dispatch& call) = 0;
  // For handle_call, whose actor waits and so cannot be called: runs `work` when the call that the
  // actor serves on this thread has returned, however it ended, and before its answer goes to
  // whoever made it. On this thread, with that call's instance and deadline. At once if this thread
  // serves no call of the actor. `work` is run exactly once and does not throw.
  virtual void after_call(std::string_view /*actor*/, std::function<void()> work) {
    const std::function<void()> now = std::move(work);
    now();
  }
  // For a provider that has a token (Provider::claims): what this token and its bindings allow, as
  // for an actor. kDenied for every other.
  virtual Result<Bytes> call(const OwnCall& call) {
    return Error(Errc::kDenied,
                 "a provider without a token calls nothing but actors bound to it: " +
                     std::string(call.operation));
  }
};

// One operation that a bound actor asks of a provider. Borrowed for the call.
struct ProviderCall {
  std::string_view actor;      // public key of the caller
  std::string_view operation;  // for example "WriteLog"
  ByteView payload;            // as the actor sent it: decode with the tolerance of wascc::decode
  Deadline deadline = kNoDeadline;
};

// The code behind a capability; the host owns it. Any function may be called on several threads at
// once, except start and stop, which are called once each, before and after all others.
class Provider {
 public:
  virtual ~Provider() = default;

  // What the provider is and which operations it takes. `id` is the capability id.
  virtual CapabilityDescriptor descriptor() const = 0;
  // The verified token of a portable provider, by whose subject it is bound to what it calls
  // itself; does not change. nullptr for all others.
  virtual const claims::Claims* claims() const { return nullptr; }
  // Called once, before any bind. The dispatcher outlives the provider.
  virtual Status start(Dispatcher& dispatcher) = 0;
  // An actor was bound (or bound again: an update), with these values.
  virtual Status bind(const CapabilityConfiguration& configuration) = 0;
  // The binding of this actor ended; forget what was kept for it. Unknown actors are no error.
  virtual Status unbind(std::string_view actor) = 0;
  // Serves one operation; the error's message is what the actor sees of it.
  virtual Result<Bytes> handle_call(const ProviderCall& call) = 0;
  // Ends all work; after it returns no dispatch is in progress and none starts.
  virtual void stop() = 0;
};

}  // namespace wascc
