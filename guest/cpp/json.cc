#include <algorithm>

#include "wascc/actor_json.h"

namespace wascc::actor {
namespace {

constexpr int kMaxDepth = 64;

// Walks over JSON text. A damaged text leaves it at the end with ok() false.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  const char* position() const { return rest_.data(); }

  // Takes this character if it comes next, blanks aside.
  bool take(char wanted) {
    skip_blanks();
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char wanted) {
    if (!take(wanted)) fail();
  }

  // A string, as it is written between its quotes.
  std::string_view string() {
    expect('"');
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      if (rest_[i] == '\\') {
        ++i;
      } else if (rest_[i] == '"') {
        const std::string_view text = rest_.substr(0, i);
        rest_.remove_prefix(i + 1);
        return text;
      }
    }
    fail();
    return {};
  }

  void skip_value(int depth) {
    if (depth > kMaxDepth) return fail();
    skip_blanks();
    if (rest_.empty()) return fail();
    switch (rest_.front()) {
      case '"':
        string();
        return;
      case '{':
        each_member([&](std::string_view) {
          skip_value(depth + 1);
          return true;
        });
        return;
      case '[':
        each_element([&] { skip_value(depth + 1); });
        return;
      default:
        skip_word();
    }
  }

  // `visit` is called at each value and takes it; it answers whether to go on.
  template <class Visit>
  void each_member(Visit visit) {
    expect('{');
    if (take('}')) return;
    while (ok_) {
      skip_blanks();
      const std::string_view key = string();
      expect(':');
      skip_blanks();
      if (!ok_ || !visit(key) || take('}')) return;
      expect(',');
    }
  }

  template <class Visit>
  void each_element(Visit visit) {
    expect('[');
    if (take(']')) return;
    while (ok_) {
      visit();
      if (take(']')) return;
      expect(',');
    }
  }

 private:
  void fail() {
    ok_ = false;
    rest_ = {};
  }

  void skip_blanks() {
    constexpr std::string_view kBlanks = " \t\r\n";
    rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlanks), rest_.size()));
  }

  // A number, true, false or null.
  void skip_word() {
    const std::size_t length = rest_.find_first_of(" \t\r\n,]}:\"[{");
    const std::size_t taken = length == std::string_view::npos ? rest_.size() : length;
    if (taken == 0) return fail();
    rest_.remove_prefix(taken);
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (code < 0x20) {
      out += "\\u00";
      out += kHex[code >> 4];
      out += kHex[code & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

std::optional<std::string_view> json_member(std::string_view json, std::string_view key) {
  Cursor cursor(json);
  std::optional<std::string_view> found;
  cursor.each_member([&](std::string_view name) {
    const char* start = cursor.position();
    cursor.skip_value(1);
    if (cursor.ok() && name == key)
      found = std::string_view(start, static_cast<std::size_t>(cursor.position() - start));
    return !found;
  });
  return found;
}

std::optional<std::size_t> json_array_size(std::string_view json) {
  Cursor cursor(json);
  std::size_t size = 0;
  cursor.each_element([&] {
    ++size;
    cursor.skip_value(1);
  });
  if (!cursor.ok()) return std::nullopt;
  return size;
}

}  // namespace wascc::actor
