// Owns actors and providers: add, bind, unbind, stop.
#include "wascc/host.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/guarded.h"
#include "base/log.h"
#include "claims/token.h"
#include "engine/engine.h"
#include "host/actors.h"
#include "host/bindings.h"
#include "host/capability_id.h"
#include "host/provider_slot.h"
#include "host/router.h"
#include "wapc/guest.h"

namespace wascc {
namespace {

using claims::Claims;
using host::ActorPtr;
using host::ProviderPtr;

Error stopped() { return Error(Errc::kUnavailable, "waSCC Host Error: the host was stopped"); }

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all.append(all.empty() ? "" : ",").append(text);
  return all;
}

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

// What every host is called by, first; then what it was given, the first of each name.
StringMap labels_of(const HostOptions& options) {
#if defined(__x86_64__)
  constexpr const char* kArchitecture = "x86_64";
#else
  constexpr const char* kArchitecture = "aarch64";
#endif
  StringMap labels{
      {"hostcore.arch", kArchitecture}, {"hostcore.os", "linux"}, {"hostcore.osfamily", "unix"}};
  labels.insert(labels.end(), options.labels.begin(), options.labels.end());
  std::ranges::stable_sort(labels, {}, &StringMap::value_type::first);
  const auto same_name = [](const auto& a, const auto& b) { return a.first == b.first; };
  labels.erase(std::unique(labels.begin(), labels.end(), same_name), labels.end());
  return labels;
}

Error not_configured(const Error& cause, const Binding& binding, std::string_view name) {
  return Error(cause.code(), "Capability provider error: Failed to configure " + std::string(name) +
                                 "," + binding.capability + " - " + cause.message());
}

}  // namespace

class Host::Impl {
 public:
  Impl(engine::Engine& engine, const HostOptions& options, const Log& log)
      : engine_(engine),
        options_(options),
        labels_(labels_of(options)),
        log_(log.target("host")),
        router_(actors_, bindings_, options_.authorizer.get()) {}

  Result<std::string> add_actor(Claims claims, engine::ModulePtr module, Deadline deadline);
  Status replace_actor(std::string_view key, Claims claims, engine::ModulePtr module,
                       Deadline deadline);
  Status remove_actor(std::string_view key);
  Status add_provider(std::unique_ptr<Provider> provider, ProviderOptions options);
  Status remove_provider(std::string_view capability, std::string_view name);
  Status bind(const Binding& binding, Deadline deadline);
  Status unbind(std::string_view actor, std::string_view capability, std::string_view name);
  Result<Bytes> call_actor(std::string_view key, std::string_view operation, ByteView payload,
                           Deadline deadline);
  void stop();

  std::vector<Claims> actors() const;
  std::optional<Claims> actor(std::string_view key) const;
  std::vector<Claims> actors_tagged(const std::vector<std::string>& tags) const;
  std::vector<ProviderInfo> providers() const;
  std::vector<Binding> bindings() const;
  const StringMap& labels() const { return labels_; }

 private:
  Result<ActorPtr> start_actor(Claims claims, engine::ModulePtr module, Deadline deadline);
  Status authorize_load(const Claims& claims) const;
  Status check_replacement(const Claims& running, const Claims& wanted) const;
  // After a replacement: bindings as the new token has it.
  void adapt_bindings(const Claims& actor);
  Status authorize_binding(const Claims& actor, const Binding& binding,
                           std::string_view name) const;
  Status configure_actor(host::Actor& actor, const Binding& binding, std::string_view name,
                         Deadline deadline);
  host::Actor::Configuration own_configuration(const Claims& actor) const;
  ProviderPtr provider(std::string_view capability, std::string_view name) const;
  // The provider of this token; nullptr if there is none.
  ProviderPtr provider_of(std::string_view subject) const;
  // Of whoever may be bound under this key: an actor, or a provider with a token.
  std::optional<Claims> claims_of(std::string_view key) const;
  void bind_by_itself(const Claims& actor, const host::ProviderSlot& provider);
  // Tells the provider and forgets the binding, whatever the provider says.
  void end_binding(const host::Bindings::Entry& entry);

