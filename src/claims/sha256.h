// SHA-256, the digest of modules and of native code. A pure function.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>

#include "wascc/bytes.h"

namespace wascc::claims {

using Digest = std::array<std::byte, 32>;

// The digest of all parts one after the other.
Digest sha256(std::initializer_list<ByteView> parts);

}  // namespace wascc::claims
