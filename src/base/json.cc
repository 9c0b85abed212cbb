// The one file that sees the JSON library. Its parser reports events; what they build here is one
// array of nodes in document order and one block of characters, so a document costs two allocations
// whatever its size, and numbers keep the text they were written with. Parsed in place, only what
// had escapes is in the block.
#include "base/json.h"

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>
#include <charconv>
#include <cstring>
#include <functional>
#include <vector>

namespace wascc::json {

enum class Kind : std::uint8_t {
  kNull,
  kFalse,
  kTrue,
  kNumber,
  kString,
  kArray,
  kObject,
  kKey,       // the member's value follows
  kRepeated,  // a key that comes again later in its object; nobody gets to see this member
};

// A container's contents follow it. `span` counts the nodes of a value, itself included, so that
// `node + node->span` is what comes after it.
struct Node {
  const char* text;         // of a key, string or number
  std::uint32_t size : 28;  // of the text; of a container, how many elements or members
  std::uint32_t kind_bits : 4;
  std::uint32_t span;

  Kind kind() const { return static_cast<Kind>(kind_bits); }
  std::string_view view() const { return {text, size}; }
};
static_assert(sizeof(Node) == 16);

namespace {

// A key or value of an event takes 9 bytes of text and more; more are reserved for as they come.
constexpr std::size_t kBytesPerValue = 8;
constexpr std::size_t kMaxReserved = 1024;
constexpr std::size_t kFewValues = 16;
constexpr std::uint32_t kMaxTextBytes = (1U << 28) - 1;  // what Node::size can say
constexpr std::size_t kQuadraticMembers = 64;  // up to here comparing all pairs beats sorting

// What basic_parser calls.
class Builder {
 public:
  static constexpr std::size_t max_array_size = kMaxTextBytes;
  static constexpr std::size_t max_object_size = kMaxTextBytes;
  static constexpr std::size_t max_string_size = kMaxTextBytes;
  static constexpr std::size_t max_key_size = kMaxTextBytes;
  using Code = boost::json::error_code;
  using Text = boost::json::string_view;

  Builder(std::string_view source, bool in_place, std::size_t max_values)
      : source_(source), in_place_(in_place), max_values_(max_values) {
    make_room(std::min({source.size() / kBytesPerValue, kMaxReserved, max_values}));
  }

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_array_begin(Code& error) { return open(Kind::kArray, error); }
  bool on_array_end(std::size_t count, Code&) {
    close(count);
    return true;
  }
  bool on_object_begin(Code& error) { return open(Kind::kObject, error); }
  bool on_object_end(std::size_t count, Code&) {
    close(count - hide_repeated(open_.back(), count));
    return true;
  }
  bool on_key_part(Text part, std::size_t, Code&) { return keep(part); }
  bool on_key(Text last, std::size_t size, Code& error) {
    return add_text(Kind::kKey, last, size, error);
  }
  bool on_string_part(Text part, std::size_t, Code&) { return keep(part); }
  bool on_string(Text last, std::size_t size, Code& error) {
    return add_text(Kind::kString, last, size, error);
  }
  bool on_number_part(Text part, Code&) {
    number_size_ += part.size();
    return keep(part);
  }
  bool on_int64(std::int64_t, Text last, Code& error) { return number(last, error); }
  bool on_uint64(std::uint64_t, Text last, Code& error) { return number(last, error); }
  bool on_double(double, Text last, Code& error) { return number(last, error); }
  bool on_bool(bool value, Code& error) {
    return add(value ? Kind::kTrue : Kind::kFalse, {}, error);
  }
  bool on_null(Code& error) { return add(Kind::kNull, {}, error); }
  bool on_comment_part(Text, Code&) { return true; }
  bool on_comment(Text, Code&) { return true; }

  bool too_many_values() const { return placed() >= max_values_; }
  std::vector<Node> take_nodes() {
    nodes_.resize(placed());
    return std::move(nodes_);
  }
  std::unique_ptr<char[]> take_text() { return std::move(text_); }

 private:
  // All texts together are never longer than the document that holds them.
  [[gnu::noinline]] bool keep(Text part) {
    if (part.empty()) return true;
    if (text_ == nullptr) {
      text_.reset(new char[source_.size()]);
      end_ = text_.get();
    }
    std::memcpy(end_, part.data(), part.size());
    end_ += part.size();
    return true;
  }

  bool number(Text last, Code& error) {
    return add_text(Kind::kNumber, last, std::exchange(number_size_, 0) + last.size(), error);
  }

  // A node of `size` characters: those kept last and these.
  [[gnu::always_inline]] bool add_text(Kind kind, Text last, std::size_t size, Code& error) {
    if (in_place_ && last.size() == size && is_of_source(last)) return add(kind, last, error);
    keep(last);
    return add(kind, {end_ - size, size}, error);
  }

  // The parser hands out its own memory where it has undone escapes.
  bool is_of_source(Text part) const {
    const std::less_equal<const char*> not_after;
    return not_after(source_.data(), part.data()) &&
           not_after(part.data() + part.size(), source_.data() + source_.size());
  }

