// wascc:extras: what a module cannot make by itself: unique ids, sequence numbers, random numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wascc/msgpack.h"

namespace wascc {

inline constexpr std::string_view kExtras = "wascc:extras";

namespace extras {

inline constexpr std::string_view kOpRequestGuid = "RequestGuid";
inline constexpr std::string_view kOpRequestSequence = "RequestSequence";
inline constexpr std::string_view kOpRequestRandom = "RequestRandom";

// Which of the three is wanted; min and max bound the random number.
struct GeneratorRequest {
  bool guid = false;
  bool sequence = false;
  bool random = false;
  std::uint32_t min = 0;
  std::uint32_t max = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("guid", self.guid);
    visit.field("sequence", self.sequence);
    visit.field("random", self.random);
    visit.field("min", self.min);
    visit.field("max", self.max);
  }
};

struct GeneratorResult {
  std::optional<std::string> guid;
  std::uint64_t sequence_number = 0;
  std::uint32_t random_number = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.optional("guid", self.guid);
    visit.field("sequenceNumber", self.sequence_number);
    visit.field("randomNumber", self.random_number);
  }
};

}  // namespace extras

}  // namespace wascc