  engine::Engine& engine_;
  const HostOptions options_;
  const StringMap labels_;
  const Log log_;
  bool stopped_ = false;
  std::map<std::string, StringMap, std::less<>> told_;  // by actor: the values of its own binding
  // From here on in the order of need: providers may call actors until they end.
  host::Actors actors_;
  host::Bindings bindings_;
  host::Router router_;
  Guarded<std::vector<ProviderPtr>> providers_;
};

Result<std::string> Host::Impl::add_actor(Claims claims, engine::ModulePtr module,
                                          Deadline deadline) {
  if (stopped_) return stopped();
  const std::string key = claims.subject;
  if (claims_of(key))
    return Error(Errc::kExists,
                 "waSCC Host Error: Actor " + key +
                     " is already in this host. Cannot host multiple instances of the same actor "
                     "in the same host");
  const auto& alias = claims.call_alias;
  if (alias && actors_.find_alias(*alias))
    log_.warn("call alias is taken: calls to it go to the actor that came first",
              {{"actor", key}, {"alias", *alias}});
  WASCC_TRY(const ActorPtr actor, start_actor(std::move(claims), std::move(module), deadline));
  actors_.add(actor);
  log_.info("actor loaded", {{"actor", key},
                             {"name", std::string(actor->claims().display_name())},
                             {"caps", joined(actor->claims().capabilities)}});
  const auto providers = providers_.with([](const auto& all) { return all; });
  for (const ProviderPtr& provider : providers) bind_by_itself(actor->claims(), *provider);
  return key;
}

// A module that this host may run, with its first instance; nothing knows of it yet.
Result<ActorPtr> Host::Impl::start_actor(Claims claims, engine::ModulePtr module,
                                         Deadline deadline) {
  WASCC_CHECK(authorize_load(claims));
  WASCC_TRY(auto linked, wapc::GuestModule::link(engine_, std::move(module)));
  host::ActorOptions options;
  options.guest.limits.memory_bytes = options_.memory_bytes;
  options.kept_instances = options_.kept_instances;
  options.max_calls = options_.calls_per_actor;
  auto told = own_configuration(claims);
  return host::Actor::start(std::move(claims), std::move(linked), options, router_, log_, deadline,
                            std::move(told));
}

Status Host::Impl::authorize_load(const Claims& claims) const {
  if (options_.authorizer == nullptr) return {};
  const Status loadable = options_.authorizer->can_load(claims);
  if (loadable) return {};
  std::string text =
      "WebAssembly module authorization failure: Authorization hook denied access to module";
  if (!loadable.error().message().empty()) text.append(": ").append(loadable.error().message());
  return Error(Errc::kDenied, std::move(text));
}

Status Host::Impl::check_replacement(const Claims& running, const Claims& wanted) const {
  if (wanted.subject != running.subject)
    return Error(Errc::kDenied, "the new module is another actor, " + wanted.subject);
  if (wanted.issuer != running.issuer && !options_.replace_by_any_issuer)
    return Error(Errc::kDenied, "the new module's issuer is " + wanted.issuer +
                                    ", that of the running one " + running.issuer);
  return {};
}

Status Host::Impl::replace_actor(std::string_view key, Claims claims, engine::ModulePtr module,
                                 Deadline deadline) {
  if (stopped_) return stopped();
  const std::string failed = "waSCC Host Error: Failed to perform hot swap";
  const ActorPtr running = actors_.find(key);
  if (!running) return Error(Errc::kNotFound, "waSCC Host Error: No such actor");
  WASCC_CHECK(check_replacement(running->claims(), claims).context(failed));
  WASCC_TRY(const ActorPtr actor,
            start_actor(std::move(claims), std::move(module), deadline).context(failed));
  actors_.replace(actor);
  log_.info("actor replaced", {{"actor", std::string(key)},
                               {"name", std::string(actor->claims().display_name())},
                               {"caps", joined(actor->claims().capabilities)}});
  adapt_bindings(actor->claims());
  return {};
}

