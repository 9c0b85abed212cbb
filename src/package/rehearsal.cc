#include "package/rehearsal.h"

#include <algorithm>
#include <memory>
#include <set>

#include "base/log.h"
#include "claims/nkey.h"
#include "host/capability_id.h"
#include "lambda/provider.h"
#include "wascc/host.h"

namespace wascc::package {
namespace {

// Keeps what the host warns of; what actors themselves write is not for here.
class Warnings final : public LogSink {
 public:
  bool enabled(LogLevel level, std::string_view target) const override {
    return level <= LogLevel::kWarn && target != "actor";
  }
  void write(const LogEntry& entry) override {
    std::string line(entry.message);
    for (const auto& [key, value] : entry.fields)
      line.append(", ").append(key).append(" ").append(value);
    lines_.push_back(std::move(line));
  }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

bool is_actor_key(const std::string& text) {
  const auto key = claims::PublicKey::parse(text);
  return key && key->kind() == claims::KeyKind::kModule;
}

std::vector<std::pair<std::string, std::string>> unbound_claims(const Host& host) {
  std::vector<std::pair<std::string, std::string>> found;
  const std::vector<Binding> bindings = host.bindings();
  for (const claims::Claims& actor : host.actors())
    for (const std::string& capability : actor.capabilities) {
      const bool given =
          is_actor_key(capability)
              ? host.actor(capability).has_value()
              : std::any_of(bindings.begin(), bindings.end(), [&](const Binding& binding) {
                  return binding.actor == actor.subject &&
                         host::canonical_capability(binding.capability) ==
                             host::canonical_capability(capability);
                });
      if (!given) found.emplace_back(actor.subject, capability);
    }
  return found;
}

bool same_capability(const std::string& one, const std::string& other) {
  return host::canonical_capability(one) == host::canonical_capability(other);
}

// Takes the native providers out, whose code is not run here, and with them the bindings that may
// be theirs. Answers those.
std::vector<manifest::Binding> withhold_native(manifest::Manifest& manifest) {
  std::set<std::string> names;
  std::erase_if(manifest.capabilities, [&](const manifest::Capability& capability) {
    const bool native = !capability.path.ends_with(".wasm");
    if (native) names.insert(capability.binding_name);
    return native;
  });
  std::vector<manifest::Binding> withheld;
  std::erase_if(manifest.bindings, [&](const manifest::Binding& binding) {
    const bool may_be_native =
        names.contains(binding.binding) && !is_actor_key(binding.capability) &&
        !same_capability(binding.capability, std::string(lambda::EventProvider::kHttp.id)) &&
        !same_capability(binding.capability, std::string(lambda::EventProvider::kRaw.id));
    if (may_be_native) withheld.push_back(binding);
    return may_be_native;
  });
  return withheld;
}

// What can be said of a binding without its provider: that the actor is there and may have it.
std::optional<runtime::StartFailure> refuse_withheld(const std::vector<manifest::Binding>& withheld,
                                                     const Host& host) {
  for (const manifest::Binding& binding : withheld) {
    const auto actor = host.actor(binding.actor);
    if (actor && host::claims_capability(*actor, binding.capability)) continue;
    return runtime::StartFailure{
        "Runtime.InvalidConfiguration",
        Error(Errc::kDenied,
              binding.place + ": binding: actor " + binding.actor +
                  (actor ? " is not authorized to use capability " + binding.capability + "."
                         : " is not there"))};
  }
  return std::nullopt;
}

}  // namespace

Rehearsal rehearse(const runtime::Deployment& given, engine::Engine& engine, const Clock& clock,
                   const manifest::Environment& environment) {
  runtime::Deployment deployment = given;
  const std::vector<manifest::Binding> withheld = withhold_native(deployment.manifest);
  bool folders_withheld = false;
  for (manifest::Capability& capability : deployment.manifest.capabilities) {
    folders_withheld = folders_withheld || !capability.folders.empty();
    capability.folders.clear();
  }

  // What stands elsewhere is not to be had here, and belongs to nobody who checks a package.
  for (manifest::Binding& binding : deployment.manifest.bindings) {
    for (const manifest::Secret& secret : binding.secrets)
      binding.values.emplace_back(secret.key, "secret");
    binding.secrets.clear();
  }

  Rehearsal result;
  Warnings warnings;
  const Log log(warnings);
  {
    Host host(engine, runtime::host_options(deployment), log);
    std::vector<std::unique_ptr<Provider>> providers;
    for (const auto& capability : {lambda::EventProvider::kHttp, lambda::EventProvider::kRaw})
      providers.push_back(std::make_unique<lambda::EventProvider>(capability));
    result.failure = runtime::assemble(host, deployment, {engine, clock, log, environment},
                                       runtime::Front::kNeeded, std::move(providers));
    if (!result.failure) result.failure = refuse_withheld(withheld, host);
    if (!result.failure) result.unbound = unbound_claims(host);
    std::erase_if(result.unbound, [&](const auto& unbound) {
      return std::any_of(withheld.begin(), withheld.end(), [&](const auto& binding) {
        return binding.actor == unbound.first &&
               same_capability(binding.capability, unbound.second);
      });
    });
  }
  result.warnings = warnings.take();
  if (result.failure && folders_withheld && result.failure->type == "Runtime.ProviderLoadError") {
    result.warnings.push_back("not rehearsed to its end, as no folders are granted here: " +
                              result.failure->error.message());
    result.failure.reset();
  }
  return result;
}

}  // namespace wascc::package
