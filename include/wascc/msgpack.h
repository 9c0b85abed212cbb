// MessagePack as waSCC actors speak it (docs/formats/messages.md): encode and decode for any
// message that lists its fields, and below them a Writer and a Reader for everything else.
//
//   struct Ping {
//     std::int32_t value = 0;
//
//     template <class Self, class Visitor>
//     static void fields(Self& self, Visitor& visit) {
//       visit.field("value", self.value);
//     }
//   };
//   const Bytes bytes = encode(Ping{11});
//   const Result<Ping> ping = decode<Ping>(bytes);
//
// A field list names the fields in wire order, each by one of
//   field      always written; decoding a message without it fails
//   defaulted  always written; keeps its default where it is missing
//   aliased    a field with a second name that some guests use; only the first is written
//   optional   a std::optional, absent as nil
//   extension  a std::optional of later generations, left out where it is absent; last in its list
// Fields are bool, integers of 32 or 64 bits, std::string, Bytes, StringMap, other messages,
// vectors of strings or messages, and enumerations without data, for which a function names_of(E)
// found beside E lists the names of the enumerators 0, 1, 2…
//
// Plain functions and values, also compiled into actors: no exceptions, no globals. A Writer or
// Reader belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc {

// A string map that keeps its order: what we send is reproducible. Decoded maps hold each key once.
using StringMap = std::vector<std::pair<std::string, std::string>>;

namespace msgpack {

// Bounds on what a Reader takes.
inline constexpr std::size_t kMaxBytes = std::size_t{64} << 20;  // of one encoded message
inline constexpr std::size_t kMaxDepth = 64;                     // levels of arrays and maps
inline constexpr std::size_t kMaxElements = std::size_t{1}
                                            << 20;  // of all arrays and maps together

// Appends values to a buffer of the caller's.
class Writer {
 public:
  explicit Writer(Bytes& out) : out_(out) {}

  void nil();
  void boolean(bool value);
  // Shortest unsigned format.
  void unsigned_integer(std::uint64_t value);
  // 0 to 127 in one byte, all else in the shortest of int 8 to int 64: AssemblyScript guests reject
  // unsigned formats for signed fields and misread negative fixints.
  void signed_integer(std::int64_t value);
  void string(std::string_view text);
  void binary(ByteView bytes);
  // To be followed by `count` values.
  void array(std::size_t count);
  // To be followed by `count` keys, each with its value.
  void map(std::size_t count);

 private:
  // The format byte `format` and below it `width` bytes of `value`, most significant first.
  void number(std::uint8_t format, std::uint64_t value, unsigned width);
  // One of three formats that follow each other, by the width that `length` needs.
  void length(std::uint8_t first_format, std::size_t length, unsigned first_width);
  void byte(std::uint8_t value) { out_.push_back(std::byte{value}); }
  void append(ByteView bytes) {
    out_.insert(out_.end(), bytes.data(), bytes.data() + bytes.size());
  }

  Bytes& out_;
};

// Reads values one after the other with the tolerance that real guests need. It keeps its first
// error: from then on every getter answers an empty value, so that a caller looks once, at the end.
// Borrows the bytes; the views it hands out point into them.
class Reader {
 public:
  enum class Kind : std::uint8_t {
    kEnd,
    kNil,
    kBoolean,
    kInteger,
    kFloat,
    kString,
    kBinary,
    kArray,
    kMap,
    kExtension,
    kReserved,
  };

  explicit Reader(ByteView bytes);

  bool ok() const { return !error_; }
  // The first error; only if not ok().
  const Error& error() const { return *error_; }
  // Records an error, unless there is one already.
  void fail(Errc code, std::string message);
  // Tells in which field the error happened.
  void in_field(std::string_view name);

