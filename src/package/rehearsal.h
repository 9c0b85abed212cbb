// The start of a process, played through here: the manifest read, the actors verified, linked and
// started, the bindings made, by the very code that `bootstrap` runs. No folder of this machine is
// granted to anybody, whatever the manifest says.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "engine/engine.h"
#include "manifest/expand.h"
#include "runtime/assembly.h"
#include "runtime/deployment.h"

namespace wascc::package {

struct Rehearsal {
  std::optional<runtime::StartFailure> failure;
  std::vector<std::string> warnings;  // what the start would log as such
  // Capabilities that actors claim and nothing gives them: the file, and what is missing.
  std::vector<std::pair<std::string, std::string>> unbound;
};

// The start functions of actors and providers run, within the limits of any guest. A provider that
// fails without the folders that it would have on Lambda is a warning.
Rehearsal rehearse(const runtime::Deployment& deployment, engine::Engine& engine,
                   const Clock& clock, const manifest::Environment& environment);

}  // namespace wascc::package
