// Claims as the commands print them for programs: the members of a token under plain names.
#pragma once

#include "base/json.h"
#include "claims/claims.h"

namespace wascc::cli {

// Members of an object that the caller has begun and ends.
void write_claims(json::Writer& out, const claims::Claims& claims);

}  // namespace wascc::cli