  // What comes next; kEnd after the last byte and after an error.
  Kind peek() const;
  // Takes a nil, if one comes next.
  bool take_nil();
  bool boolean();
  // An integer of any width and sign within these bounds.
  std::uint64_t unsigned_integer(std::uint64_t max);
  std::int64_t signed_integer(std::int64_t min, std::int64_t max);
  // str, or bin, of valid UTF-8; nil is "".
  std::string_view string();
  // bin, str, an array of integers 0 to 255, or nil.
  void bytes(Bytes& out);
  // Of strings to strings, or nil; of a repeated key the last value, at the first one's place.
  // Both may be any bytes: headers of HTTP are older than UTF-8.
  void string_map(StringMap& out);
  // Enter an array or map and answer its count, at most what the rest of the bytes can hold. Read
  // that many elements (a map's are key and value), then leave().
  std::size_t array();
  std::size_t map();
  void leave() { --depth_; }
  // Passes over one value of any kind, nested ones included.
  void skip();

 private:
  struct Integer;

  std::size_t left() const { return bytes_.size() - position_; }
  std::uint8_t take_byte();
  std::uint64_t take_number(unsigned width);
  ByteView take(std::size_t length);
  std::size_t enter(std::uint64_t count, std::size_t bytes_each);
  std::size_t open_array();
  std::size_t open_map();
  std::size_t counted(std::size_t elements);
  std::size_t take_length(std::uint8_t format, std::uint8_t first_format, unsigned first_width);
  std::optional<Integer> integer();
  ByteView raw();  // the contents of a str or bin
  std::string_view text();
  void expected(std::string_view what);

  ByteView bytes_;
  std::size_t position_ = 0;
  std::size_t depth_ = 0;
  std::size_t elements_ = 0;
  std::optional<Error> error_;
};

struct NoVisitor {};

template <class T>
concept Message = requires(T& message, NoVisitor& visit) {
  T::fields(message, visit);
};

template <class T>
concept Enumeration = std::is_enum_v<T> && requires(T value) {
  names_of(value);
};

template <class T>
concept Integer =
    std::is_integral_v<T> && !std::is_same_v<T, bool> && (sizeof(T) == 4 || sizeof(T) == 8);

// kMap is what the supported generation of actors speaks; kPositional is understood by all Rust
// actors from codec 0.5 on: structs as arrays, bytes as arrays of integers.
enum class Form : std::uint8_t { kMap, kPositional };

// How many fields a message writes, and an upper bound of their bytes: one allocation is enough.
class Measure {
 public:
  explicit Measure(Form form) : form_(form) {}

  std::size_t fields() const { return fields_; }
  std::size_t bytes() const { return kHeader + bytes_; }

  template <class T>
  void field(std::string_view name, const T& value) {
    ++fields_;
    bytes_ += kHeader + name.size() + bound(value);
  }
  template <class T>
  void defaulted(std::string_view name, const T& value) {
    field(name, value);
  }
  template <class T>
  void aliased(std::string_view name, std::string_view /*alias*/, const T& value) {
    field(name, value);
  }
  template <class T>
  void optional(std::string_view name, const std::optional<T>& value) {
    if (value) return field(name, *value);
    field(name, false);  // a nil is as long
  }
  template <class T>
  void extension(std::string_view name, const std::optional<T>& value) {
    if (value) field(name, *value);
  }

 private:
  static constexpr std::size_t kHeader = 9;  // no number and no length takes more

  template <class T>
  std::size_t bound(const T& value) const {
    if constexpr (std::is_same_v<T, std::string>) {
      return kHeader + value.size();
    } else if constexpr (std::is_same_v<T, Bytes>) {
      return kHeader + value.size() * (form_ == Form::kMap ? 1 : 2);
    } else if constexpr (std::is_same_v<T, StringMap>) {
      std::size_t sum = kHeader;
      for (const auto& [key, text] : value) sum += 2 * kHeader + key.size() + text.size();
      return sum;
    } else if constexpr (Message<T>) {
      Measure nested(form_);
      T::fields(value, nested);
      return nested.bytes();
    } else if constexpr (Integer<T> || std::is_same_v<T, bool> || Enumeration<T>) {
      return kHeader;
    } else {
      std::size_t sum = kHeader;
      for (const auto& element : value) sum += bound(element);
      return sum;
    }
  }

  Form form_;
  std::size_t fields_ = 0;
  std::size_t bytes_ = 0;
};

template <Form kForm>
class Encoder {
 public:
  explicit Encoder(Writer& out) : out_(out) {}

