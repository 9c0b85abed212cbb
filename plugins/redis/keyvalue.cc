#include "redis/keyvalue.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "redis/client.h"
#include "redis/reply.h"

namespace wascc::redis {
namespace {

using Strings = std::vector<std::string>;
using Words = std::vector<std::string_view>;

Result<std::int64_t> integer(Client& client, const Words& command, Deadline deadline,
                             Repeat repeat) {
  WASCC_TRY(const ReplyHandle reply, client.command(command, deadline, repeat));
  if (reply->type != REDIS_REPLY_INTEGER)
    return Error(Errc::kProvider, "Redis answered with something else than a number");
  return std::int64_t{reply->integer};
}

Result<std::int32_t> count(Client& client, const Words& command, Deadline deadline) {
  WASCC_TRY(const std::int64_t number, integer(client, command, deadline, Repeat::kNever));
  constexpr std::int64_t kMax = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int32_t>(std::min(number, kMax));
}

Result<Strings> strings(Client& client, const Words& command, Deadline deadline) {
  WASCC_TRY(const ReplyHandle reply, client.command(command, deadline, Repeat::kOnce));
  if (reply->type != REDIS_REPLY_ARRAY)
    return Error(Errc::kProvider, "Redis answered with something else than a list");
  Strings all;
  for (std::size_t i = 0; i < reply->elements; ++i) {
    WASCC_TRY(std::string text, text_of(*reply->element[i]));
    all.push_back(std::move(text));
  }
  return all;
}

class RedisStore final : public stores::KeyValueStore {
 public:
  explicit RedisStore(std::shared_ptr<Client> client) : client_(std::move(client)) {}

  Result<std::int32_t> add(const std::string& key, std::int32_t value, Deadline at) override {
    const std::string text = std::to_string(value);
    WASCC_TRY(const std::int64_t sum, integer(*client_, {"INCRBY", key, text}, at, Repeat::kNever));
    using Limits = std::numeric_limits<std::int32_t>;
    if (sum >= Limits::min() && sum <= Limits::max()) return static_cast<std::int32_t>(sum);
    // The answer has no room for it: take it back.
    const std::string back = std::to_string(-std::int64_t{value});
    WASCC_CHECK(integer(*client_, {"INCRBY", key, back}, at, Repeat::kNever));
    return Error(Errc::kProvider, "ERR increment or decrement would overflow");
  }

  Result<std::optional<std::string>> get(const std::string& key, Deadline at) override {
    const auto reply = client_->command(Words{"GET", key}, at, Repeat::kOnce);
    if (!reply) {
      if (reply.error().message().starts_with("WRONGTYPE")) return std::optional<std::string>();
      return reply.error();
    }
    if ((*reply)->type == REDIS_REPLY_NIL) return std::optional<std::string>();
    WASCC_TRY(std::string value, text_of(**reply));
    return std::optional(std::move(value));
  }

  Status set(const std::string& key, const std::string& value, std::int32_t expires_s,
             Deadline at) override {
    const std::string seconds = std::to_string(expires_s);
    Words command{"SET", key, value};
    if (expires_s != 0) command.insert(command.end(), {"EX", seconds});
    WASCC_CHECK(client_->command(command, at, Repeat::kOnce));
    return {};
  }

  Status remove(const std::string& key, Deadline at) override {
    WASCC_CHECK(client_->command(Words{"DEL", key}, at, Repeat::kOnce));
    return {};
  }

  Result<bool> exists(const std::string& key, Deadline at) override {
    WASCC_TRY(const std::int64_t number, integer(*client_, {"EXISTS", key}, at, Repeat::kOnce));
    return number != 0;
  }

  Result<std::int32_t> push(const std::string& key, const std::string& value,
                            Deadline at) override {
    return count(*client_, {"LPUSH", key, value}, at);
  }
  Result<Strings> range(const std::string& key, std::int32_t start, std::int32_t stop,
                        Deadline at) override {
    const std::string first = std::to_string(start), last = std::to_string(stop);
    return strings(*client_, {"LRANGE", key, first, last}, at);
  }
  Result<std::int32_t> list_remove(const std::string& key, const std::string& value,
                                   Deadline at) override {
    return count(*client_, {"LREM", key, "0", value}, at);
  }

  Result<std::int32_t> set_add(const std::string& key, const std::string& value,
                               Deadline at) override {
    return count(*client_, {"SADD", key, value}, at);
  }
  Result<std::int32_t> set_remove(const std::string& key, const std::string& value,
                                  Deadline at) override {
    return count(*client_, {"SREM", key, value}, at);
  }
  Result<Strings> members(const std::string& key, Deadline at) override {
    return strings(*client_, {"SMEMBERS", key}, at);
  }
  Result<Strings> set_union(const Strings& keys, Deadline at) override {
    return combined("SUNION", keys, at);
  }
  Result<Strings> set_intersection(const Strings& keys, Deadline at) override {
    return combined("SINTER", keys, at);
  }

 private:
  // Of no sets at all Redis makes an error; an empty result is what the actor means.
  Result<Strings> combined(std::string_view name, const Strings& keys, Deadline at) {
    if (keys.empty()) return Strings();
    Words command{name};
    command.insert(command.end(), keys.begin(), keys.end());
    return strings(*client_, command, at);
  }

  const std::shared_ptr<Client> client_;
};

}  // namespace

RedisKeyValue::RedisKeyValue(const Clock& clock)
    : KeyValueProvider("waSCC Key-Value (Redis)", "Values, lists and sets in a Redis server."),
      clock_(clock) {}

Result<std::shared_ptr<stores::KeyValueStore>> RedisKeyValue::open(
    const CapabilityConfiguration& configuration) {
  WASCC_TRY(Settings settings, parse_settings(configuration.values));
  WASCC_TRY(auto client, Client::make(std::move(settings), clock_));
  return std::shared_ptr<stores::KeyValueStore>(std::make_shared<RedisStore>(std::move(client)));
}

}  // namespace wascc::redis
