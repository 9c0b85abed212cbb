// Bytes (owned) and ByteView (borrowed): what payloads, modules and messages are made of.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wascc {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

// The bytes of a text. Borrowed: valid as long as the text.
inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

// The same bytes read as text, whatever they hold. Borrowed: valid as long as the bytes.
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// By pointers: with iterators of a span the library of actors copies byte by byte.
inline Bytes to_bytes(ByteView view) { return Bytes(view.data(), view.data() + view.size()); }
inline Bytes to_bytes(std::string_view text) { return to_bytes(as_bytes(text)); }
inline std::string to_text(ByteView bytes) { return std::string(as_text(bytes)); }

}  // namespace wascc