  template <class T>
  void field(std::string_view name, const T& value) {
    key(name);
    write(value);
  }
  template <class T>
  void defaulted(std::string_view name, const T& value) {
    field(name, value);
  }
  template <class T>
  void aliased(std::string_view name, std::string_view /*alias*/, const T& value) {
    field(name, value);
  }
  template <class T>
  void optional(std::string_view name, const std::optional<T>& value) {
    if (value) return field(name, *value);
    key(name);
    out_.nil();
  }
  template <class T>
  void extension(std::string_view name, const std::optional<T>& value) {
    if (value) field(name, *value);
  }

  template <Message M>
  void message(const M& value, std::size_t fields) {
    kForm == Form::kMap ? out_.map(fields) : out_.array(fields);
    M::fields(value, *this);
  }

 private:
  void key(std::string_view name) {
    if constexpr (kForm == Form::kMap) out_.string(name);
  }

  template <class T>
  void write(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      out_.boolean(value);
    } else if constexpr (Integer<T> && std::is_signed_v<T>) {
      out_.signed_integer(value);
    } else if constexpr (Integer<T>) {
      out_.unsigned_integer(value);
    } else if constexpr (std::is_same_v<T, std::string>) {
      out_.string(value);
    } else if constexpr (std::is_same_v<T, Bytes>) {
      write_bytes(value);
    } else if constexpr (std::is_same_v<T, StringMap>) {
      out_.map(value.size());
      for (const auto& [name, text] : value) {
        out_.string(name);
        out_.string(text);
      }
    } else if constexpr (Enumeration<T>) {
      out_.map(1);
      out_.unsigned_integer(static_cast<std::uint64_t>(value));
      out_.nil();
    } else if constexpr (Message<T>) {
      Measure measure(kForm);
      T::fields(value, measure);
      message(value, measure.fields());
    } else {
      out_.array(value.size());
      for (const auto& element : value) write(element);
    }
  }

  void write_bytes(ByteView bytes) {
    if constexpr (kForm == Form::kMap) {
      out_.binary(bytes);
    } else {
      out_.array(bytes.size());
      for (const std::byte byte : bytes)
        out_.unsigned_integer(std::to_integer<std::uint64_t>(byte));
    }
  }

  Writer& out_;
};

template <Message M>
void read(Reader& in, M& out);

// Reads into the one field that is named, or whose index it is, and leaves the others alone.
class FieldReader {
 public:
  FieldReader(Reader& in, std::string_view name) : in_(in), name_(name) {}
  FieldReader(Reader& in, std::uint64_t index) : in_(in), index_(index) {}

  // Which field was read, as a set of one; empty if the message has no such field.
  std::uint64_t found() const { return found_; }

  template <class T>
  void field(std::string_view name, T& value) {
    if (is_next(name)) read_value(name, value);
  }
  template <class T>
  void defaulted(std::string_view name, T& value) {
    field(name, value);
  }
  template <class T>
  void aliased(std::string_view name, std::string_view alias, T& value) {
    if (is_next(name, alias)) read_value(name, value);
  }
  template <class T>
  void optional(std::string_view name, std::optional<T>& value) {
    if (!is_next(name)) return;
    value.reset();
    if (!in_.take_nil()) read_value(name, value.emplace());
  }
  template <class T>
  void extension(std::string_view name, std::optional<T>& value) {
    optional(name, value);
  }

 private:
  bool is_next(std::string_view name, std::string_view alias = {}) {
    const std::uint64_t index = next_++;
    const bool match =
        index_ ? index == *index_ : name_ == name || (!alias.empty() && name_ == alias);
    if (match) found_ = std::uint64_t{1} << index;
    return match;
  }

  template <class T>
  void read_value(std::string_view name, T& value) {
    read_any(value);
    if (!in_.ok()) in_.in_field(name);
  }

