// The capability example:tally, as its provider and its actors know it: counters that are kept
// where the provider was told.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wascc/msgpack.h"

namespace tally {

inline constexpr std::string_view kCapability = "example:tally";
inline constexpr std::string_view kOpCount = "Count";

struct CountRequest {
  std::string name;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("name", self.name);
  }
};

struct CountAnswer {
  std::int32_t count = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("count", self.count);
  }
};

}  // namespace tally
