#include "redis/eventstreams.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "wascc/messages/eventstreams.h"

namespace wascc::redis {
namespace {

namespace es = eventstreams;

Error not_an_event() { return Error(Errc::kProvider, "Redis answered with no list of events"); }

// [id, [name, value, name, value, …]]
Result<es::Event> event_of(const redisReply& reply, const std::string& stream) {
  if (reply.type != REDIS_REPLY_ARRAY || reply.elements != 2) return not_an_event();
  const redisReply& fields = *reply.element[1];
  if (fields.type != REDIS_REPLY_ARRAY || fields.elements % 2 != 0) return not_an_event();
  es::Event event{"", stream, {}};
  WASCC_TRY(event.event_id, text_of(*reply.element[0]));
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < fields.elements; i += 2) {
    WASCC_TRY(std::string name, text_of(*fields.element[i]));
    WASCC_TRY(std::string value, text_of(*fields.element[i + 1]));
    // Another writer may have used a name twice; a map of ours holds each once, with its last
    // value.
    const auto [known, added] = places.try_emplace(name, event.values.size());
    if (added)
      event.values.emplace_back(std::move(name), std::move(value));
    else
      event.values[known->second].second = std::move(value);
  }
  return event;
}

Result<es::WriteResponse> write(Client& client, es::Event& event, Deadline deadline) {
  std::vector<std::string_view> command{"XADD", event.stream, "*"};
  for (const auto& [name, value] : event.values) command.insert(command.end(), {name, value});
  WASCC_TRY(const ReplyHandle reply, client.command(command, deadline, Repeat::kNever));
  WASCC_TRY(std::string id, text_of(*reply));
  return es::WriteResponse{std::move(id)};
}

Result<es::StreamResults> query(Client& client, es::StreamQuery& r, Deadline deadline) {
  const std::string first = r.range ? std::to_string(r.range->min_time) : "-";
  const std::string last = r.range ? std::to_string(r.range->max_time) : "+";
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  const std::string count = std::to_string(std::min(r.count, kMost));
  std::vector<std::string_view> command{"XRANGE", r.stream_id, first, last};
  if (r.count > 0) command.insert(command.end(), {"COUNT", count});
  WASCC_TRY(const ReplyHandle reply, client.command(command, deadline, Repeat::kOnce));
  if (reply->type != REDIS_REPLY_ARRAY) return not_an_event();
  es::StreamResults results;
  for (std::size_t i = 0; i < reply->elements; ++i) {
    WASCC_TRY(es::Event event, event_of(*reply->element[i], r.stream_id));
    results.events.push_back(std::move(event));
  }
  return results;
}

constexpr Operation kOperations[] = {
    {es::kOpWriteEvent, run<es::Event, es::WriteResponse, write>},
    {es::kOpQueryStream, run<es::StreamQuery, es::StreamResults, query>},
};

}  // namespace

RedisEventStreams::RedisEventStreams(const Clock& clock)
    : RedisProvider({std::string(kEventStreams),
                     "waSCC Event Streams (Redis)",
                     "1.0.0",
                     0,
                     "Append-only streams of events in a Redis server.",
                     {}},
                    kOperations, clock) {}

}  // namespace wascc::redis
