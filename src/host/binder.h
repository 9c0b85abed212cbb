// Binds actors, and providers that have a token, to providers: who may be bound, what the provider
// is told of it, and how a binding ends (docs/host.md, "Binding").
//
// One thread at a time, also while calls run.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/log.h"
#include "host/actors.h"
#include "host/bindings.h"
#include "host/providers.h"
#include "host/router.h"
#include "wascc/host.h"

namespace wascc::host {

class Binder {
 public:
  // All of them outlive it; the authorizer may be absent.
  Binder(const Actors& actors, const Providers& providers, Bindings& bindings, Router& router,
         const Authorizer* authorizer, const Log& log)
      : actors_(actors),
        providers_(providers),
        bindings_(bindings),
        router_(router),
        authorizer_(authorizer),
        log_(log) {}

  Status bind(const Binding& binding, Deadline deadline);
  Status unbind(std::string_view actor, std::string_view capability, std::string_view name);

  // If the provider binds by itself and the actor claims it; a failure is logged.
  void bind_by_itself(const claims::Claims& actor, const ProviderSlot& provider);
  // After a replacement: bindings as the new token has it.
  void adapt(const claims::Claims& actor);
  // Ends each binding that `ends` says, whatever its provider says to it.
  void end(const std::function<bool(const Bindings::Entry&)>& ends);

  // What the actor was told of itself by bind, as this token has it; nullptr if nothing.
  Actor::Configuration own_configuration(const claims::Claims& actor) const;
  void forget_own_configuration(std::string_view actor);

  // Of whoever may be bound under this key: an actor, or a provider with a token.
  std::optional<claims::Claims> claims_of(std::string_view key) const;

 private:
  Status authorize(const claims::Claims& actor, const Binding& binding,
                   std::string_view name) const;
  Status configure_actor(Actor& actor, const Binding& binding, std::string_view name,
                         Deadline deadline);
  void end(const Bindings::Entry& entry);

  const Actors& actors_;
  const Providers& providers_;
  Bindings& bindings_;
  Router& router_;
  const Authorizer* const authorizer_;
  const Log& log_;
  std::map<std::string, StringMap, std::less<>> told_;  // by actor: the values of its own binding
};

}  // namespace wascc::host