void Host::Impl::adapt_bindings(const Claims& actor) {
  for (const auto& entry : bindings_.all()) {
    if (entry.record.actor != actor.subject) continue;
    if (authorize_binding(actor, entry.record, entry.record.name)) continue;
    log_.warn("binding ends: the actor's new token does not allow it",
              {{"actor", actor.subject},
               {"capability", entry.record.capability},
               {"binding", entry.record.name}});
    end_binding(entry);
  }
  const auto providers = providers_.with([](const auto& all) { return all; });
  for (const ProviderPtr& provider : providers)
    if (!bindings_.find({actor.subject, provider->capability(), provider->binding()}))
      bind_by_itself(actor, *provider);
}

Status Host::Impl::remove_actor(std::string_view key) {
  if (!actors_.find(key)) return Error(Errc::kNotFound, "waSCC Host Error: No such actor");
  for (const auto& entry : bindings_.all())
    if (entry.record.actor == key) end_binding(entry);
  if (const auto told = told_.find(key); told != told_.end()) told_.erase(told);
  actors_.remove(key);
  log_.info("actor removed", {{"actor", std::string(key)}});
  return {};
}

Status Host::Impl::add_provider(std::unique_ptr<Provider> provider, ProviderOptions options) {
  if (stopped_) return stopped();
  const std::string id = provider->descriptor().id;
  const Claims* own = provider->claims();
  if (own != nullptr) {
    WASCC_CHECK(authorize_load(*own).context("Capability provider error"));
    if (actors_.find(own->subject))
      return Error(Errc::kExists, "Capability provider error: the module of " + id + ", " +
                                      own->subject + ", is an actor of this host");
  }
  options.binding = host::binding_name(options.binding);
  if (this->provider(id, options.binding))
    return Error(Errc::kExists, "Capability provider error: Capability provider " + id +
                                    " cannot be bound to the same name (" + options.binding +
                                    ") twice, loading failed.");
  const auto slot =
      std::make_shared<host::ProviderSlot>(std::string(host::canonical_capability(id)),
                                           std::move(options), router_, std::move(provider));
  if (auto started = slot->provider().start(*slot); !started)
    return started.error()
        .context("Failed to start " + id + "," + slot->binding())
        .context("Capability provider error");
  providers_.with([&](auto& all) { all.push_back(slot); });
  log_.info("provider started", {{"capability", id}, {"binding", slot->binding()}});
  for (const ActorPtr& actor : actors_.all()) bind_by_itself(actor->claims(), *slot);
  for (const ProviderPtr& other : providers_.with([](const auto& all) { return all; })) {
    if (const Claims* claims = other->provider().claims()) bind_by_itself(*claims, *slot);
    if (own != nullptr && other != slot) bind_by_itself(*own, *other);
  }
  return {};
}

Status Host::Impl::remove_provider(std::string_view capability, std::string_view name) {
  name = host::binding_name(name);
  const ProviderPtr removed = provider(capability, name);
  if (!removed) return Error(Errc::kNotFound, "waSCC Host Error: No such capability");
  if (router_.runs_on_this_thread())
    return Error(Errc::kDenied,
                 "waSCC Host Error: A provider is not removed on behalf of an actor's call");
  providers_.with([&](auto& all) { std::erase(all, removed); });
  const Claims* own = removed->provider().claims();
  const bool last = own != nullptr && !provider_of(own->subject);
  for (const auto& entry : bindings_.all())
    if (entry.provider == removed || (last && entry.record.actor == own->subject))
      end_binding(entry);
  removed->gate().close();
  removed->provider().stop();
  log_.info("provider removed",
            {{"capability", std::string(capability)}, {"binding", std::string(name)}});
  return {};
}

ProviderPtr Host::Impl::provider(std::string_view capability, std::string_view name) const {
  const std::string_view id = host::canonical_capability(capability);
  return providers_.with([&](const auto& all) -> ProviderPtr {
    for (const ProviderPtr& provider : all)
      if (provider->capability() == id && provider->binding() == name) return provider;
    return nullptr;
  });
}

ProviderPtr Host::Impl::provider_of(std::string_view subject) const {
  return providers_.with([&](const auto& all) -> ProviderPtr {
    for (const ProviderPtr& provider : all)
      if (const Claims* claims = provider->provider().claims();
          claims && claims->subject == subject)
        return provider;
    return nullptr;
  });
}

std::optional<Claims> Host::Impl::claims_of(std::string_view key) const {
  if (const ActorPtr actor = actors_.find(key)) return actor->claims();
  if (const ProviderPtr provider = provider_of(key)) return *provider->provider().claims();
  return std::nullopt;
}

