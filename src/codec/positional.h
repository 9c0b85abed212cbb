// Messages for actors of codec 0.5, which take byte strings only as arrays of integers and know
// other field names: structs become arrays of their fields (docs/formats/messages.md, "Positional
// form").
//
// Free functions; any thread.
#pragma once

#include <string_view>

#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc {

// The payload of an operation that the host sends to an actor, rewritten. kNotFound for operations
// whose payload is not known: pass it on as it is.
Result<Bytes> positional_request(std::string_view operation, ByteView payload);

// The answer to a host call of the actor, rewritten. `capability` is the wascc: id. kNotFound where
// the answer is not a known message: pass it on as it is.
Result<Bytes> positional_reply(std::string_view capability, std::string_view operation,
                               ByteView payload);

}  // namespace wascc
