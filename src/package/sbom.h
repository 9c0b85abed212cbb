// The software bill of materials of a package, as CycloneDX 1.5 JSON (docs/formats/package.md,
// "SBOM"): the runtime, what is linked into it, actors and native providers. A pure function of the
// package.
#pragma once

#include <span>
#include <string>

#include "package/lock.h"

namespace wascc::package {

std::string write_sbom(const Lock& lock);

}  // namespace wascc::package