  [[gnu::always_inline]] bool add(Kind kind, Text text, Code& error) {
    if (next_ == limit_ && !grow(error)) return false;
    *next_++ = {text.data(), static_cast<std::uint32_t>(text.size()) & kMaxTextBytes,
                static_cast<std::uint32_t>(kind) & 15, 1};
    return true;
  }

  std::size_t placed() const { return static_cast<std::size_t>(next_ - nodes_.data()); }

  void make_room(std::size_t places) {
    const std::size_t used = placed();
    nodes_.resize(places);
    next_ = nodes_.data() + used;
    limit_ = nodes_.data() + places;
  }

  [[gnu::noinline]] bool grow(Code& error) {
    if (too_many_values()) {
      error = boost::json::error::array_too_large;
      return false;
    }
    make_room(std::min(max_values_, std::max(2 * placed(), kFewValues)));
    return true;
  }

  bool open(Kind kind, Code& error) {
    open_.push_back(placed());
    return add(kind, {}, error);
  }

  void close(std::size_t count) {
    Node& node = nodes_[open_.back()];
    node.size = static_cast<std::uint32_t>(count) & kMaxTextBytes;
    node.span = static_cast<std::uint32_t>(placed() - open_.back());
    open_.pop_back();
  }

  // Marks every member whose key comes again later; answers how many.
  std::size_t hide_repeated(std::size_t object, std::size_t count) {
    if (count <= kQuadraticMembers && all_differ(object)) return 0;
    keys_.clear();
    for (std::size_t i = object + 1; i < placed(); i += 1 + nodes_[i + 1].span)
      keys_.push_back(&nodes_[i]);
    std::size_t hidden = 0;
    const auto hide = [&hidden](Node* key) {
      if (key->kind() == Kind::kKey) ++hidden;
      key->kind_bits = static_cast<std::uint32_t>(Kind::kRepeated) & 15;
    };
    if (keys_.size() <= kQuadraticMembers) {
      for (std::size_t i = 0; i < keys_.size(); ++i)
        for (std::size_t later = i + 1; later < keys_.size(); ++later)
          if (keys_[i]->view() == keys_[later]->view()) hide(keys_[i]);
      return hidden;
    }
    // By key, then by place; the nodes lie in document order.
    std::sort(keys_.begin(), keys_.end(), [](const Node* a, const Node* b) {
      const int order = a->view().compare(b->view());
      return order != 0 ? order < 0 : a < b;
    });
    for (std::size_t i = 0; i + 1 < keys_.size(); ++i)
      if (keys_[i]->view() == keys_[i + 1]->view()) hide(keys_[i]);
    return hidden;
  }

  // Whether a glance tells the keys apart, which it does of almost every object: at the length, and
  // the first and last byte. False says nothing.
  bool all_differ(std::size_t object) const {
    std::array<std::uint32_t, kQuadraticMembers> glances;
    std::size_t count = 0;
    std::uint64_t taken = 0;  // a bit for each glance; while it is free, no glance before was alike
    for (const Node* key = &nodes_[object] + 1; key < next_; key += 1 + key[1].span) {
      if (key->size == 0) return false;
      const std::uint32_t first = static_cast<unsigned char>(key->text[0]);
      const std::uint32_t last = static_cast<unsigned char>(key->text[key->size - 1]);
      const std::uint32_t size = key->size;
      const std::uint32_t glance = size << 16 | first << 8 | last;
      constexpr std::uint32_t kSpread = 0x9E3779B1;  // 2^32 by the golden ratio, and odd
      const std::uint64_t bit = std::uint64_t{1} << (glance * kSpread >> 26);
      if ((taken & bit) != 0)
        for (std::size_t i = 0; i < count; ++i)
          if (glances[i] == glance) return false;
      taken |= bit;
      glances[count++] = glance;
    }
    return true;
  }

