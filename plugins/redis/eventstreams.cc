#include "redis/eventstreams.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "redis/client.h"
#include "redis/reply.h"

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

class RedisStreams final : public stores::EventStreamsStore {
 public:
  explicit RedisStreams(std::shared_ptr<Client> client) : client_(std::move(client)) {}

  Result<std::string> write(es::Event event, Deadline at) override {
    std::vector<std::string_view> command{"XADD", event.stream, "*"};
    for (const auto& [name, value] : event.values) command.insert(command.end(), {name, value});
    WASCC_TRY(const ReplyHandle reply, client_->command(command, at, Repeat::kNever));
    return text_of(*reply);
  }

  Result<std::vector<es::Event>> query(const es::StreamQuery& query, Deadline at) override {
    const std::string first = query.range ? std::to_string(query.range->min_time) : "-";
    const std::string last = query.range ? std::to_string(query.range->max_time) : "+";
    constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
    const std::string count = std::to_string(std::min(query.count, kMost));
    std::vector<std::string_view> command{"XRANGE", query.stream_id, first, last};
    if (query.count > 0) command.insert(command.end(), {"COUNT", count});
    WASCC_TRY(const ReplyHandle reply, client_->command(command, at, Repeat::kOnce));
    if (reply->type != REDIS_REPLY_ARRAY) return not_an_event();
    std::vector<es::Event> events;
    for (std::size_t i = 0; i < reply->elements; ++i) {
      WASCC_TRY(es::Event event, event_of(*reply->element[i], query.stream_id));
      events.push_back(std::move(event));
    }
    return events;
  }

 private:
  const std::shared_ptr<Client> client_;
};

}  // namespace

RedisEventStreams::RedisEventStreams(const Clock& clock)
    : EventStreamsProvider("waSCC Event Streams (Redis)",
                           "Append-only streams of events in a Redis server."),
      clock_(clock) {}

Result<std::shared_ptr<stores::EventStreamsStore>> RedisEventStreams::open(
    const CapabilityConfiguration& configuration) {
  WASCC_TRY(Settings settings, parse_settings(configuration.values));
  WASCC_TRY(auto client, Client::make(std::move(settings), clock_));
  return std::shared_ptr<stores::EventStreamsStore>(
      std::make_shared<RedisStreams>(std::move(client)));
}

}  // namespace wascc::redis
