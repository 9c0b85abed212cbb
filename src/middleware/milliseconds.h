// How long something took, as metrics and spans write it.
#pragma once

#include <array>
#include <chrono>
#include <cstdio>
#include <string>

namespace wascc::middleware {

using Milliseconds = std::chrono::duration<double, std::milli>;

// "1.500"
inline std::string in_ms(Milliseconds time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3f", time.count());
  return text.data();
}

}  // namespace wascc::middleware
