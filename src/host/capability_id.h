// One name for one capability: the ids of 2021 are aliases of the original ones (docs/host.md,
// "Names"). Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wascc/claims.h"

namespace wascc::host {

// "wascc:http_server" for "wasmcloud:httpserver"; any id without another name is its own. Borrowed
// from the argument.
std::string_view canonical_capability(std::string_view id);

// Whether the token holds the capability, under whichever of its names.
bool claims_capability(const claims::Claims& claims, std::string_view id);

// A list of a token as one text: "wascc:logging,wascc:extras".
std::string joined(const std::vector<std::string>& texts);

}  // namespace wascc::host
