#include "manifest/yaml.h"

#include <yaml.h>

#include <algorithm>
#include <set>
#include <utility>

namespace wascc::manifest {
namespace {

Position position_of(const yaml_mark_t& mark) { return {mark.line + 1, mark.column + 1}; }

// Where a byte stands; for the one kind of error that the library reports by byte.
Position position_at(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto lines = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {lines + 1, before.size() - line_start + 1};
}

bool says_nothing(const std::string& text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

// One event of the library, released with it.
class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&raw_); }

  yaml_event_t* raw() { return &raw_; }
  yaml_event_type_t type() const { return raw_.type; }
  Position position() const { return position_of(raw_.start_mark); }

  const char* anchor() const { return as_text(anchor_or_tag().first); }
  const char* tag() const { return as_text(anchor_or_tag().second); }
  std::string scalar() const { return {as_text(raw_.data.scalar.value), raw_.data.scalar.length}; }
  bool plain() const { return raw_.data.scalar.style == YAML_PLAIN_SCALAR_STYLE; }

 private:
  static const char* as_text(const yaml_char_t* text) {
    return reinterpret_cast<const char*>(text);
  }
  std::pair<const yaml_char_t*, const yaml_char_t*> anchor_or_tag() const {
    switch (raw_.type) {
      case YAML_SCALAR_EVENT:
        return {raw_.data.scalar.anchor, raw_.data.scalar.tag};
      case YAML_SEQUENCE_START_EVENT:
        return {raw_.data.sequence_start.anchor, raw_.data.sequence_start.tag};
      case YAML_MAPPING_START_EVENT:
        return {raw_.data.mapping_start.anchor, raw_.data.mapping_start.tag};
      case YAML_ALIAS_EVENT:
        return {raw_.data.alias.anchor, nullptr};
      default:
        return {nullptr, nullptr};
    }
  }

  yaml_event_t raw_{};
};

// Of a label given twice the later counts, as manifests of waSCC had it; all else is a mistake.
constexpr std::string_view kLaterCounts = "labels";

class Reader {
 public:
  Reader(std::string_view text, const std::string& file) : text_(text), file_(file) {
    ready_ = yaml_parser_initialize(&parser_) != 0;
    if (!ready_) return;
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() {
    if (ready_) yaml_parser_delete(&parser_);
  }

  Result<Node> document() {
    if (!ready_) return Error(Errc::kInternal, "no memory for a YAML parser");
    Node empty;
    empty.kind = Node::Kind::kMap;
    {
      Event stream;
      WASCC_CHECK(next(stream));
    }
    {
      Event document;
      WASCC_CHECK(next(document));
      if (document.type() == YAML_STREAM_END_EVENT) return empty;
    }
    Node root;
    {
      Event first;
      WASCC_CHECK(next(first));
      WASCC_TRY(root, node(first, 1));
    }
    {
      Event document_end;
      WASCC_CHECK(next(document_end));
    }
    Event end;
    WASCC_CHECK(next(end));
    if (end.type() != YAML_STREAM_END_EVENT)
      return malformed(end.position(), "a second document begins here: a manifest is one document");
    if (root.null) return empty;
    return root;
  }

 private:
  Error malformed(const Position& position, const std::string& what) const {
    return Error(Errc::kMalformed, place(file_, position) + ": " + what);
  }

  Status next(Event& event) {
    if (yaml_parser_parse(&parser_, event.raw()) != 0) return {};
    const std::string problem = parser_.problem != nullptr ? parser_.problem : "not YAML";
    if (parser_.error == YAML_READER_ERROR)
      return malformed(position_at(text_, std::min(parser_.problem_offset, text_.size())),
                       problem + " (a manifest is UTF-8 text)");
    std::string what = problem;
    if (parser_.context != nullptr)
      what.append(" ")
          .append(parser_.context)
          .append(" that begins at line ")
          .append(std::to_string(parser_.context_mark.line + 1));
    return malformed(position_of(parser_.problem_mark), what);
  }

  // The node that begins with `event`.
  Result<Node> node(const Event& event, std::size_t depth) {
    const Position position = event.position();
    if (depth > kMaxManifestDepth)
      return Error(Errc::kTooLarge, place(file_, position) + ": nested deeper than " +
                                        std::to_string(kMaxManifestDepth) + " levels");
    if (event.anchor() != nullptr)
      return malformed(
          position, "anchors (&name) and aliases (*name) are not supported: write the value out");
    if (event.tag() != nullptr && std::string_view(event.tag()) != YAML_STR_TAG)
      return malformed(position,
                       "tags (!name) are not supported: leave it out, all values are text");

    Node result;
    result.position = position;
    switch (event.type()) {
      case YAML_SCALAR_EVENT:
        result.text = event.scalar();
        result.null = event.plain() && says_nothing(result.text);
        return result;
      case YAML_SEQUENCE_START_EVENT:
        result.kind = Node::Kind::kList;
        WASCC_CHECK(items(result, depth));
        return result;
      case YAML_MAPPING_START_EVENT:
        result.kind = Node::Kind::kMap;
        WASCC_CHECK(members(result, depth));
        return result;
      default:
        return malformed(position, "a value is missing here");
    }
  }

  Status items(Node& list, std::size_t depth) {
    while (true) {
      Event event;
      WASCC_CHECK(next(event));
      if (event.type() == YAML_SEQUENCE_END_EVENT) return {};
      WASCC_TRY(Node item, node(event, depth + 1));
      list.items.push_back(std::move(item));
    }
  }

  Status members(Node& map, std::size_t depth) {
    std::set<std::string> seen;
    while (true) {
      Node::Member member;
      {
        Event event;
        WASCC_CHECK(next(event));
        if (event.type() == YAML_MAPPING_END_EVENT) return {};
        WASCC_TRY(member.key, node(event, depth + 1));
      }
      if (member.key.kind != Node::Kind::kScalar)
        return malformed(member.key.position, "a key must be text, not a list or map");
      const bool again = !seen.insert(member.key.text).second;
      if (again && !(depth == 2 && root_key_ == kLaterCounts))
        return malformed(member.key.position, "the key '" + member.key.text +
                                                  "' stands twice in this map: remove one of them");
      if (again)
        std::erase_if(map.members, [&](const Node::Member& earlier) {
          return earlier.key.text == member.key.text;
        });
      if (depth == 1) root_key_ = member.key.text;
      Event event;
      WASCC_CHECK(next(event));
      WASCC_TRY(member.value, node(event, depth + 1));
      map.members.push_back(std::move(member));
    }
  }

  std::string_view text_;
  const std::string& file_;
  std::string root_key_;  // under which what is read stands
  yaml_parser_t parser_{};
  bool ready_ = false;
};

}  // namespace

std::string place(const std::string& file, const Position& position) {
  return file + ":" + std::to_string(position.line) + ":" + std::to_string(position.column);
}

Result<Node> parse_yaml(std::string_view text, const std::string& file) {
  if (text.size() > kMaxManifestBytes)
    return Error(Errc::kTooLarge, file + ": " + std::to_string(text.size()) + " bytes, at most " +
                                      std::to_string(kMaxManifestBytes) + " are read");
  return Reader(text, file).document();
}

}  // namespace wascc::manifest