void Host::Impl::bind_by_itself(const Claims& actor, const host::ProviderSlot& provider) {
  if (!provider.binds_by_itself() || !host::claims_capability(actor, provider.capability())) return;
  if (auto bound =
          bind({actor.subject, provider.capability(), provider.binding(), {}}, kNoDeadline);
      !bound)
    log_.warn("actor goes without a capability that it claims",
              {{"actor", actor.subject}, {"error", bound.error().message()}});
}

Status Host::Impl::authorize_binding(const Claims& actor, const Binding& binding,
                                     std::string_view name) const {
  const bool allowed =
      host::claims_capability(actor, binding.capability) &&
      (options_.authorizer == nullptr ||
       options_.authorizer->can_invoke(
           actor, {{}, host::canonical_capability(binding.capability), name}, kOpBind));
  if (allowed) return {};
  return Error(Errc::kDenied,
               "WebAssembly module authorization failure: Unauthorized binding: actor " +
                   actor.subject + " is not authorized to use capability " + binding.capability +
                   ".");
}

Status Host::Impl::configure_actor(host::Actor& actor, const Binding& binding,
                                   std::string_view name, Deadline deadline) {
  auto payload =
      std::make_shared<const Bytes>(encode(configuration(actor.claims(), binding.values)));
  if (auto configured = router_.configure(actor, std::move(payload), deadline); !configured)
    return not_configured(configured.error(), binding, name);
  told_[binding.actor] = binding.values;
  return {};
}

// What the actor was told by bind, as its token now has it.
host::Actor::Configuration Host::Impl::own_configuration(const Claims& actor) const {
  const auto told = told_.find(actor.subject);
  if (told == told_.end()) return nullptr;
  return std::make_shared<const Bytes>(encode(configuration(actor, told->second)));
}

