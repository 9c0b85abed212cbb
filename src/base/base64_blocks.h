// Base64 by whole blocks of a vector register, where the processor has AVX2; the rest, and all of
// it elsewhere, is encoding.cc's. The standard alphabet alone. Pure functions.
//
// The method is that of Wojciech Muła and Daniel Lemire, "Faster Base64 Encoding and Decoding Using
// AVX2 Instructions" (ACM Transactions on the Web 12, 2018).
#pragma once

#include <cstddef>
#include <string_view>

#include "wascc/bytes.h"

namespace wascc {

// Writes the digits of as many bytes from the front as it can, a multiple of 3; answers how many.
std::size_t base64_encode_blocks(char* out, ByteView bytes);

// Writes the bytes of as many digits from the front as it can, a multiple of 4; answers how many.
// It ends early before what is no digit. `out` has room for the bytes of all of them.
std::size_t base64_decode_blocks(std::byte* out, std::string_view digits);

}  // namespace wascc
