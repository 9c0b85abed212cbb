// Percent-encoding: of text that a gateway has decoded, and of bytes that cannot have been on the
// wire. docs/formats/lambda-events.md says which set applies to which kind of event. Pure
// functions.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace wascc::net {

// Which bytes stay as they are.
using ByteSet = std::array<bool, 256>;

// `all` of the bytes from `first` to `last` but those in `without`.
constexpr ByteSet byte_range(unsigned char first, unsigned char last, std::string_view without) {
  ByteSet set{};
  for (unsigned byte = first; byte <= last; ++byte) set[byte] = true;
  for (const char c : without) set[static_cast<unsigned char>(c)] = false;
  return set;
}
constexpr ByteSet byte_set(std::string_view members) {
  ByteSet set{};
  for (const char c : members) set[static_cast<unsigned char>(c)] = true;
  return set;
}

// RFC 3986, "unreserved", and what a path may hold beside it.
inline constexpr ByteSet kUnreserved =
    byte_set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");
inline constexpr ByteSet kDecodedPath =
    byte_set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/");
// Text that is encoded already; '%' stays, so that nothing is encoded twice.
inline constexpr ByteSet kSentPath = byte_range(0x21, 0x7E, "#?");
inline constexpr ByteSet kSentQuery = byte_range(0x21, 0x7E, "#");
inline constexpr ByteSet kSentQueryKey = byte_range(0x21, 0x7E, "#&=");
inline constexpr ByteSet kSentQueryValue = byte_range(0x21, 0x7E, "#&");

// Appends the text, every byte outside the set as %XX in upper case.
void percent_encode(std::string& out, std::string_view text, const ByteSet& keep);

}  // namespace wascc::net
