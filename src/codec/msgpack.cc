#include "wascc/msgpack.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>

namespace wascc::msgpack {
namespace {

// Format bytes (MessagePack specification, "Formats"). A "fix" format holds a length or number in
// its low bits; str, bin, array and map follow each other with lengths of 8, 16 and 32 bits, arrays
// and maps without the 8-bit one.
constexpr std::uint8_t kFixMap = 0x80;
constexpr std::uint8_t kFixArray = 0x90;
constexpr std::uint8_t kFixStr = 0xa0;
constexpr std::uint8_t kNil = 0xc0;
constexpr std::uint8_t kReserved = 0xc1;
constexpr std::uint8_t kFalse = 0xc2;
constexpr std::uint8_t kTrue = 0xc3;
constexpr std::uint8_t kBin8 = 0xc4;
constexpr std::uint8_t kExt8 = 0xc7;
constexpr std::uint8_t kExt32 = 0xc9;
constexpr std::uint8_t kFloat32 = 0xca;
constexpr std::uint8_t kUint8 = 0xcc;
constexpr std::uint8_t kInt8 = 0xd0;
constexpr std::uint8_t kFixExt1 = 0xd4;
constexpr std::uint8_t kStr8 = 0xd9;
constexpr std::uint8_t kArray16 = 0xdc;
constexpr std::uint8_t kMap16 = 0xde;
constexpr std::uint8_t kNegativeFixint = 0xe0;

using Kind = Reader::Kind;

Kind kind_of(std::uint8_t format) {
  if (format < kFixMap || format >= kNegativeFixint) return Kind::kInteger;
  if (format < kFixArray) return Kind::kMap;
  if (format < kFixStr) return Kind::kArray;
  if (format < kNil) return Kind::kString;
  if (format == kNil) return Kind::kNil;
  if (format == kReserved) return Kind::kReserved;
  if (format <= kTrue) return Kind::kBoolean;
  if (format < kExt8) return Kind::kBinary;
  if (format <= kExt32) return Kind::kExtension;
  if (format < kUint8) return Kind::kFloat;
  if (format < kFixExt1) return Kind::kInteger;
  if (format < kStr8) return Kind::kExtension;
  if (format < kArray16) return Kind::kString;
  return format < kMap16 ? Kind::kArray : Kind::kMap;
}

std::string_view name_of(Kind kind) {
  constexpr std::string_view kNames[] = {"the end of the bytes",
                                         "nil",
                                         "a boolean",
                                         "an integer",
                                         "a float",
                                         "a string",
                                         "a byte string",
                                         "an array",
                                         "a map",
                                         "an extension",
                                         "the reserved byte c1"};
  return kNames[static_cast<std::size_t>(kind)];
}

// The length of the UTF-8 sequence that `text` starts with; 0 if there is none (RFC 3629: no
// overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t utf8_sequence(ByteView text) {
  const auto at = [&](std::size_t i) {
    return i < text.size() ? std::to_integer<unsigned>(text[i]) : 0u;
  };
  const auto continues = [&](std::size_t i) { return (at(i) & 0xc0u) == 0x80u; };
  const unsigned first = at(0), second = at(1);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return continues(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const bool overlong = first == 0xe0 && second < 0xa0;
    const bool surrogate = first == 0xed && second >= 0xa0;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool overlong = first == 0xf0 && second < 0x90;
    const bool too_high = first == 0xf4 && second >= 0x90;
    return continues(1) && continues(2) && continues(3) && !overlong && !too_high ? 4 : 0;
  }
  return 0;
}

bool is_utf8(ByteView text) {
  std::size_t i = 0;
  while (i < text.size()) {
    std::uint64_t eight = 0;
    if (text.size() - i >= sizeof eight) {  // eight bytes of ASCII at a time
      std::memcpy(&eight, text.data() + i, sizeof eight);
      if ((eight & 0x8080'8080'8080'8080u) == 0) {
        i += sizeof eight;
        continue;
      }
    }
    const std::size_t length = utf8_sequence(text.subspan(i));
    if (length == 0) return false;
    i += length;
  }
  return true;
}

// Leaves each key once, at its first place and with its last value. Sorts, because a hostile map of
// a million keys must not cost the square of that.
void keep_last_values(StringMap& map) {
  std::vector<std::size_t> order(map.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const int compared = map[a].first.compare(map[b].first);
    return compared != 0 ? compared < 0 : a < b;
  });
  std::vector<bool> superseded(map.size());
  for (std::size_t first = 0, i = 1; i < order.size(); ++i) {
    if (map[order[i]].first != map[order[first]].first) {
      first = i;
      continue;
    }
    map[order[first]].second = std::move(map[order[i]].second);
    superseded[order[i]] = true;
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < map.size(); ++i) {
    if (superseded[i]) continue;
    if (kept != i) map[kept] = std::move(map[i]);
    ++kept;
  }
  map.resize(kept);
}

// Cheap for the few headers of a request: no allocation, and keys are compared only where a glance
// at the length, the first and the last byte does not tell them apart.
constexpr std::size_t kFewKeys = 128;
bool has_repeated_key(const StringMap& map) {
  std::array<std::uint32_t, kFewKeys> glances;
  for (std::size_t i = 0; i < map.size(); ++i) {
    const std::string& key = map[i].first;
    std::uint32_t glance = 0;
    if (!key.empty()) {
      const std::uint32_t first = static_cast<unsigned char>(key.front());
      const std::uint32_t last = static_cast<unsigned char>(key.back());
      glance = static_cast<std::uint32_t>(key.size()) << 16 | first << 8 | last;
    }
    for (std::size_t j = 0; j < i; ++j)
      if (glances[j] == glance && map[j].first == key) return true;
    glances[i] = glance;
  }
  return false;
}

}  // namespace

