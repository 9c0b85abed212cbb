// Percent-encoding, read. Pure function.
#pragma once

#include <string>
#include <string_view>

#include "wascc/result.h"

namespace wascc {

// RFC 3986 section 2.1: %XX is a byte, all else itself; kMalformed for a % without two hexadecimal
// digits.
Result<std::string> percent_decode(std::string_view text);

}  // namespace wascc
