#include "base/encoding.h"

#include <array>
#include <cstring>

#include "base/base64_blocks.h"

namespace wascc {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::uint8_t kNone = 0xFF;  // no digit; every digit is below 64

using DigitTable = std::array<std::uint8_t, 256>;

constexpr DigitTable digits_of(std::string_view alphabet) {
  DigitTable table{};
  for (auto& entry : table) entry = kNone;
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  return table;
}

constexpr DigitTable kBase64Digits = digits_of(kBase64);
constexpr DigitTable kBase64UrlDigits = digits_of(kBase64Url);
constexpr DigitTable kBase32Digits = digits_of(kBase32);

std::uint32_t digit(const DigitTable& table, char c) {
  return table[static_cast<unsigned char>(c)];
}

std::uint32_t octet(ByteView bytes, std::size_t i) {
  return std::to_integer<std::uint32_t>(bytes[i]);
}

// Writes the digits of all bytes, no padding; answers how many were written.
std::size_t encode64(char* out, ByteView bytes, std::string_view alphabet) {
  char* const start = out;
  const char* const letters = alphabet.data();
  const std::size_t whole = bytes.size() - bytes.size() % 3;
  for (std::size_t i = 0; i < whole; i += 3) {
    const std::uint32_t three =
        octet(bytes, i) << 16 | octet(bytes, i + 1) << 8 | octet(bytes, i + 2);
    *out++ = letters[three >> 18];
    *out++ = letters[three >> 12 & 63];
    *out++ = letters[three >> 6 & 63];
    *out++ = letters[three & 63];
  }
  if (bytes.size() - whole == 1) {
    const std::uint32_t one = octet(bytes, whole);
    *out++ = letters[one >> 2];
    *out++ = letters[one << 4 & 63];
  } else if (bytes.size() - whole == 2) {
    const std::uint32_t two = octet(bytes, whole) << 8 | octet(bytes, whole + 1);
    *out++ = letters[two >> 10];
    *out++ = letters[two >> 4 & 63];
    *out++ = letters[two << 2 & 63];
  }
  return static_cast<std::size_t>(out - start);
}

// What is wrong with digits that did not decode.
Error bad_digits(std::string_view name, std::string_view text, const DigitTable& table) {
  for (std::size_t i = 0; i < text.size(); ++i)
    if (digit(table, text[i]) == kNone)
      return Error(Errc::kMalformed,
                   std::string(name) + ": byte " + std::to_string(i) + " is outside the alphabet");
  return Error(Errc::kMalformed, std::string(name) + ": the last digit has bits left over");
}

// Digits without padding; `blocks` decodes a part of their front, and nothing is as well.
template <class Blocks>
Result<Bytes> decode64(std::string_view name, std::string_view text, const DigitTable& table,
                       Blocks blocks) {
  const std::size_t rest = text.size() % 4;
  if (rest == 1)
    return Error(Errc::kMalformed, std::string(name) + ": " + std::to_string(text.size()) +
                                       " digits are no whole number of bytes");
  const std::size_t whole = text.size() - rest;
  Bytes out(whole / 4 * 3 + (rest == 0 ? 0 : rest - 1));
  const std::size_t done = blocks(out.data(), text.substr(0, whole));
  std::byte* to = out.data() + done / 4 * 3;
  std::uint32_t seen = 0;
  for (std::size_t i = done; i < whole; i += 4) {
    const std::uint32_t a = digit(table, text[i]), b = digit(table, text[i + 1]);
    const std::uint32_t c = digit(table, text[i + 2]), d = digit(table, text[i + 3]);
    seen |= a | b | c | d;
    const std::uint32_t three = a << 18 | b << 12 | c << 6 | d;
    *to++ = static_cast<std::byte>(three >> 16);
    *to++ = static_cast<std::byte>(three >> 8);
    *to++ = static_cast<std::byte>(three);
  }
  std::uint32_t left_over = 0;
  if (rest >= 2) {
    const std::uint32_t a = digit(table, text[whole]), b = digit(table, text[whole + 1]);
    seen |= a | b;
    *to++ = static_cast<std::byte>(a << 2 | b >> 4);
    left_over = b & 15;
    if (rest == 3) {
      const std::uint32_t c = digit(table, text[whole + 2]);
      seen |= c;
      *to++ = static_cast<std::byte>(b << 4 | c >> 2);
      left_over = c & 3;
    }
  }
  if (seen > 63 || left_over != 0) return bad_digits(name, text, table);
  return out;
}

// The length of the UTF-8 sequence that `text` starts with, or, negated, of the longest start of
// one (at least 1). `text` is not empty.
int sequence_length(std::string_view text) {
  const auto at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = at(0);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return -1;
  const int length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // The second byte excludes overlong forms, surrogates and what lies above U+10FFFF.
  const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  for (int i = 1; i < length; ++i) {
    const auto index = static_cast<std::size_t>(i);
    if (index >= text.size()) return -i;
    const unsigned char c = at(index);
    if (c < (i == 1 ? low : 0x80) || c > (i == 1 ? high : 0xBF)) return -i;
  }
  return length;
}

// How many bytes from the front are valid UTF-8.
std::size_t valid_prefix(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    if (text.size() - i >= 8) {
      std::uint64_t eight;
      std::memcpy(&eight, text.data() + i, 8);
      if ((eight & 0x8080'8080'8080'8080) == 0) {
        i += 8;
        continue;
      }
    }
    const int length = sequence_length(text.substr(i));
    if (length < 0) return i;
    i += static_cast<std::size_t>(length);
  }
  return i;
}

std::string hex(ByteView bytes, std::string_view letters) {
  std::string out(bytes.size() * 2, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out[2 * i] = letters[octet(bytes, i) >> 4];
    out[2 * i + 1] = letters[octet(bytes, i) & 15];
  }
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void base64_append(std::string& out, ByteView bytes) {
  const std::size_t before = out.size();
  out.resize(before + base64_size(bytes.size()), '=');
  char* const digits = out.data() + before;
  const std::size_t done = base64_encode_blocks(digits, bytes);
  encode64(digits + done / 3 * 4, bytes.subspan(done), kBase64);
}

std::string base64_encode(ByteView bytes) {
  std::string out;
  base64_append(out, bytes);
  return out;
}

Result<Bytes> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0)
    return Error(Errc::kMalformed,
                 "base64: " + std::to_string(text.size()) + " characters are no multiple of 4");
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  return decode64("base64", text.substr(0, text.size() - padding), kBase64Digits,
                  base64_decode_blocks);
}

