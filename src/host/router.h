// Carries each call in a host to its target: checks the caller's token and binding, then runs the
// actor or asks the provider (docs/host.md, "Calls"). The texts of its errors reach actors and
// Lambda as they are; existing actors know them.
//
// Any thread. No lock is held while an actor or a provider runs.
#pragma once

#include <functional>
#include <string_view>

#include "host/actors.h"
#include "host/bindings.h"
#include "host/middleware_chain.h"
#include "host/provider_slot.h"

namespace wascc::host {

// How deep calls of actors by actors may nest: each level takes native stack.
inline constexpr std::size_t kMaxCallDepth = 16;

// "default" for a binding name that is empty or blank; any other as it was sent.
std::string_view binding_name(std::string_view sent);

// Whether a name is an actor's public key by its form: 56 characters from M on.
bool is_actor_key(std::string_view name);

// Where calls went in the original host; error texts name these places.
std::string actor_subject(std::string_view actor);
std::string provider_subject(std::string_view capability, std::string_view binding);
Error no_subscribers(const std::string& subject);
Error no_actor();

class Router final : public HostCalls, public Dispatches {
 public:
  // All of them outlive it; the authorizer may be absent.
  Router(const Actors& actors, const Bindings& bindings, const Authorizer* authorizer,
         const MiddlewareChain& middleware)
      : actors_(actors),
        bindings_(bindings),
        authorizer_(authorizer),
        middleware_(middleware.empty() ? nullptr : &middleware) {}

  // From an actor: to a provider that it is bound to, or to another actor.
  Result<Bytes> host_call(const claims::Claims& caller, const wapc::HostCall& call,
                          Deadline deadline) override;
  // From a provider: to an actor that is bound to it.
  Result<Bytes> dispatch(const ProviderSlot& from, const Dispatch& call) override;
  void after_call(std::string_view actor, std::function<void()> work) override;
  // From a provider in its own name: as if it were an actor with these claims.
  Result<Bytes> own_call(const claims::Claims& caller, const OwnCall& call) override {
    return host_call(caller, {call.binding, call.name_space, call.operation, call.payload},
                     call.deadline);
  }
  // From the host itself.
  Result<Bytes> invoke(Actor& actor, std::string_view operation, ByteView payload,
                       Deadline deadline);
  // Tells an actor its own configuration.
  Status configure(Actor& actor, Actor::Configuration configuration, Deadline deadline);
  // Tells a provider of a binding, or of its end.
  Status bind(ProviderSlot& provider, const CapabilityConfiguration& configuration) const;
  Status unbind(ProviderSlot& provider, std::string_view actor) const;

  // Whether this thread runs an actor for this router: what waits for the end of calls would then
  // wait for itself.
  bool runs_on_this_thread() const;

 private:
  Result<Bytes> call_actor(const claims::Claims& caller, Actor* callee, const wapc::HostCall& call,
                           Deadline deadline);
  Result<Bytes> call_provider(const claims::Claims& caller, ProviderSlot* provider,
                              const wapc::HostCall& call, Deadline deadline);
  Status authorize(const claims::Claims& caller, const Entity& target,
                   const wapc::HostCall& call) const;
  ActorPtr aliased(const claims::Claims& caller, std::string_view name) const;
  // Refuses a call that would come back to an actor which waits for it. An actor that has returned,
  // and is called with what was put off until then, waits for nothing.
  Status check_chain(std::string_view actor) const;
  // Through the middleware, if there is some.
  Result<Bytes> call(const Entity& origin, Actor& actor, std::string_view operation,
                     ByteView payload, Deadline deadline);
  Result<Bytes> run(Actor& actor, std::string_view operation, ByteView payload, Deadline deadline);

  const Actors& actors_;
  const Bindings& bindings_;
  const Authorizer* authorizer_;
  const MiddlewareChain* const middleware_;  // nullptr if there is none
};

}  // namespace wascc::host
