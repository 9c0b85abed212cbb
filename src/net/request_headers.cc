#include "net/request_headers.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "net/header_names.h"

namespace wascc::net {
namespace {

// How several lines of one name become one value for an actor.
enum class Join : std::uint8_t { kComma, kSemicolon, kLast };

Join join_of(std::string_view name) {
  static constexpr std::array<std::string_view, 10> kSingle = {"authorization",
                                                               "content-length",
                                                               "content-type",
                                                               "from",
                                                               "host",
                                                               "if-modified-since",
                                                               "if-unmodified-since",
                                                               "max-forwards",
                                                               "proxy-authorization",
                                                               "referer"};
  if (name == "cookie") return Join::kSemicolon;
  if (name == "user-agent") return Join::kLast;
  return std::find(kSingle.begin(), kSingle.end(), name) != kSingle.end() ? Join::kLast
                                                                          : Join::kComma;
}

void join_line(std::string_view name, std::string& value, std::string next) {
  const Join join = join_of(name);
  if (join == Join::kLast) {
    value = std::move(next);
    return;
  }
  value.append(join == Join::kSemicolon ? "; " : ", ").append(next);
}

}  // namespace

StringMap one_value_each(std::vector<HeaderLine> lines) {
  std::vector<std::string_view> names;
  names.reserve(lines.size());
  for (const HeaderLine& line : lines) names.push_back(line.name);
  const std::vector<std::size_t> first = first_of_each(names);

  for (std::size_t i = 0; i < lines.size(); ++i) {
    HeaderLine& target = lines[first[i]];
    if (first[i] != i) join_line(target.name, target.value, std::move(lines[i].value));
  }
  StringMap header;
  header.reserve(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (first[i] == i) header.emplace_back(std::move(lines[i].name), std::move(lines[i].value));
  return header;
}

}  // namespace wascc::net
