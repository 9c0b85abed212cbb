// What ping and pong say to each other.
#pragma once

#include <cstdint>
#include <string_view>

#include "wascc/msgpack.h"

namespace ping {

inline constexpr std::string_view kOpPing = "Ping";
inline constexpr std::string_view kOpPingBack = "PingBack";

struct Ball {
  std::int32_t value = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("value", self.value);
  }
};

}  // namespace ping
