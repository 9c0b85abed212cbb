// What an actor's HTTP status may be, what it says of the answer, and its words. Pure functions.
#pragma once

#include <cstdint>
#include <string_view>

#include "wascc/result.h"

namespace wascc::net {

// As registered with IANA ("Hypertext Transfer Protocol (HTTP) Status Code Registry"); empty for
// codes that are not.
std::string_view registered_phrase(std::uint32_t status_code);

// The actor's own words without a code in front of them, else the registered ones.
std::string_view reason_phrase(std::uint32_t status_code, std::string_view of_the_actor);

// kInvalid for a status that cannot end a request: 200 to 599 can.
Status check_status(std::uint32_t status_code);

// Of an answer to a request of any method.
bool has_no_body(std::uint32_t status_code);

}  // namespace wascc::net
