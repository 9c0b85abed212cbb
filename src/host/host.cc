// Owns actors and providers: add, replace, remove, stop.
#include "wascc/host.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "engine/engine.h"
#include "host/actors.h"
#include "host/binder.h"
#include "host/bindings.h"
#include "host/capability_id.h"
#include "host/middleware_chain.h"
#include "host/provider_slot.h"
#include "host/providers.h"
#include "host/router.h"
#include "wapc/guest.h"

namespace wascc {
namespace {

using claims::Claims;
using host::Actor;
using host::ActorPtr;
using host::Bindings;
using host::ProviderPtr;

Error stopped() { return Error(Errc::kUnavailable, "waSCC Host Error: the host was stopped"); }

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

}  // namespace

class Host::Impl {
 public:
  Impl(engine::Engine& engine, const HostOptions& options, const Log& log)
      : engine_(engine),
        options_(options),
        labels_(labels_of(options)),
        log_(log.target("host")),
        middleware_(options_.middleware, log_.target("middleware")),
        router_(actors_, bindings_, options_.authorizer.get(), middleware_),
        binder_(actors_, providers_, bindings_, router_, options_.authorizer.get(), log_) {}

  Result<std::string> add_actor(Claims claims, engine::ModulePtr module, Deadline deadline);
  Status replace_actor(std::string_view key, Claims claims, engine::ModulePtr module,
                       Deadline deadline);
  Status remove_actor(std::string_view key);
  Status add_provider(std::unique_ptr<Provider> provider, ProviderOptions options);
  Status remove_provider(std::string_view capability, std::string_view name);
  Status bind(const Binding& binding, Deadline deadline) {
    if (stopped_) return stopped();
    return binder_.bind(binding, deadline);
  }
  Status unbind(std::string_view actor, std::string_view capability, std::string_view name) {
    return binder_.unbind(actor, capability, name);
  }
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
  Result<ActorPtr> start_actor(Claims claims, engine::ModulePtr module, Deadline deadline,
                               const Actor* replaced = nullptr);
  Status authorize_load(const Claims& claims) const;
  Status check_replacement(const Claims& running, const Claims& wanted) const;

  engine::Engine& engine_;
  const HostOptions options_;
  const StringMap labels_;
  const Log log_;
  bool stopped_ = false;
  // From here on in the order of need: providers may call actors until they end.
  host::Actors actors_;
  host::Bindings bindings_;
  host::MiddlewareChain middleware_;
  host::Router router_;
  host::Providers providers_;
  host::Binder binder_;
};

Result<std::string> Host::Impl::add_actor(Claims claims, engine::ModulePtr module,
                                          Deadline deadline) {
  if (stopped_) return stopped();
  const std::string key = claims.subject;
  if (binder_.claims_of(key))
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
                             {"caps", host::joined(actor->claims().capabilities)}});
  for (const ProviderPtr& provider : providers_.all())
    binder_.bind_by_itself(actor->claims(), *provider);
  return key;
}

// A module that this host may run, with its first instance; nothing knows of it yet.
Result<ActorPtr> Host::Impl::start_actor(Claims claims, engine::ModulePtr module, Deadline deadline,
                                         const Actor* replaced) {
  WASCC_CHECK(authorize_load(claims));
  WASCC_TRY(auto linked,
            wapc::GuestModule::link(engine_, std::move(module)).context("waPC failure"));
  host::ActorOptions options;
  options.guest.limits.memory_bytes = options_.memory_bytes;
  options.kept_instances = options_.kept_instances;
  options.max_calls = options_.calls_per_actor;
  if (replaced != nullptr) options.gate = replaced->gate();
  auto told = binder_.own_configuration(claims);
  return host::Actor::start(std::move(claims), std::move(linked), options, router_, log_, deadline,
                            std::move(told))
      .context("waPC failure");
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
  if (!running) return host::no_actor().context("waSCC Host Error");
  WASCC_CHECK(check_replacement(running->claims(), claims).context(failed));
  WASCC_TRY(
      const ActorPtr actor,
      start_actor(std::move(claims), std::move(module), deadline, running.get()).context(failed));
  actors_.replace(actor);
  log_.info("actor replaced", {{"actor", std::string(key)},
                               {"name", std::string(actor->claims().display_name())},
                               {"caps", host::joined(actor->claims().capabilities)}});
  binder_.adapt(actor->claims());
  return {};
}

Status Host::Impl::remove_actor(std::string_view key) {
  const ActorPtr actor = actors_.find(key);
  if (!actor) return host::no_actor().context("waSCC Host Error");
  if (router_.runs_on_this_thread())
    return Error(Errc::kDenied,
                 "waSCC Host Error: An actor is not removed on behalf of an actor's call");
  actor->gate()->close();
  binder_.end([&](const Bindings::Entry& entry) { return entry.record.actor == key; });
  binder_.forget_own_configuration(key);
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
  if (providers_.find(id, options.binding))
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
  providers_.add(slot);
  log_.info("provider started", {{"capability", id}, {"binding", slot->binding()}});
  for (const ActorPtr& actor : actors_.all()) binder_.bind_by_itself(actor->claims(), *slot);
  for (const ProviderPtr& other : providers_.all()) {
    if (const Claims* claims = other->provider().claims()) binder_.bind_by_itself(*claims, *slot);
    if (own != nullptr && other != slot) binder_.bind_by_itself(*own, *other);
  }
  return {};
}

Status Host::Impl::remove_provider(std::string_view capability, std::string_view name) {
  name = host::binding_name(name);
  const ProviderPtr removed = providers_.find(capability, name);
  if (!removed) return Error(Errc::kNotFound, "waSCC Host Error: No such capability");
  if (router_.runs_on_this_thread())
    return Error(Errc::kDenied,
                 "waSCC Host Error: A provider is not removed on behalf of an actor's call");
  providers_.remove(removed);
  const Claims* own = removed->provider().claims();
  const bool last = own != nullptr && !providers_.of_subject(own->subject);
  binder_.end([&](const Bindings::Entry& entry) {
    return entry.provider == removed || (last && entry.record.actor == own->subject);
  });
  removed->gate().close();
  removed->provider().stop();
  log_.info("provider removed",
            {{"capability", std::string(capability)}, {"binding", std::string(name)}});
  return {};
}

Result<Bytes> Host::Impl::call_actor(std::string_view key, std::string_view operation,
                                     ByteView payload, Deadline deadline) {
  const ActorPtr actor = actors_.find(key);
  if (!actor) return host::no_actor().context("waSCC Host Error");
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
  std::vector<ProviderInfo> all;
  for (const ProviderPtr& slot : providers_.all())
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
  for (const ActorPtr& actor : actors_.all()) actor->gate()->close();
  binder_.end([](const Bindings::Entry&) { return true; });
  actors_.clear();
  std::vector<ProviderPtr> providers = providers_.take_all();
  std::ranges::reverse(providers);
  for (const ProviderPtr& provider : providers) {
    provider->gate().close();
    provider->provider().stop();
  }
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
