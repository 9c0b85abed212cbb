#include "package/rehearsal.h"

#include <algorithm>
#include <memory>

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

}  // namespace

Rehearsal rehearse(const runtime::Deployment& given, engine::Engine& engine, const Clock& clock,
                   const manifest::Environment& environment) {
  runtime::Deployment deployment = given;
  bool folders_withheld = false;
  for (manifest::Capability& capability : deployment.manifest.capabilities) {
    folders_withheld = folders_withheld || !capability.folders.empty();
    capability.folders.clear();
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
    if (!result.failure) result.unbound = unbound_claims(host);
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
