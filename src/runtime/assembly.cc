#include "runtime/assembly.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "claims/nkey.h"
#include "claims/wasm_section.h"
#include "host/capability_id.h"
#include "host/router.h"
#include "oci/reference.h"
#include "providers/blobstore_folder.h"
#include "providers/eventstreams_memory.h"
#include "providers/extras.h"
#include "providers/keyvalue_memory.h"
#include "providers/logging.h"
#include "providers/portable.h"
#include "runtime/actor_loader.h"
#include "runtime/autoconfigure.h"
#include "runtime/policy_authorizer.h"
#include "runtime/secrets.h"
#include "wascc/messages/blobstore.h"
#include "wascc/messages/eventstreams.h"
#include "wascc/messages/extras.h"
#include "wascc/messages/keyvalue.h"
#include "wascc/messages/logging.h"

namespace wascc::runtime {
namespace {

constexpr const char* kInvalidConfiguration = "Runtime.InvalidConfiguration";
constexpr const char* kProviderLoadError = "Runtime.ProviderLoadError";

StartFailure failure(const char* type, Error error) { return {type, std::move(error)}; }

const char* type_of_actor_failure(Errc code) {
  switch (code) {
    case Errc::kDenied:
      return "Runtime.ActorNotTrusted";
    case Errc::kTrap:
    case Errc::kTimeout:
    case Errc::kOutOfMemory:
    case Errc::kGuest:
      return "Runtime.ActorStartError";
    default:
      return "Runtime.ActorLoadError";
  }
}

Status check_keys(const char* setting, const std::vector<std::string>& keys) {
  for (const std::string& key : keys)
    if (auto parsed = claims::PublicKey::parse(key); !parsed)
      return Error(Errc::kInvalid,
                   std::string(setting) + " holds " + key + ": " + parsed.error().message());
  return {};
}

// Under `binding`; what needs no configuration is bound by itself, whoever provides it.
ProviderOptions options_for(const Provider& provider, std::string binding) {
  const std::string described = provider.descriptor().id;
  const std::string_view id = host::canonical_capability(described);
  ProviderOptions options;
  options.binding = std::move(binding);
  options.bind_by_itself = options.binding == kDefaultBinding && (id == kLogging || id == kExtras);
  return options;
}

// Unless the manifest lists another in its place.
Status add_built_in(Host& host, std::unique_ptr<Provider> provider,
                    std::string_view binding = kDefaultBinding) {
  ProviderOptions options = options_for(*provider, std::string(binding));
  Status added = host.add_provider(std::move(provider), std::move(options));
  if (!added && added.error().code() == Errc::kExists) return {};
  return added;
}

// Under every name that the manifest binds. Where one of the `listed` has the capability only as
// the default: a misspelt name must not find a store that forgets.
template <class Store, class Part>
Status add_store(Host& host, std::string_view capability, const std::vector<ProviderInfo>& listed,
                 const manifest::Manifest& manifest, const Part& part) {
  const bool is_listed = std::ranges::any_of(listed, [&](const ProviderInfo& provider) {
    return host::canonical_capability(provider.descriptor.id) == capability;
  });
  WASCC_CHECK(add_built_in(host, std::make_unique<Store>(part)));
  for (const manifest::Binding& binding : manifest.bindings)
    if (!is_listed && host::canonical_capability(binding.capability) == capability)
      WASCC_CHECK(add_built_in(host, std::make_unique<Store>(part), binding.binding));
  return {};
}

Status add_built_in_providers(Host& host, const manifest::Manifest& manifest, const Clock& clock,
                              const Log& log) {
  const std::vector<ProviderInfo> listed = host.providers();
  WASCC_CHECK(add_built_in(host, std::make_unique<providers::LoggingProvider>(log)));
  WASCC_CHECK(add_built_in(host, std::make_unique<providers::ExtrasProvider>()));
  WASCC_CHECK(add_store<providers::MemoryEventStreamsProvider>(host, kEventStreams, listed,
                                                               manifest, clock));
  WASCC_CHECK(
      add_store<providers::FolderBlobStoreProvider>(host, kBlobStore, listed, manifest, log));
  return add_store<providers::MemoryKeyValueProvider>(host, kKeyValue, listed, manifest, clock);
}

// A signed WASI module, with what the manifest grants it.
Status add_portable_provider(Host& host, const manifest::Capability& capability,
                             const Deployment& deployment, LoadedModule loaded,
                             const Surroundings& surroundings) {
  WASCC_TRY(auto module, wapc::GuestModule::link(surroundings.engine, std::move(loaded.module)));
  wapc::GuestOptions options;
  options.limits.memory_bytes = host_options(deployment).memory_bytes;
  options.wasi.arguments = capability.arguments;
  options.wasi.environment = capability.environment;
  for (const manifest::Folder& folder : capability.folders)
    options.wasi.folders.push_back(
        {resolve(deployment, folder.host), folder.guest, folder.writable});
  WASCC_TRY(auto provider,
            providers::PortableProvider::load(std::move(loaded.claims), std::move(module),
                                              std::move(options), surroundings.log,
                                              surroundings.clock.steady_now() + kActorStartLimit));
  ProviderOptions provider_options = options_for(*provider, capability.binding_name);
  return host.add_provider(std::move(provider), std::move(provider_options));
}

// A shared library, or a provider archive, which may be in memory already.
Status add_native_provider(Host& host, const manifest::Capability& capability,
                           const Deployment& deployment, const Surroundings& surroundings,
                           ByteView archive = {}) {
  if (surroundings.load_native == nullptr)
    return Error(Errc::kUnsupported,
                 "this program is static and loads no native providers: deploy bootstrap-full in "
                 "place of bootstrap");
  if (!capability.arguments.empty() || !capability.environment.empty() ||
      !capability.folders.empty())
    return Error(Errc::kInvalid,
                 "arguments, environment and folders are for portable providers (.wasm); a native "
                 "one is configured by the values of its bindings");
  const claims::Trust believed = trust(deployment.manifest.settings);
  const auto authorizer = host_options(deployment).authorizer;
  const std::string name = archive.empty() ? resolve(deployment, capability.path) : capability.path;
  WASCC_TRY(auto provider,
            surroundings.load_native(name, {surroundings.log, surroundings.clock.now(), believed,
                                            authorizer.get(), archive}));
  ProviderOptions options = options_for(*provider, capability.binding_name);
  return host.add_provider(std::move(provider), std::move(options));
}

// What a reference in place of a path names.
Result<oci::Fetched> fetch(const std::string& reference, const Surroundings& surroundings) {
  if (surroundings.fetch != nullptr) return surroundings.fetch(reference);
  return Error(Errc::kUnsupported,
               "waSCC Host Error: Failed to fetch OCI bytes: there is no file " + reference +
                   ", and this program fetches none from a registry: package it with `wascc "
                   "package`, which does and packs the file");
}

Result<LoadedModule> fetch_actor(const std::string& reference, const ActorLoader& loader,
                                 const Surroundings& surroundings) {
  WASCC_TRY(const oci::Fetched fetched, fetch(reference, surroundings));
  return loader.load_bytes(fetched.content);
}

// What an entry of `capabilities:` names.
Status add_listed_provider(Host& host, const manifest::Capability& capability,
                           const Deployment& deployment, const ActorLoader& loader,
                           const Surroundings& surroundings) {
  if (oci::is_to_fetch(capability.path, resolve(deployment, capability.path))) {
    WASCC_TRY(const oci::Fetched fetched, fetch(capability.path, surroundings));
    if (!claims::is_module(fetched.content))
      return add_native_provider(host, capability, deployment, surroundings, fetched.content);
    WASCC_TRY(LoadedModule loaded, loader.load_bytes(fetched.content));
    return add_portable_provider(host, capability, deployment, std::move(loaded), surroundings);
  }
  if (!capability.path.ends_with(".wasm"))
    return add_native_provider(host, capability, deployment, surroundings);
  WASCC_TRY(LoadedModule loaded, loader.load(resolve(deployment, capability.path)));
  return add_portable_provider(host, capability, deployment, std::move(loaded), surroundings);
}

}  // namespace

HostOptions host_options(const Deployment& deployment) {
  const manifest::Settings& settings = deployment.manifest.settings;
  HostOptions options;
  options.labels = deployment.manifest.labels;
  options.replace_by_any_issuer = settings.replace_by_any_issuer;
  if (deployment.policy)
    options.authorizer = std::make_shared<PolicyAuthorizer>(*deployment.policy);
  if (settings.memory_limit_mb) options.memory_bytes = *settings.memory_limit_mb << 20;
  if (settings.isolation == manifest::Isolation::kInvocation) options.kept_instances = 0;
  return options;
}

engine::EngineOptions engine_options(const Deployment& deployment, unsigned calls) {
  const manifest::Manifest& manifest = deployment.manifest;
  if (manifest.settings.isolation != manifest::Isolation::kInvocation) return {};
  // Each module has one instance from the start, and a second one while it is replaced.
  const std::size_t modules = manifest.actors.size() + manifest.capabilities.size();
  return {static_cast<std::uint32_t>(2 * modules + calls * host::kMaxCallDepth)};
}

claims::Trust trust(const manifest::Settings& settings) {
  return {settings.trusted_issuers, settings.trusted_packagers};
}

std::optional<StartFailure> assemble(Host& host, const Deployment& deployment,
                                     const Surroundings& surroundings, Front front,
                                     std::vector<std::unique_ptr<Provider>> event_providers,
                                     std::vector<ActorFile>* files) {
  const manifest::Manifest& manifest = deployment.manifest;
  const Log& log = surroundings.log;
  for (const std::string& warning : manifest.warnings) log.warn(warning);

  for (const auto& [setting, keys] :
       {std::pair("trusted_issuers", manifest.settings.trusted_issuers),
        std::pair("trusted_packagers", manifest.settings.trusted_packagers)})
    if (Status status = check_keys(setting, keys); !status)
      return failure(kInvalidConfiguration, std::move(status).error());
  if (manifest.settings.trusted_issuers.empty())
    log.warn("no trusted_issuers are set: an actor of any issuer is accepted");

  for (std::unique_ptr<Provider>& provider : event_providers)
    if (Status status = host.add_provider(std::move(provider)); !status)
      return failure(kProviderLoadError, std::move(status).error());
  const ActorLoader loader(surroundings.engine, surroundings.clock, log, trust(manifest.settings),
                           surroundings.files);
  for (const manifest::Capability& capability : manifest.capabilities) {
    const std::string doing = capability.place + ": capability " + capability.path;
    if (Status status =
            add_listed_provider(host, capability, deployment, loader, surroundings).context(doing);
        !status)
      return failure(kProviderLoadError, std::move(status).error());
  }
  if (Status status = add_built_in_providers(host, manifest, surroundings.clock, log); !status)
    return failure(kProviderLoadError, std::move(status).error());

  std::vector<LoadedActor> actors;
  for (const manifest::Actor& actor : manifest.actors) {
    const std::string file = resolve(deployment, actor.path);
    // Without a manifest the module itself is the place.
    const bool has_place = actor.place != file;
    const std::string doing = (has_place ? actor.place + ": actor " : "actor ") + actor.path;
    const bool elsewhere = oci::is_to_fetch(actor.path, file);
    Result<LoadedModule> loaded =
        (elsewhere ? fetch_actor(actor.path, loader, surroundings) : loader.load(file))
            .context(doing);
    if (!loaded) return failure(type_of_actor_failure(loaded.error().code()), loaded.error());
    if (deployment.listed && loaded->claims.provider) {
      const manifest::Capability capability{actor.path, std::string(kDefaultBinding), {}, {}, {},
                                            {}};
      if (Status status =
              add_portable_provider(host, capability, deployment, *std::move(loaded), surroundings)
                  .context(doing);
          !status)
        return failure(kProviderLoadError, std::move(status).error());
      continue;
    }
    actors.push_back({actor.path, loaded->claims});
    const auto key = host.add_actor(std::move(loaded->claims), std::move(loaded->module),
                                    surroundings.clock.steady_now() + kActorStartLimit)
                         .context(doing);
    if (!key) return failure(type_of_actor_failure(key.error().code()), key.error());
    if (files != nullptr && !elsewhere) files->push_back({*key, file});
  }

  std::vector<manifest::Binding> bindings = manifest.bindings;
  auto planned = plan_bindings(actors, manifest, surroundings.environment);
  if (planned)
    bindings = *std::move(planned);
  else if (front == Front::kNeeded)
    return failure(kInvalidConfiguration, std::move(planned).error());

  for (manifest::Binding& binding : bindings) {
    const std::string where = binding.place.empty() ? "autoconfigured" : binding.place;
    if (Status status = look_up_secrets(binding, deployment, surroundings.environment); !status)
      return failure(kInvalidConfiguration, std::move(status).error());
    const Binding wanted{binding.actor, binding.capability, binding.binding,
                         std::move(binding.values)};
    if (Status status = host.bind(wanted).context(where + ": binding"); !status)
      return failure(
          status.error().code() == Errc::kProvider ? kProviderLoadError : kInvalidConfiguration,
          status.error());
  }
  return std::nullopt;
}

}  // namespace wascc::runtime
