// wascc:eventstreams: append-only streams of events made of string values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wascc/msgpack.h"

namespace wascc {

inline constexpr std::string_view kEventStreams = "wascc:eventstreams";

namespace eventstreams {

inline constexpr std::string_view kOpWriteEvent = "WriteEvent";
inline constexpr std::string_view kOpQueryStream = "QueryStream";
inline constexpr std::string_view kOpDeliverEvent = "DeliverEvent";  // to the actor

struct Event {
  std::string event_id;  // "" until it was written
  std::string stream;
  StringMap values;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("eventId", self.event_id);
    visit.field("stream", self.stream);
    visit.defaulted("values", self.values);
  }
};

struct WriteResponse {
  std::string event_id;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("eventId", self.event_id);
  }
};

// Seconds by contract; the Redis provider passes them on as stream ids, which are milliseconds.
struct TimeRange {
  std::uint64_t min_time = 0;
  std::uint64_t max_time = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("minTime", self.min_time);
    visit.field("maxTime", self.max_time);
  }
};

struct StreamQuery {
  std::string stream_id;
  std::optional<TimeRange> range;
  std::uint64_t count = 0;  // 0: all

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("streamId", self.stream_id);
    visit.optional("range", self.range);
    visit.field("count", self.count);
  }
};

struct StreamResults {
  std::vector<Event> events;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.defaulted("events", self.events);
  }
};

}  // namespace eventstreams

}  // namespace wascc
