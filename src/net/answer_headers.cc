#include "net/answer_headers.h"

#include <algorithm>

#include "base/encoding.h"
#include "net/header_names.h"

namespace wascc::net {
namespace {

// Calls visit with each part of the text between separators, trimmed.
template <class Visit>
void each_part(std::string_view text, std::string_view separators, Visit visit) {
  for (;;) {
    const std::size_t end = text.find_first_of(separators);
    visit(trimmed(text.substr(0, end)));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

// The names, in lower case and sorted, that the answer's connection header lists.
std::vector<std::string> listed_in_connection(const StringMap& map,
                                              const std::vector<std::string>& names) {
  std::vector<std::string> listed;
  for (std::size_t i = 0; i < map.size(); ++i) {
    if (names[i] != "connection") continue;
    each_part(map[i].second, ",\n",
              [&](std::string_view part) { listed.push_back(lower_case(part)); });
  }
  std::sort(listed.begin(), listed.end());
  return listed;
}

// Splits one map value into the values it stands for. False if some had to be left out.
bool append_values(std::string_view text, std::vector<std::string>& values) {
  bool all = true;
  const bool several = text.find('\n') != std::string_view::npos;
  each_part(text, "\n", [&](std::string_view part) {
    if (part.empty() && several) return;  // a newline at the end is no further value
    if (has_control(part)) {
      all = false;
    } else {
      values.push_back(utf8_or_latin1(part));
    }
  });
  return all;
}

}  // namespace

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7F;
  });
}

std::string utf8_or_latin1(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string utf8;
  utf8.reserve(text.size() * 2);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      utf8.push_back(c);
    } else {
      utf8.push_back(static_cast<char>(0xC0 | (byte >> 6)));
      utf8.push_back(static_cast<char>(0x80 | (byte & 0x3F)));
    }
  }
  return utf8;
}

std::vector<AnswerHeader> clean_headers(const StringMap& map, const Log& log) {
  std::vector<std::string> names;
  names.reserve(map.size());
  for (const auto& [name, value] : map) names.push_back(lower_case(name));
  const std::vector<std::string> listed = listed_in_connection(map, names);
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::vector<std::size_t> first = first_of_each(views);

  std::vector<AnswerHeader> headers(map.size());  // each at its first place, the rest stay empty
  std::vector<bool> warned(map.size());
  const auto warn = [&](std::size_t place, std::string_view message) {
    if (warned[place]) return;
    warned[place] = true;
    log.warn(message, {{"header", utf8_or_latin1(map[place].first)}});
  };
  for (std::size_t i = 0; i < map.size(); ++i) {
    const std::string& name = names[i];
    // The length is the front door's to compute.
    if (is_hop_by_hop(name) || name == "content-length" ||
        std::binary_search(listed.begin(), listed.end(), name))
      continue;
    const std::size_t place = first[i];
    if (!is_token(name)) {
      warn(place, "answer header left out: its name is not an HTTP token");
      continue;
    }
    AnswerHeader& header = headers[place];
    header.name = map[place].first;
    header.set_cookie = name == "set-cookie";
    if (!append_values(map[i].second, header.values))
      warn(place, "answer header left out: control character in its value");
  }
  std::erase_if(headers, [](const AnswerHeader& header) { return header.values.empty(); });
  return headers;
}

}  // namespace wascc::net
