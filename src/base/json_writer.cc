// JSON text, written as it is told.
#include <array>
#include <cassert>
#include <charconv>
#include <cstdint>
#include <cstring>

#include "base/encoding.h"
#include "base/json.h"

namespace wascc::json {
namespace {

// What is written for a byte inside a JSON string: itself (0), \uXXXX (1), or this after a '\'.
constexpr std::array<char, 256> kEscapes = [] {
  std::array<char, 256> table{};
  for (std::size_t i = 0; i < 0x20; ++i) table[i] = 1;
  table['\b'] = 'b';
  table['\t'] = 't';
  table['\n'] = 'n';
  table['\f'] = 'f';
  table['\r'] = 'r';
  table['"'] = '"';
  table['\\'] = '\\';
  return table;
}();

// Whether none of eight bytes is escaped. May say no of some that are not.
bool eight_plain(const char* text) {
  constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101, kHighs = 0x80 * kOnes;
  std::uint64_t eight;
  std::memcpy(&eight, text, sizeof eight);
  // The high bit of a byte below `limit` and below 0x80; a borrow may set that of the next byte,
  // too.
  const auto below = [](std::uint64_t bytes, std::uint64_t limit) {
    return (bytes - limit * kOnes) & ~bytes;
  };
  return ((below(eight, 0x20) | below(eight ^ ('"' * kOnes), 1) |
           below(eight ^ ('\\' * kOnes), 1)) &
          kHighs) == 0;
}

void append_string(std::string& out, std::string_view text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  std::size_t done = 0;
  const auto escape_at = [&](std::size_t i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const char escape = kEscapes[byte];
    if (escape == 0) return;
    out.append(text.substr(done, i - done));
    done = i + 1;
    out += '\\';
    if (escape != 1) {
      out += escape;
      return;
    }
    out += "u00";
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  };
  std::size_t i = 0;
  for (; text.size() - i >= 8; i += 8) {
    if (eight_plain(text.data() + i)) continue;
    for (std::size_t in_eight = 0; in_eight < 8; ++in_eight) escape_at(i + in_eight);
  }
  for (; i < text.size(); ++i) escape_at(i);
  out.append(text.substr(done));
  out += '"';
}

template <class Integer>
void append_number(std::string& out, Integer value) {
  std::array<char, 24> text;  // 20 digits and a sign at most
  const auto [end, failed] = std::to_chars(text.data(), text.data() + text.size(), value);
  assert(failed == std::errc());
  out.append(text.data(), end);
}

}  // namespace

void Writer::separate() {
  if (comma_) out_ += ',';
  comma_ = true;
}

Writer& Writer::begin_object() {
  separate();
  out_ += '{';
  comma_ = false;
  return *this;
}

Writer& Writer::end_object() {
  out_ += '}';
  comma_ = true;
  return *this;
}

Writer& Writer::begin_array() {
  separate();
  out_ += '[';
  comma_ = false;
  return *this;
}

Writer& Writer::end_array() {
  out_ += ']';
  comma_ = true;
  return *this;
}

Writer& Writer::key(std::string_view name) {
  string(name);
  out_ += ':';
  comma_ = false;
  return *this;
}

Writer& Writer::string(std::string_view text) {
  separate();
  if (is_utf8(text))
    append_string(out_, text);
  else
    append_string(out_, to_utf8_lossy(text));
  return *this;
}

Writer& Writer::number(std::int64_t value) {
  separate();
  append_number(out_, value);
  return *this;
}

Writer& Writer::number(std::uint64_t value) {
  separate();
  append_number(out_, value);
  return *this;
}

Writer& Writer::boolean(bool value) { return raw(value ? "true" : "false"); }
Writer& Writer::null() { return raw("null"); }

Writer& Writer::base64(ByteView bytes) {
  separate();
  out_ += '"';
  base64_append(out_, bytes);
  out_ += '"';
  return *this;
}

Writer& Writer::raw(std::string_view json) {
  separate();
  out_.append(json);
  return *this;
}

}  // namespace wascc::json
