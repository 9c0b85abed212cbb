// Environment and manifest to a running host: providers, actors, bindings. Reading assembly.cc
// tells what a process consists of.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "claims/token.h"
#include "engine/engine.h"
#include "oci/fetch.h"
#include "providers/native_provider.h"
#include "runtime/actor_loader.h"
#include "runtime/deployment.h"
#include "runtime/reload.h"
#include "wascc/host.h"
#include "wascc/provider.h"
#include "wascc/result.h"

namespace wascc::runtime {

// Why a process cannot start, with the type that the Runtime API is told
// (docs/formats/runtime-api.md, "Errors").
struct StartFailure {
  std::string type;
  Error error;
};

struct Surroundings {
  engine::Engine& engine;
  const Clock& clock;
  const Log& log;
  const manifest::Environment& environment;
  providers::LoadNativeProvider load_native = nullptr;  // absent: this program cannot
  Files files = Files::kMayChange;
  oci::Fetch fetch = nullptr;  // for references in place of paths; absent: this program cannot
};

HostOptions host_options(const Deployment& deployment);
// For a process that serves so many calls at the same time.
engine::EngineOptions engine_options(const Deployment& deployment, unsigned calls = 1);
claims::Trust trust(const manifest::Settings& settings);

// Whether some actor must be there to get events.
enum class Front : bool { kOptional, kNeeded };

// Fills a host that is empty: these providers, those of the manifest, the built-in ones whose place
// is not taken, the actors, the bindings. The host was made with host_options. `files` is told
// which actor came from which file. Nothing is undone on failure: throw the host away.
std::optional<StartFailure> assemble(Host& host, const Deployment& deployment,
                                     const Surroundings& surroundings, Front front,
                                     std::vector<std::unique_ptr<Provider>> event_providers,
                                     std::vector<ActorFile>* files = nullptr);

}  // namespace wascc::runtime