  template <class T>
  void read_any(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      value = in_.boolean();
    } else if constexpr (Integer<T> && std::is_signed_v<T>) {
      using Limits = std::numeric_limits<T>;
      value = static_cast<T>(in_.signed_integer(Limits::min(), Limits::max()));
    } else if constexpr (Integer<T>) {
      value = static_cast<T>(in_.unsigned_integer(std::numeric_limits<T>::max()));
    } else if constexpr (std::is_same_v<T, std::string>) {
      value = in_.string();
    } else if constexpr (std::is_same_v<T, Bytes>) {
      in_.bytes(value);
    } else if constexpr (std::is_same_v<T, StringMap>) {
      in_.string_map(value);
    } else if constexpr (Enumeration<T>) {
      value = static_cast<T>(enumerator(names_of(T{})));
    } else if constexpr (Message<T>) {
      value = T{};
      read(in_, value);
    } else {
      value.clear();
      if (in_.take_nil()) return;
      const std::size_t count = in_.array();
      value.reserve(count);
      for (std::size_t i = 0; i < count && in_.ok(); ++i) read_any(value.emplace_back());
      in_.leave();
    }
  }

  // {index: nil}, {name: nil}, a name alone or an index alone.
  std::size_t enumerator(std::span<const std::string_view> names);

  Reader& in_;
  std::string_view name_;
  std::optional<std::uint64_t> index_;
  std::uint64_t next_ = 0;
  std::uint64_t found_ = 0;
};

// Fails for the first field that must be there and was not read.
class MissingField {
 public:
  MissingField(Reader& in, std::uint64_t found) : in_(in), found_(found) {}

  template <class T>
  void field(std::string_view name, const T& /*value*/) {
    if ((found_ >> next_++ & 1) == 0) missing(name);
  }
  template <class T>
  void aliased(std::string_view name, std::string_view /*alias*/, const T& value) {
    field(name, value);
  }
  template <class T>
  void defaulted(std::string_view /*name*/, const T& /*value*/) {
    ++next_;
  }
  template <class T>
  void optional(std::string_view /*name*/, const T& /*value*/) {
    ++next_;
  }
  template <class T>
  void extension(std::string_view /*name*/, const T& /*value*/) {
    ++next_;
  }

 private:
  void missing(std::string_view name);

  Reader& in_;
  std::uint64_t found_;
  unsigned next_ = 0;
};

// A message written as a map, its keys names or indices, or as an array of its fields.
template <Message M>
void read(Reader& in, M& out) {
  std::uint64_t found = 0;
  const bool keyed = in.peek() != Reader::Kind::kArray;
  const std::size_t count = keyed ? in.map() : in.array();
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    FieldReader field = !keyed ? FieldReader(in, i)
                        : in.peek() == Reader::Kind::kInteger
                            ? FieldReader(in, in.unsigned_integer(~std::uint64_t{0}))
                            : FieldReader(in, in.string());
    M::fields(out, field);
    if (field.found() == 0) in.skip();
    found |= field.found();
  }
  in.leave();
  if (!keyed) return;  // what an array lacks at its end keeps its default
  MissingField missing(in, found);
  M::fields(out, missing);
}

template <Form kForm, Message M>
Bytes encode_as(const M& message) {
  Measure measure(kForm);
  M::fields(message, measure);
  Bytes out;
  out.reserve(measure.bytes());
  Writer writer(out);
  Encoder<kForm>(writer).message(message, measure.fields());
  return out;
}

Error failed_to_decode(const Reader& in);

}  // namespace msgpack

// The message as a map: what the supported generation of actors and all providers speak.
template <msgpack::Message M>
Bytes encode(const M& message) {
  return msgpack::encode_as<msgpack::Form::kMap>(message);
}

// The message as an array of its fields: for actors of codec 0.5.
template <msgpack::Message M>
Bytes encode_positional(const M& message) {
  return msgpack::encode_as<msgpack::Form::kPositional>(message);
}

// The message in any of the forms that guests send; bytes after its end are ignored. kMalformed, or
// kTooLarge over a bound: "Failed to de-serialize: <field>: <reason>".
template <msgpack::Message M>
Result<M> decode(ByteView bytes) {
  msgpack::Reader in(bytes);
  M message{};
  msgpack::read(in, message);
  if (!in.ok()) return msgpack::failed_to_decode(in);
  return message;
}

}  // namespace wascc
