// The door to the JSON library: a bounded parse, views whose getters never fail loudly, and a
// writer.
//
// Document owns; View borrows from it. A const Document may be read by any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::json {

struct Node;  // json.cc

// One value inside a document, or nothing: the view of a missing member. Every getter of the wrong
// kind answers nullopt or an empty view. As cheap to copy as a pointer.
class View {
 public:
  View() = default;

  explicit operator bool() const { return node_ != nullptr; }  // there is a value, null included
  bool is_null() const;
  bool is_object() const;
  bool is_array() const;
  bool is_string() const;

  std::optional<std::string_view> string() const;
  std::optional<bool> boolean() const;
  std::optional<std::int64_t> int64() const;  // integers that fit; never 1.0 or 1e3
  std::optional<std::uint64_t> uint64() const;

  // The member of an object; an empty view if there is none or this is no object. The last one if
  // repeated.
  View operator[](std::string_view key) const;
  // Members and elements in document order; of a repeated member the last value only.
  void each_member(const std::function<void(std::string_view key, View value)>& visit) const;
  void each_element(const std::function<void(View value)>& visit) const;
  std::size_t size() const;  // members or elements; 0 for anything else

  // A string as it is, a number as it was written, a boolean as JSON text; nullopt for null,
  // objects, arrays and nothing.
  std::optional<std::string> scalar_text() const;
  // Compact JSON of this value.
  std::string dump() const;

 private:
  friend class Document;
  explicit View(const Node* node) : node_(node) {}
  const Node* node_ = nullptr;
};

struct ParseLimits {
  std::size_t bytes = 8 << 20;
  std::size_t depth = 64;
  std::size_t values = 1 << 20;  // keys count, too; 16 bytes of memory each
};

class Document {
 public:
  // kMalformed with the byte offset and the reason; kTooLarge over a limit. The text is not kept.
  static Result<Document> parse(std::string_view text, const ParseLimits& limits = {});
  // The same, but what has no escapes is not copied: the text outlives the document.
  static Result<Document> parse_in_place(std::string_view text, const ParseLimits& limits = {});
  ~Document();
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;

  View root() const;

 private:
  struct Impl;
  explicit Document(std::unique_ptr<Impl> impl);
  static Result<Document> parse(std::string_view text, bool in_place, const ParseLimits& limits);
  std::unique_ptr<Impl> impl_;
};

// Appends compact JSON to a string. The caller keeps the order right: key, value, key, value.
// Commas are added. Strings escape U+0000 to U+001F, '"' and '\', nothing else; invalid UTF-8
// becomes U+FFFD.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  Writer& begin_object();
  Writer& end_object();
  Writer& begin_array();
  Writer& end_array();
  Writer& key(std::string_view name);
  Writer& string(std::string_view text);
  Writer& number(std::int64_t value);
  Writer& number(std::uint64_t value);
  Writer& boolean(bool value);
  Writer& null();
  Writer& base64(ByteView bytes);      // a string: the bytes in base64
  Writer& raw(std::string_view json);  // a value that is JSON text already

 private:
  void separate();
  std::string& out_;
  bool comma_ = false;
};

}  // namespace wascc::json