std::string base64url_encode(ByteView bytes) {
  std::string out(base64_size(bytes.size()), '\0');
  out.resize(encode64(out.data(), bytes, kBase64Url));
  return out;
}

Result<Bytes> base64url_decode(std::string_view text) {
  return decode64("base64url", text, kBase64UrlDigits,
                  [](std::byte*, std::string_view) { return std::size_t{0}; });
}

std::string base32_encode(ByteView bytes) {
  std::string out;
  out.reserve((bytes.size() * 8 + 4) / 5);
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (const std::byte byte : bytes) {
    buffer = buffer << 8 | std::to_integer<std::uint32_t>(byte);
    for (bits += 8; bits >= 5; bits -= 5) out += kBase32[buffer >> (bits - 5) & 31];
  }
  if (bits > 0) out += kBase32[buffer << (5 - bits) & 31];
  return out;
}

Result<Bytes> base32_decode(std::string_view text) {
  const std::size_t rest = text.size() % 8;
  if (rest == 1 || rest == 3 || rest == 6)
    return Error(Errc::kMalformed,
                 "base32: " + std::to_string(text.size()) + " digits are no whole number of bytes");
  Bytes out;
  out.reserve(text.size() * 5 / 8);
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const std::uint32_t value = digit(kBase32Digits, c);
    if (value == kNone) return bad_digits("base32", text, kBase32Digits);
    buffer = buffer << 5 | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<std::byte>(buffer >> bits));
    }
  }
  if ((buffer & ((1U << bits) - 1)) != 0) return bad_digits("base32", text, kBase32Digits);
  return out;
}

std::string hex_upper(ByteView bytes) { return hex(bytes, "0123456789ABCDEF"); }
std::string hex_lower(ByteView bytes) { return hex(bytes, "0123456789abcdef"); }

Result<Bytes> hex_decode(std::string_view text) {
  if (text.size() % 2 != 0)
    return Error(Errc::kMalformed,
                 "hex: " + std::to_string(text.size()) + " digits are no whole number of bytes");
  Bytes out(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0)
      return Error(Errc::kMalformed,
                   "hex: byte " + std::to_string(high < 0 ? i : i + 1) + " is no hex digit");
    out[i / 2] = static_cast<std::byte>(high << 4 | low);
  }
  return out;
}

bool is_utf8(std::string_view text) { return valid_prefix(text) == text.size(); }

std::string to_utf8_lossy(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t valid = valid_prefix(text);
    out.append(text.substr(0, valid));
    text.remove_prefix(valid);
    if (text.empty()) break;
    out.append("\xEF\xBF\xBD");  // U+FFFD
    text.remove_prefix(static_cast<std::size_t>(-sequence_length(text)));
  }
  return out;
}

}  // namespace wascc
