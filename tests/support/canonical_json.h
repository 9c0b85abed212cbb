// A JSON value as text that is the same for equal values: members sorted by key.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"

namespace wascc::test {

inline std::string canonical(json::View value) {
  std::string text;
  if (value.is_object()) {
    std::vector<std::pair<std::string, std::string>> members;
    value.each_member([&](std::string_view key, json::View member) {
      members.emplace_back(key, canonical(member));
    });
    std::sort(members.begin(), members.end());
    for (const auto& [key, member] : members)
      text.append(key).append(": ").append(member).append("\n");
    return "{\n" + text + "}";
  }
  if (value.is_array()) {
    value.each_element([&](json::View element) { text.append(canonical(element)).append("\n"); });
    return "[\n" + text + "]";
  }
  return value.dump();
}

}  // namespace wascc::test
