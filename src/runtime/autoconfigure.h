// Which bindings a process makes: those of the manifest, completed, and those of the actor that
// gets the events (docs/lambda.md, "Which actor gets the events"). Pure.
#pragma once

#include <string>
#include <vector>

#include "claims/claims.h"
#include "manifest/manifest.h"
#include "wascc/result.h"

namespace wascc::runtime {

struct LoadedActor {
  std::string file;  // as the manifest names it
  claims::Claims claims;
};

// The manifest's bindings in their order, then the front actor's wascc:http_server and
// awslambda:event, unless the manifest binds either. (Logging and extras bind by themselves in the
// host, when an actor that claims them is added.) Values that Lambda's environment gives are added
// to every binding of these two; the manifest's own values win. kInvalid if no actor could get an
// event, or `front` does not pick one.
Result<std::vector<manifest::Binding>> plan_bindings(const std::vector<LoadedActor>& actors,
                                                     const manifest::Manifest& manifest,
                                                     const manifest::Environment& environment);

}  // namespace wascc::runtime