  std::string_view source_;
  bool in_place_;
  std::unique_ptr<char[]> text_;  // once something is kept
  char* end_ = nullptr;
  std::size_t max_values_;
  std::size_t number_size_ = 0;
  std::vector<Node> nodes_;  // up to next_; behind it is room up to limit_
  Node* next_ = nullptr;
  Node* limit_ = nullptr;
  std::vector<std::size_t> open_;  // containers not yet closed
  std::vector<Node*> keys_;        // of the object being closed
};

// Calls visit(key node, value node) until it answers false; only members to be seen.
template <class Visit>
void walk_members(const Node* object, Visit visit) {
  const Node* const end = object + object->span;
  for (const Node* key = object + 1; key != end; key += 1 + key[1].span)
    if (key->kind() == Kind::kKey && !visit(key, key + 1)) return;
}

template <class Visit>
void walk_elements(const Node* array, Visit visit) {
  const Node* const end = array + array->span;
  for (const Node* element = array + 1; element != end; element += element->span) visit(element);
}

template <class Integer>
std::optional<Integer> integer(const Node* node) {
  if (node == nullptr || node->kind() != Kind::kNumber) return std::nullopt;
  const std::string_view text = node->view();
  Integer value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// As deep as the parser let the document be.
void dump_value(const Node* node, Writer& writer) {
  switch (node->kind()) {
    case Kind::kFalse:
    case Kind::kTrue:
      writer.boolean(node->kind() == Kind::kTrue);
      return;
    case Kind::kNumber:
      writer.raw(node->view());
      return;
    case Kind::kString:
      writer.string(node->view());
      return;
    case Kind::kArray:
      writer.begin_array();
      walk_elements(node, [&writer](const Node* element) { dump_value(element, writer); });
      writer.end_array();
      return;
    case Kind::kObject:
      writer.begin_object();
      walk_members(node, [&writer](const Node* key, const Node* value) {
        writer.key(key->view());
        dump_value(value, writer);
        return true;
      });
      writer.end_object();
      return;
    case Kind::kNull:
    case Kind::kKey:
    case Kind::kRepeated:
      writer.null();
      return;
  }
}

}  // namespace

bool View::is_null() const { return node_ != nullptr && node_->kind() == Kind::kNull; }
bool View::is_object() const { return node_ != nullptr && node_->kind() == Kind::kObject; }
bool View::is_array() const { return node_ != nullptr && node_->kind() == Kind::kArray; }
bool View::is_string() const { return node_ != nullptr && node_->kind() == Kind::kString; }

std::optional<std::string_view> View::string() const {
  if (!is_string()) return std::nullopt;
  return node_->view();
}

std::optional<bool> View::boolean() const {
  if (node_ == nullptr) return std::nullopt;
  if (node_->kind() == Kind::kTrue) return true;
  if (node_->kind() == Kind::kFalse) return false;
  return std::nullopt;
}

std::optional<std::int64_t> View::int64() const { return integer<std::int64_t>(node_); }
std::optional<std::uint64_t> View::uint64() const { return integer<std::uint64_t>(node_); }

// The length and the first byte tell almost all members apart from the one that is looked for.
View View::operator[](std::string_view key) const {
  if (!is_object()) return View();
  const Node* const end = node_ + node_->span;
  for (const Node* name = node_ + 1; name != end; name += 1 + name[1].span) {
    if (name->size != key.size() || name->kind() != Kind::kKey) continue;
    if (key.empty() || (name->text[0] == key[0] && name->view() == key)) return View(name + 1);
  }
  return View();
}

void View::each_member(const std::function<void(std::string_view key, View value)>& visit) const {
  if (!is_object()) return;
  walk_members(node_, [&visit](const Node* key, const Node* value) {
    visit(key->view(), View(value));
    return true;
  });
}

void View::each_element(const std::function<void(View value)>& visit) const {
  if (!is_array()) return;
  walk_elements(node_, [&visit](const Node* element) { visit(View(element)); });
}

std::size_t View::size() const { return is_object() || is_array() ? node_->size : 0; }

std::optional<std::string> View::scalar_text() const {
  if (const auto truth = boolean()) return *truth ? "true" : "false";
  if (node_ != nullptr && (is_string() || node_->kind() == Kind::kNumber))
    return std::string(node_->view());
  return std::nullopt;
}

std::string View::dump() const {
  std::string out;
  if (node_ == nullptr) return out;
  Writer writer(out);
  dump_value(node_, writer);
  return out;
}

struct Document::Impl {
  std::unique_ptr<char[]> text;
  std::vector<Node> nodes;
};

Document::Document(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Document::~Document() = default;
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;

View Document::root() const { return View(impl_->nodes.data()); }

Result<Document> Document::parse(std::string_view text, const ParseLimits& limits) {
  return parse(text, false, limits);
}

Result<Document> Document::parse_in_place(std::string_view text, const ParseLimits& limits) {
  return parse(text, true, limits);
}

Result<Document> Document::parse(std::string_view text, bool in_place, const ParseLimits& limits) {
  const std::size_t limit = std::min<std::size_t>(limits.bytes, kMaxTextBytes);
  if (text.size() > limit)
    return Error(Errc::kTooLarge, "JSON: " + std::to_string(text.size()) +
                                      " bytes exceed the limit of " + std::to_string(limit));
  boost::json::parse_options options;
  options.max_depth = limits.depth;
  boost::json::basic_parser<Builder> parser(options, text, in_place, limits.values);
  boost::json::error_code failed;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), failed);
  if (!failed && read < text.size()) failed = boost::json::error::extra_data;
  if (failed) {
    const std::string where = "JSON: byte " + std::to_string(read) + ": ";
    if (failed == boost::json::error::too_deep)
      return Error(Errc::kTooLarge,
                   where + "nested deeper than " + std::to_string(limits.depth) + " levels");
    if (parser.handler().too_many_values())
      return Error(Errc::kTooLarge,
                   where + "more than " + std::to_string(limits.values) + " values");
    return Error(Errc::kMalformed, where + failed.message());
  }
  return Document(
      std::make_unique<Impl>(Impl{parser.handler().take_text(), parser.handler().take_nodes()}));
}

}  // namespace wascc::json
