// awslambda:event: a raw Lambda event and its answer, both as the JSON bytes of the Runtime API.
#pragma once

#include <string_view>

#include "wascc/bytes.h"
#include "wascc/msgpack.h"

namespace wascc {

inline constexpr std::string_view kLambdaEvent = "awslambda:event";
inline constexpr std::string_view kOpHandleEvent = "HandleEvent";

struct Event {
  Bytes body;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.defaulted("body", self.body);
  }
};

struct EventResponse {
  Bytes body;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.defaulted("body", self.body);
  }
};

}  // namespace wascc