Status Host::Impl::bind(const Binding& binding, Deadline deadline) {
  if (stopped_) return stopped();
  const std::optional<Claims> claims = claims_of(binding.actor);
  if (!claims)
    return Error(Errc::kNotFound, "waSCC Host Error: Attempted to bind non-existent actor");
  const std::string name(host::binding_name(binding.name));
  if (binding.capability == binding.actor)
    if (const ActorPtr actor = actors_.find(binding.actor))
      return configure_actor(*actor, binding, name, deadline);
  WASCC_CHECK(authorize_binding(*claims, binding, name));

  const ProviderPtr provider = this->provider(binding.capability, name);
  if (!provider)
    return not_configured(host::no_subscribers(host::provider_subject(binding.capability, name)),
                          binding, name);
  // In effect before the provider knows of it, because it may call the actor at once.
  const host::BindingKey key{binding.actor, provider->capability(), name};
  auto before =
      bindings_.put(key, {{binding.actor, binding.capability, name, binding.values}, provider});
  if (auto bound = provider->provider().bind(configuration(*claims, binding.values)); !bound) {
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

Status Host::Impl::unbind(std::string_view actor, std::string_view capability,
                          std::string_view name) {
  const host::BindingKey key{actor, host::canonical_capability(capability),
                             host::binding_name(name)};
  const std::string failed = "waSCC Host Error: Failed to remove binding";
  const ProviderPtr provider = bindings_.find(key);
  if (!provider)
    return Error(Errc::kNotFound, failed + ": there is none of " + std::string(actor) + " to " +
                                      std::string(capability) + "," + std::string(key.name));
  WASCC_CHECK(provider->provider().unbind(actor).context(failed));
  bindings_.remove(key);
  log_.info("actor unbound", {{"actor", std::string(actor)},
                              {"capability", std::string(capability)},
                              {"binding", std::string(key.name)}});
  return {};
}

void Host::Impl::end_binding(const host::Bindings::Entry& entry) {
  if (auto ended = entry.provider->provider().unbind(entry.record.actor); !ended)
    log_.warn("provider failed to end a binding", {{"actor", entry.record.actor},
                                                   {"capability", entry.record.capability},
                                                   {"binding", entry.record.name},
                                                   {"error", ended.error().message()}});
  bindings_.remove({entry.record.actor, entry.provider->capability(), entry.record.name});
}

Result<Bytes> Host::Impl::call_actor(std::string_view key, std::string_view operation,
                                     ByteView payload, Deadline deadline) {
  const ActorPtr actor = actors_.find(key);
  if (!actor) return Error(Errc::kNotFound, "waSCC Host Error: No such actor");
  return router_.invoke(*actor, operation, payload, deadline).context("waSCC Host Error");
}

std::vector<Claims> Host::Impl::actors() const {
  std::vector<Claims> all;
  for (const ActorPtr& actor : actors_.all()) all.push_back(actor->claims());
  return all;
}

std::optional<Claims> Host::Impl::actor(std::string_view key) const {
  const ActorPtr actor = actors_.find(key);
  if (!actor) return std::nullopt;
  return actor->claims();
}

std::vector<Claims> Host::Impl::actors_tagged(const std::vector<std::string>& tags) const {
  std::vector<Claims> all = actors();
  std::erase_if(all, [&](const Claims& actor) {
    return !std::ranges::all_of(tags, [&](const std::string& tag) {
      return std::ranges::find(actor.tags, tag) != actor.tags.end();
    });
  });
  return all;
}

std::vector<ProviderInfo> Host::Impl::providers() const {
  const auto slots = providers_.with([](const auto& all) { return all; });
  std::vector<ProviderInfo> all;
  for (const ProviderPtr& slot : slots)
    all.push_back({slot->binding(), slot->provider().descriptor()});
  return all;
}

std::vector<Binding> Host::Impl::bindings() const {
  std::vector<Binding> all;
  for (auto& entry : bindings_.all()) all.push_back(std::move(entry.record));
  return all;
}

void Host::Impl::stop() {
  if (std::exchange(stopped_, true)) return;
  for (const auto& entry : bindings_.all()) end_binding(entry);
  auto providers = providers_.with([](auto& all) { return std::exchange(all, {}); });
  std::ranges::reverse(providers);
  for (const ProviderPtr& provider : providers) {
    provider->gate().close();
    provider->provider().stop();
  }
  actors_.clear();
  log_.info("host stopped");
}

Host::Host(engine::Engine& engine, const HostOptions& options, const Log& log)
    : impl_(std::make_unique<Impl>(engine, options, log)) {}
Host::~Host() { stop(); }

Result<std::string> Host::add_actor(Claims claims, std::shared_ptr<const engine::Module> module,
                                    Deadline deadline) {
  return impl_->add_actor(std::move(claims), std::move(module), deadline);
}
Status Host::replace_actor(std::string_view actor, Claims claims,
                           std::shared_ptr<const engine::Module> module, Deadline deadline) {
  return impl_->replace_actor(actor, std::move(claims), std::move(module), deadline);
}
Status Host::remove_actor(std::string_view actor) { return impl_->remove_actor(actor); }
Status Host::add_provider(std::unique_ptr<Provider> provider, ProviderOptions options) {
  return impl_->add_provider(std::move(provider), std::move(options));
}
Status Host::remove_provider(std::string_view capability, std::string_view binding) {
  return impl_->remove_provider(capability, binding);
}
Status Host::bind(const Binding& binding, Deadline deadline) {
  return impl_->bind(binding, deadline);
}
Status Host::unbind(std::string_view actor, std::string_view capability, std::string_view binding) {
  return impl_->unbind(actor, capability, binding);
}
Result<Bytes> Host::call_actor(std::string_view actor, std::string_view operation, ByteView payload,
                               Deadline deadline) {
  return impl_->call_actor(actor, operation, payload, deadline);
}
std::vector<Claims> Host::actors() const { return impl_->actors(); }
std::optional<Claims> Host::actor(std::string_view key) const { return impl_->actor(key); }
std::vector<Claims> Host::actors_tagged(const std::vector<std::string>& tags) const {
  return impl_->actors_tagged(tags);
}
std::vector<ProviderInfo> Host::providers() const { return impl_->providers(); }
std::vector<Binding> Host::bindings() const { return impl_->bindings(); }
const StringMap& Host::labels() const { return impl_->labels(); }
void Host::stop() { impl_->stop(); }

}  // namespace wascc
