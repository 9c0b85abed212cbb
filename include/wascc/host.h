// Host: loads signed actors and capability providers, binds them, and carries calls between them
// (docs/host.md).
//
// Calls (call_actor, queries, and what actors and providers ask of each other) may come on any
// number of threads. Changes (add, remove, bind, unbind, stop) come from one thread at a time, also
// while calls run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wascc/authorizer.h"
#include "wascc/bytes.h"
#include "wascc/claims.h"
#include "wascc/deadline.h"
#include "wascc/messages/core.h"
#include "wascc/middleware.h"
#include "wascc/msgpack.h"
#include "wascc/provider.h"
#include "wascc/result.h"

namespace wascc {

class Log;
namespace engine {
class Engine;
class Module;
}  // namespace engine

struct HostOptions {
  std::uint64_t memory_bytes = std::uint64_t{256} << 20;  // of linear memory, per actor instance
  // How many instances an actor keeps for its next calls. 0: every call gets a fresh one.
  std::size_t kept_instances = 1;
  // More calls of one actor at the same time are refused.
  std::size_t calls_per_actor = 1024;
  std::shared_ptr<const Authorizer> authorizer;  // absent: the token alone decides
  // What every call passes, the outermost first (wascc/middleware.h).
  std::vector<std::shared_ptr<Middleware>> middleware;
  // Whether an actor may be replaced by a module that another issuer signed.
  bool replace_by_any_issuer = false;
  // What this host is called by: of a label given twice the first counts. hostcore.arch,
  // hostcore.os and hostcore.osfamily are always the host's own.
  StringMap labels;
};

struct Binding {
  std::string actor;       // public key, M…; also that of a portable provider
  std::string capability;  // under any of its names
  std::string name = std::string(kDefaultBinding);
  StringMap values;
};

struct ProviderOptions {
  std::string binding = std::string(kDefaultBinding);
  // Binds every actor that claims the capability when it is added, without any values.
  bool bind_by_itself = false;
};

struct ProviderInfo {
  std::string binding;
  CapabilityDescriptor descriptor;
};

class Host {
 public:
  // The engine outlives the host, as does the sink of the log.
  Host(engine::Engine& engine, const HostOptions& options, const Log& log);
  ~Host();  // stops
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  // Adds an actor whose claims were verified and whose module was loaded on their word: compiled
  // from the bytes that the token's hash covers, or native code that a trusted envelope ties to
  // that hash. Links it and runs its start functions. Answers its key; failure leaves no trace.
  Result<std::string> add_actor(claims::Claims claims, std::shared_ptr<const engine::Module> module,
                                Deadline deadline = kNoDeadline);
  // Puts another module in the place of the actor `actor`, with claims that were verified like
  // those of add_actor and have the same subject. In effect when it returns: calls that run end on
  // the old module, no call is lost. What the actor was told by bind it is told again. Its bindings
  // stay, but for those that the new token does not allow; a provider that binds by itself does.
  // Any failure ("Failed to perform hot swap: …") leaves the old module and its claims.
  Status replace_actor(std::string_view actor, claims::Claims claims,
                       std::shared_ptr<const engine::Module> module,
                       Deadline deadline = kNoDeadline);
  // Takes no more calls for the actor, waits for those that it serves, ends its bindings and
  // forgets it: the same key can be added again. kDenied on a thread that runs an actor of this
  // host, where it would wait for itself.
  Status remove_actor(std::string_view actor);

  // Starts the provider and takes it up under the capability id of its descriptor. kExists if the
  // same capability has a provider of this binding name.
  Status add_provider(std::unique_ptr<Provider> provider, ProviderOptions options = {});

  // Ends all bindings to the provider, waits for the calls that it serves, stops it and forgets it:
  // the same capability and binding name can be added again. kDenied on a thread that runs an
  // actor of this host, where it would wait for itself.
  Status remove_provider(std::string_view capability, std::string_view binding = kDefaultBinding);

  // Binds, or updates a binding there is. In effect when it returns. With the actor's own key as
  // capability the actor itself gets the values, as operation BindActor.
  Status bind(const Binding& binding, Deadline deadline = kNoDeadline);
  Status unbind(std::string_view actor, std::string_view capability,
                std::string_view binding = kDefaultBinding);

  // Calls an actor on the embedder's own behalf.
  Result<Bytes> call_actor(std::string_view actor, std::string_view operation, ByteView payload,
                           Deadline deadline = kNoDeadline);

  // In the order in which they were added.
  std::vector<claims::Claims> actors() const;
  std::optional<claims::Claims> actor(std::string_view key) const;
  // Those whose token has all of these tags.
  std::vector<claims::Claims> actors_tagged(const std::vector<std::string>& tags) const;
  std::vector<ProviderInfo> providers() const;
  std::vector<Binding> bindings() const;
  const StringMap& labels() const;  // sorted by name

  // Removes all actors, when the calls that they serve are over, then stops all providers, the last
  // one first. Nothing can be added any more.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wascc
