// Names of headers and media types, in which the case of ASCII letters does not count. Pure.
#pragma once

#include <algorithm>
#include <string_view>

namespace wascc {

inline bool same_name(std::string_view a, std::string_view b) {
  if (a == b) return true;  // most write a name as its standard does
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return a.size() == b.size() && std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace wascc
