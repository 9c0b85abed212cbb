#include "manifest/expand.h"

namespace wascc::manifest {
namespace {

struct Reference {
  std::string_view name;
  std::optional<std::string_view> fallback;
  std::size_t end;  // behind the '}'
};

// The first of some characters at or after a place that only moves forward. It remembers the last
// answer, so that a text full of unfinished references still costs one walk through it.
class Next {
 public:
  Next(std::string_view text, const char* characters) : text_(text), characters_(characters) {}

  std::size_t at_or_after(std::size_t from) {
    if (found_ == kNotLooked || found_ < from) found_ = text_.find_first_of(characters_, from);
    return found_;
  }

 private:
  static constexpr std::size_t kNotLooked = std::string_view::npos - 1;

  std::string_view text_;
  const char* characters_;
  std::size_t found_ = kNotLooked;
};

class References {
 public:
  explicit References(std::string_view text)
      : text_(text), name_end_(text, ":} \t\r\n="), default_end_(text, "}\t\r\n") {}

  // The reference at `start`, where a "${" stands, if it is one.
  std::optional<Reference> at(std::size_t start) {
    const std::size_t name_end = name_end_.at_or_after(start + 2);
    if (name_end == std::string_view::npos) return std::nullopt;
    const std::string_view name = text_.substr(start + 2, name_end - start - 2);
    if (text_[name_end] == '}') return Reference{name, std::nullopt, name_end + 1};
    if (text_[name_end] != ':') return std::nullopt;
    const std::size_t end = default_end_.at_or_after(name_end + 1);
    if (end == std::string_view::npos || text_[end] != '}') return std::nullopt;
    return Reference{name, text_.substr(name_end + 1, end - name_end - 1), end + 1};
  }

 private:
  std::string_view text_;
  Next name_end_;
  Next default_end_;
};

}  // namespace

std::string expand(std::string_view text, const Environment& environment) {
  std::string out;
  out.reserve(text.size());
  References references(text);
  std::size_t copied = 0;
  while (true) {
    const std::size_t start = text.find("${", copied);
    if (start == std::string_view::npos) return out.append(text.substr(copied));
    out.append(text.substr(copied, start - copied));
    copied = start + 2;  // what follows a "${" that is none may hold a reference of its own
    if (const std::optional<Reference> reference = references.at(start)) {
      copied = reference->end;
      if (const auto value = environment(reference->name)) {
        out.append(*value);
        continue;
      }
      if (reference->fallback) {
        out.append(*reference->fallback);
        continue;
      }
    }
    out.append(text.substr(start, copied - start));
  }
}

}  // namespace wascc::manifest
