// Reason phrases of HTTP status codes.
#pragma once

#include <cstdint>
#include <string_view>

namespace wascc::net {

// As registered with IANA ("Hypertext Transfer Protocol (HTTP) Status Code Registry"); empty for
// codes that are not.
std::string_view registered_phrase(std::uint32_t status_code);

}  // namespace wascc::net
