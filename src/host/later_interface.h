// What the actor interfaces of 2021 changed along with the capability ids (docs/host.md, "Names"):
// some answers have other fields and one operation another name. An actor that uses the id
// `wasmcloud:…` hears it their way, so that providers speak the original messages alone. Pure
// functions.
#pragma once

#include <string_view>

#include "wapc/guest.h"
#include "wascc/bytes.h"
#include "wascc/claims.h"
#include "wascc/result.h"

namespace wascc::host {

// A provider's answer to `call`, as whoever sent it decodes it. Errors as decode().
Result<Bytes> answer_for_sender(const wapc::HostCall& call, Bytes answer);

// What the actor calls an operation of the capability, which has its original id here.
std::string_view operation_for_actor(const claims::Claims& actor, std::string_view capability,
                                     std::string_view operation);

}  // namespace wascc::host