void Writer::number(std::uint8_t format, std::uint64_t value, unsigned width) {
  std::byte encoded[9] = {std::byte{format}};
  for (unsigned i = 0; i < width; ++i)
    encoded[1 + i] = static_cast<std::byte>(value >> (8 * (width - 1 - i)));
  append(ByteView(encoded, 1 + width));
}

void Writer::length(std::uint8_t first_format, std::size_t length, unsigned first_width) {
  unsigned width = first_width;
  while (width < 4 && std::uint64_t{length} >> (8 * width) != 0) {
    width *= 2;
    ++first_format;
  }
  number(first_format, length, width);
}

void Writer::nil() { byte(kNil); }

void Writer::boolean(bool value) { byte(value ? kTrue : kFalse); }

void Writer::unsigned_integer(std::uint64_t value) {
  if (value < 0x80) return byte(static_cast<std::uint8_t>(value));
  if (value <= 0xff) return number(kUint8, value, 1);
  if (value <= 0xffff) return number(kUint8 + 1, value, 2);
  if (value <= 0xffff'ffff) return number(kUint8 + 2, value, 4);
  number(kUint8 + 3, value, 8);
}

void Writer::signed_integer(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  if (bits < 0x80) return byte(static_cast<std::uint8_t>(bits));
  if (value == static_cast<std::int8_t>(value)) return number(kInt8, bits, 1);
  if (value == static_cast<std::int16_t>(value)) return number(kInt8 + 1, bits, 2);
  if (value == static_cast<std::int32_t>(value)) return number(kInt8 + 2, bits, 4);
  number(kInt8 + 3, bits, 8);
}

void Writer::string(std::string_view text) {
  if (text.size() < 32) {
    byte(static_cast<std::uint8_t>(kFixStr | text.size()));
  } else {
    length(kStr8, text.size(), 1);
  }
  append(as_bytes(text));
}

void Writer::binary(ByteView bytes) {
  length(kBin8, bytes.size(), 1);
  append(bytes);
}

void Writer::array(std::size_t count) {
  if (count < 16) return byte(static_cast<std::uint8_t>(kFixArray | count));
  length(kArray16, count, 2);
}

void Writer::map(std::size_t count) {
  if (count < 16) return byte(static_cast<std::uint8_t>(kFixMap | count));
  length(kMap16, count, 2);
}

// An integer as it stands on the wire: its value, and its sign apart.
struct Reader::Integer {
  std::uint64_t bits;
  bool negative;
};

Reader::Reader(ByteView bytes) : bytes_(bytes) {
  if (bytes.size() > kMaxBytes)
    fail(Errc::kTooLarge, "message of " + std::to_string(bytes.size()) + " bytes; the limit is " +
                              std::to_string(kMaxBytes));
}

void Reader::fail(Errc code, std::string message) {
  if (!error_) error_.emplace(code, std::move(message));
}

void Reader::in_field(std::string_view name) { error_ = std::move(*error_).context(name); }

void Reader::expected(std::string_view what) {
  if (!ok()) return;
  std::string message(what);
  message += " expected at byte ";
  message += std::to_string(position_);
  message += ", found ";
  message += name_of(peek());
  fail(Errc::kMalformed, std::move(message));
}

Kind Reader::peek() const {
  if (!ok() || left() == 0) return Kind::kEnd;
  return kind_of(std::to_integer<std::uint8_t>(bytes_[position_]));
}

std::uint8_t Reader::take_byte() { return static_cast<std::uint8_t>(take_number(1)); }

// `width` bytes, most significant first.
std::uint64_t Reader::take_number(unsigned width) {
  std::uint64_t value = 0;
  for (const std::byte byte : take(width)) value = value << 8 | std::to_integer<unsigned>(byte);
  return value;
}

// The next `length` bytes, or none and an error.
ByteView Reader::take(std::size_t length) {
  if (!ok()) return {};
  if (length > left()) {
    fail(Errc::kMalformed, std::to_string(length) + " bytes expected at byte " +
                               std::to_string(position_) + ", and there are " +
                               std::to_string(left()));
    return {};
  }
  const ByteView taken = bytes_.subspan(position_, length);
  position_ += length;
  return taken;
}

std::size_t Reader::take_length(std::uint8_t format, std::uint8_t first_format,
                                unsigned first_width) {
  const unsigned doublings = static_cast<unsigned>(format - first_format) & 3u;  // 0, 1 or 2
  return static_cast<std::size_t>(take_number(first_width << doublings));
}

bool Reader::take_nil() {
  if (peek() != Kind::kNil) return false;
  ++position_;
  return true;
}

bool Reader::boolean() {
  if (peek() == Kind::kBoolean) return take_byte() == kTrue;
  expected("a boolean");
  return false;
}

std::optional<Reader::Integer> Reader::integer() {
  if (peek() != Kind::kInteger) {
    expected("an integer");
    return std::nullopt;
  }
  const std::uint8_t format = take_byte();
  if (format < kFixMap) return Integer{format, false};
  if (format >= kNegativeFixint) return Integer{format | ~std::uint64_t{0xff}, true};
  if (format < kInt8) {
    const std::uint64_t value = take_number(1u << (format - kUint8));
    return ok() ? std::optional(Integer{value, false}) : std::nullopt;
  }
  const unsigned width = 1u << (format - kInt8);
  const std::uint64_t value = take_number(width);
  if (!ok()) return std::nullopt;
  const bool negative = (value >> (8 * width - 1)) != 0;
  if (!negative || width == 8) return Integer{value, negative};
  return Integer{value | ~std::uint64_t{0} << (8 * width), true};
}

std::uint64_t Reader::unsigned_integer(std::uint64_t max) {
  const std::size_t start = position_;
  const std::optional<Integer> value = integer();
  if (!value) return 0;
  if (!value->negative && value->bits <= max) return value->bits;
  fail(Errc::kMalformed, "integer at byte " + std::to_string(start) +
                             (value->negative ? " is negative" : " is too large"));
  return 0;
}

std::int64_t Reader::signed_integer(std::int64_t min, std::int64_t max) {
  const std::size_t start = position_;
  const std::optional<Integer> value = integer();
  if (!value) return 0;
  const auto number = static_cast<std::int64_t>(value->bits);
  if (value->negative == (number < 0) && number >= min && number <= max) return number;
  fail(Errc::kMalformed, "integer at byte " + std::to_string(start) +
                             (value->negative ? " is too small" : " is too large"));
  return 0;
}

ByteView Reader::raw() {
  const std::uint8_t format = take_byte();
  if (format < kNil) return take(format & 0x1fu);
  return take(format < kExt8 ? take_length(format, kBin8, 1) : take_length(format, kStr8, 1));
}

std::string_view Reader::text() {
  const Kind kind = peek();
  if (kind == Kind::kString || kind == Kind::kBinary) return as_text(raw());
  expected("a string");
  return {};
}

std::string_view Reader::string() {
  if (take_nil()) return {};
  const std::size_t start = position_;
  const std::string_view bytes = text();
  if (!ok() || is_utf8(as_bytes(bytes))) return bytes;
  fail(Errc::kMalformed, "string at byte " + std::to_string(start) + " is not valid UTF-8");
  return {};
}

void Reader::bytes(Bytes& out) {
  out.clear();
  switch (peek()) {
    case Kind::kNil:
      ++position_;
      return;
    case Kind::kString:
    case Kind::kBinary: {
      const ByteView contents = raw();
      out.assign(contents.data(),
                 contents.data() + contents.size());  // the block copy of every library
      return;
    }
    case Kind::kArray: {
      const std::size_t count = open_array();  // uncounted: elements become single bytes
      out.reserve(count);
      for (std::size_t i = 0; i < count && ok(); ++i)
        out.push_back(static_cast<std::byte>(unsigned_integer(0xff)));
      leave();
      return;
    }
    default:
      expected("a byte string");
  }
}

void Reader::string_map(StringMap& out) {
  out.clear();
  if (take_nil()) return;
  const std::size_t count = map();
  out.reserve(count);
  for (std::size_t i = 0; i < count && ok(); ++i) {
    const std::string_view key = take_nil() ? std::string_view() : text();
    out.emplace_back(key, take_nil() ? std::string_view() : text());
  }
  leave();
  if (out.size() > kFewKeys || has_repeated_key(out)) keep_last_values(out);
}

// One level down, to `count` elements that take `bytes_each` bytes at least.
std::size_t Reader::enter(std::uint64_t count, std::size_t bytes_each) {
  ++depth_;
  if (!ok()) return 0;
  if (depth_ > kMaxDepth) {
    fail(Errc::kTooLarge, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
    return 0;
  }
  if (count > left() / bytes_each) {
    fail(Errc::kMalformed, std::to_string(count) + " elements announced before byte " +
                               std::to_string(position_) + ", and " + std::to_string(left()) +
                               " bytes are left");
    return 0;
  }
  return static_cast<std::size_t>(count);
}

std::size_t Reader::open_array() {
  if (peek() != Kind::kArray) {
    expected("an array");
    return enter(0, 1);
  }
  const std::uint8_t format = take_byte();
  return enter(format < kFixStr ? format & 0x0fu : take_length(format, kArray16, 2), 1);
}

std::size_t Reader::open_map() {
  if (peek() != Kind::kMap) {
    expected("a map");
    return enter(0, 2);
  }
  const std::uint8_t format = take_byte();
  return enter(format < kFixArray ? format & 0x0fu : take_length(format, kMap16, 2), 2);
}

std::size_t Reader::counted(std::size_t elements) {
  elements_ += elements;
  if (elements_ <= kMaxElements) return elements;
  fail(Errc::kTooLarge, "more than " + std::to_string(kMaxElements) + " elements");
  return 0;
}

std::size_t Reader::array() { return counted(open_array()); }

std::size_t Reader::map() { return counted(open_map()); }

void Reader::skip() {
  switch (peek()) {
    case Kind::kNil:
    case Kind::kBoolean:
      ++position_;
      return;
    case Kind::kInteger:
      static_cast<void>(integer());
      return;
    case Kind::kFloat:
      take(take_byte() == kFloat32 ? 4 : 8);
      return;
    case Kind::kString:
    case Kind::kBinary:
      raw();
      return;
    case Kind::kExtension: {
      const std::uint8_t format = take_byte();
      const std::size_t length =
          format <= kExt32 ? take_length(format, kExt8, 1) : std::size_t{1} << (format - kFixExt1);
      take(1);  // its type
      take(length);
      return;
    }
    case Kind::kArray:
    case Kind::kMap: {
      const bool pairs = peek() == Kind::kMap;
      const std::size_t count = pairs ? 2 * open_map() : open_array();
      for (std::size_t i = 0; i < count && ok(); ++i) skip();
      leave();
      return;
    }
    case Kind::kEnd:
    case Kind::kReserved:
      expected("a value");
  }
}

std::size_t FieldReader::enumerator(std::span<const std::string_view> names) {
  const bool wrapped = in_.peek() == Reader::Kind::kMap;
  if (wrapped && in_.map() != 1) in_.fail(Errc::kMalformed, "an enumeration is a map of one entry");
  std::size_t index = 0;
  if (in_.peek() == Reader::Kind::kInteger) {
    index = static_cast<std::size_t>(in_.unsigned_integer(names.size() - 1));
  } else {
    const auto name = std::find(names.begin(), names.end(), in_.string());
    index = static_cast<std::size_t>(name - names.begin());
  }
  if (wrapped) {
    in_.skip();  // nil: none of ours carries data
    in_.leave();
  }
  if (index < names.size()) return index;
  in_.fail(Errc::kMalformed, "unknown name of an enumerator");
  return 0;
}

void MissingField::missing(std::string_view name) {
  in_.fail(Errc::kMalformed, "missing field " + std::string(name));
}

Error failed_to_decode(const Reader& in) { return in.error().context("Failed to de-serialize"); }

}  // namespace wascc::msgpack
