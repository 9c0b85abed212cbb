#include "host/binder.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "host/capability_id.h"
#include "wascc/messages/core.h"
#include "wascc/msgpack.h"

namespace wascc::host {
namespace {

using claims::Claims;

// What a provider is told of an actor: the values of the binding, and whose they are.
CapabilityConfiguration configuration(const Claims& actor, StringMap values) {
  const auto set = [&](const char* key, std::string value) {
    const auto same = std::ranges::find(values, key, &StringMap::value_type::first);
    if (same == values.end())
      values.emplace_back(key, std::move(value));
    else
      same->second = std::move(value);  // nobody's values pass for the token's
  };
  set("__wascc_issuer", actor.issuer);
  set("__wascc_capabilities", joined(actor.capabilities));
  set("__wascc_name", std::string(actor.display_name()));
  set("__wascc_expires", std::to_string(actor.expires.value_or(0)));
  set("__wascc_tags", joined(actor.tags));
  return {actor.subject, std::move(values)};
}

Error not_configured(const Error& cause, const Binding& binding, std::string_view name) {
  return Error(cause.code(), "Capability provider error: Failed to configure " + std::string(name) +
                                 "," + binding.capability + " - " + cause.message());
}

}  // namespace

void Binder::adapt(const Claims& actor) {
  for (const auto& entry : bindings_.all()) {
    if (entry.record.actor != actor.subject) continue;
    if (authorize(actor, entry.record, entry.record.name)) continue;
    log_.warn("binding ends: the actor's new token does not allow it",
              {{"actor", actor.subject},
               {"capability", entry.record.capability},
               {"binding", entry.record.name}});
    end(entry);
  }
  for (const ProviderPtr& provider : providers_.all())
    if (!bindings_.find({actor.subject, provider->capability(), provider->binding()}))
      bind_by_itself(actor, *provider);
}

std::optional<Claims> Binder::claims_of(std::string_view key) const {
  if (const ActorPtr actor = actors_.find(key)) return actor->claims();
  if (const ProviderPtr provider = providers_.of_subject(key))
    return *provider->provider().claims();
  return std::nullopt;
}

void Binder::bind_by_itself(const Claims& actor, const ProviderSlot& provider) {
  if (!provider.binds_by_itself() || !claims_capability(actor, provider.capability())) return;
  if (auto bound =
          bind({actor.subject, provider.capability(), provider.binding(), {}}, kNoDeadline);
      !bound)
    log_.warn("actor goes without a capability that it claims",
              {{"actor", actor.subject}, {"error", bound.error().message()}});
}

Status Binder::authorize(const Claims& actor, const Binding& binding, std::string_view name) const {
  const bool allowed = claims_capability(actor, binding.capability) &&
                       (authorizer_ == nullptr ||
                        authorizer_->can_invoke(
                            actor, {{}, canonical_capability(binding.capability), name}, kOpBind));
  if (allowed) return {};
  return Error(Errc::kDenied,
               "WebAssembly module authorization failure: Unauthorized binding: actor " +
                   actor.subject + " is not authorized to use capability " + binding.capability +
                   ".");
}

Status Binder::configure_actor(Actor& actor, const Binding& binding, std::string_view name,
                               Deadline deadline) {
  auto payload =
      std::make_shared<const Bytes>(encode(configuration(actor.claims(), binding.values)));
  if (auto configured = router_.configure(actor, std::move(payload), deadline); !configured)
    return not_configured(configured.error(), binding, name);
  told_[binding.actor] = binding.values;
  return {};
}

// What the actor was told by bind, as its token now has it.
Actor::Configuration Binder::own_configuration(const Claims& actor) const {
  const auto told = told_.find(actor.subject);
  if (told == told_.end()) return nullptr;
  return std::make_shared<const Bytes>(encode(configuration(actor, told->second)));
}

Status Binder::bind(const Binding& binding, Deadline deadline) {
  const std::optional<Claims> claims = claims_of(binding.actor);
  if (!claims)
    return Error(Errc::kNotFound, "waSCC Host Error: Attempted to bind non-existent actor");
  const std::string name(binding_name(binding.name));
  if (binding.capability == binding.actor)
    if (const ActorPtr actor = actors_.find(binding.actor))
      return configure_actor(*actor, binding, name, deadline);
  WASCC_CHECK(authorize(*claims, binding, name));

  const ProviderPtr provider = providers_.find(binding.capability, name);
  if (!provider)
    return not_configured(no_subscribers(provider_subject(binding.capability, name)), binding,
                          name);
  // In effect before the provider knows of it, because it may call the actor at once.
  const BindingKey key{binding.actor, provider->capability(), name};
  auto before =
      bindings_.put(key, {{binding.actor, binding.capability, name, binding.values}, provider});
  if (auto bound = router_.bind(*provider, configuration(*claims, binding.values)); !bound) {
    if (before)
      bindings_.put(key, *std::move(before));
    else
      bindings_.remove(key);
    return not_configured(bound.error(), binding, name);
  }
  log_.info("actor bound",
            {{"actor", binding.actor}, {"capability", binding.capability}, {"binding", name}});
  return {};
}

Status Binder::unbind(std::string_view actor, std::string_view capability, std::string_view name) {
  const BindingKey key{actor, canonical_capability(capability), binding_name(name)};
  const std::string failed = "waSCC Host Error: Failed to remove binding";
  const ProviderPtr provider = bindings_.find(key);
  if (!provider)
    return Error(Errc::kNotFound, failed + ": there is none of " + std::string(actor) + " to " +
                                      std::string(capability) + "," + std::string(key.name));
  WASCC_CHECK(router_.unbind(*provider, actor).context(failed));
  bindings_.remove(key);
  log_.info("actor unbound", {{"actor", std::string(actor)},
                              {"capability", std::string(capability)},
                              {"binding", std::string(key.name)}});
  return {};
}

void Binder::end(const std::function<bool(const Bindings::Entry&)>& ends) {
  for (const Bindings::Entry& entry : bindings_.all())
    if (ends(entry)) end(entry);
}

void Binder::forget_own_configuration(std::string_view actor) {
  if (const auto told = told_.find(actor); told != told_.end()) told_.erase(told);
}

void Binder::end(const Bindings::Entry& entry) {
  if (auto ended = router_.unbind(*entry.provider, entry.record.actor); !ended)
    log_.warn("provider failed to end a binding", {{"actor", entry.record.actor},
                                                   {"capability", entry.record.capability},
                                                   {"binding", entry.record.name},
                                                   {"error", ended.error().message()}});
  bindings_.remove({entry.record.actor, entry.provider->capability(), entry.record.name});
}

}  // namespace wascc::host
