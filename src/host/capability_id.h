// One name for one capability: the ids of 2021 are aliases of the original ones (docs/host.md,
// "Names"). Pure functions.
#pragma once

#include <string_view>
#include <vector>

#include "wascc/claims.h"

namespace wascc::host {

// "wascc:http_server" for "wasmcloud:httpserver"; any id without another name is its own. Borrowed
// from the argument.
std::string_view canonical_capability(std::string_view id);

// Whether the token holds the capability, under whichever of its names.
bool claims_capability(const claims::Claims& claims, std::string_view id);

}  // namespace wascc::host
