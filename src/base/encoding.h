// Text encodings of bytes: base64, base64url, base32, hex; and whether bytes are UTF-8. Pure
// functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc {

// RFC 4648 section 4, with padding, no line breaks. Decoding is strict: kMalformed for anything
// else, non-zero trailing bits included.
std::string base64_encode(ByteView bytes);
void base64_append(std::string& out, ByteView bytes);
constexpr std::size_t base64_size(std::size_t bytes) { return (bytes + 2) / 3 * 4; }
Result<Bytes> base64_decode(std::string_view text);

// RFC 4648 section 5, without padding; decoding refuses padding and non-zero trailing bits.
std::string base64url_encode(ByteView bytes);
Result<Bytes> base64url_decode(std::string_view text);

// RFC 4648 section 6, A-Z2-7, without padding; decoding refuses lower case, padding and non-zero
// trailing bits.
std::string base32_encode(ByteView bytes);
Result<Bytes> base32_decode(std::string_view text);

std::string hex_upper(ByteView bytes);
std::string hex_lower(ByteView bytes);
Result<Bytes> hex_decode(std::string_view text);  // either case

// RFC 3629: no surrogates, no overlong forms, nothing above U+10FFFF.
bool is_utf8(std::string_view text);
// The same text, every maximal invalid part replaced by U+FFFD.
std::string to_utf8_lossy(std::string_view text);

}  // namespace wascc
