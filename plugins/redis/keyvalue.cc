#include "redis/keyvalue.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "wascc/messages/keyvalue.h"

namespace wascc::redis {
namespace {

namespace kv = keyvalue;
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

Result<kv::AddResponse> add(Client& client, kv::AddRequest& r, Deadline deadline) {
  const std::string value = std::to_string(r.value);
  WASCC_TRY(const std::int64_t sum,
            integer(client, {"INCRBY", r.key, value}, deadline, Repeat::kNever));
  using Limits = std::numeric_limits<std::int32_t>;
  if (sum < Limits::min() || sum > Limits::max()) {  // the answer has no room for it: take it back
    const std::string back = std::to_string(-std::int64_t{r.value});
    WASCC_CHECK(integer(client, {"INCRBY", r.key, back}, deadline, Repeat::kNever));
    return Error(Errc::kProvider, "ERR increment or decrement would overflow");
  }
  return kv::AddResponse{static_cast<std::int32_t>(sum)};
}

Result<kv::GetResponse> get(Client& client, kv::GetRequest& r, Deadline deadline) {
  const auto reply = client.command(Words{"GET", r.key}, deadline, Repeat::kOnce);
  if (!reply) {
    if (reply.error().message().starts_with("WRONGTYPE")) return kv::GetResponse{};
    return reply.error();
  }
  if ((*reply)->type == REDIS_REPLY_NIL) return kv::GetResponse{};
  WASCC_TRY(std::string value, text_of(**reply));
  return kv::GetResponse{std::move(value), true};
}

Result<kv::SetResponse> set(Client& client, kv::SetRequest& r, Deadline deadline) {
  const std::string seconds = std::to_string(r.expires_s);
  Words command{"SET", r.key, r.value};
  if (r.expires_s != 0) command.insert(command.end(), {"EX", seconds});
  WASCC_CHECK(client.command(command, deadline, Repeat::kOnce));
  return kv::SetResponse{std::move(r.value)};
}

template <class Request>
Result<kv::DelResponse> del(Client& client, Request& r, Deadline deadline) {
  WASCC_CHECK(client.command(Words{"DEL", r.key}, deadline, Repeat::kOnce));
  return kv::DelResponse{std::move(r.key)};
}

Result<kv::RangeResponse> range(Client& client, kv::RangeRequest& r, Deadline deadline) {
  const std::string start = std::to_string(r.start);
  const std::string stop = std::to_string(r.stop);
  WASCC_TRY(Strings values, strings(client, {"LRANGE", r.key, start, stop}, deadline));
  return kv::RangeResponse{std::move(values)};
}

Result<kv::ListResponse> push(Client& client, kv::PushRequest& r, Deadline deadline) {
  WASCC_TRY(const std::int32_t size, count(client, {"LPUSH", r.key, r.value}, deadline));
  return kv::ListResponse{size};
}

Result<kv::ListResponse> list_remove(Client& client, kv::ListItemDeleteRequest& r,
                                     Deadline deadline) {
  WASCC_TRY(const std::int32_t removed, count(client, {"LREM", r.key, "0", r.value}, deadline));
  return kv::ListResponse{removed};
}

Result<kv::SetOperationResponse> set_add(Client& client, kv::SetAddRequest& r, Deadline deadline) {
  WASCC_TRY(const std::int32_t added, count(client, {"SADD", r.key, r.value}, deadline));
  return kv::SetOperationResponse{added};
}

Result<kv::SetOperationResponse> set_remove(Client& client, kv::SetRemoveRequest& r,
                                            Deadline deadline) {
  WASCC_TRY(const std::int32_t removed, count(client, {"SREM", r.key, r.value}, deadline));
  return kv::SetOperationResponse{removed};
}

// Of no sets at all Redis makes an error; an empty result is what the actor means.
Result<kv::SetQueryResponse> combined(Client& client, std::string_view name, const Strings& keys,
                                      Deadline deadline) {
  if (keys.empty()) return kv::SetQueryResponse{};
  Words command{name};
  command.insert(command.end(), keys.begin(), keys.end());
  WASCC_TRY(Strings values, strings(client, command, deadline));
  return kv::SetQueryResponse{std::move(values)};
}
Result<kv::SetQueryResponse> set_union(Client& client, kv::SetCombineRequest& r, Deadline at) {
  return combined(client, "SUNION", r.keys, at);
}
Result<kv::SetQueryResponse> intersection(Client& client, kv::SetCombineRequest& r, Deadline at) {
  return combined(client, "SINTER", r.keys, at);
}
Result<kv::SetQueryResponse> members(Client& client, kv::SetQueryRequest& r, Deadline deadline) {
  return combined(client, "SMEMBERS", {r.key}, deadline);
}

Result<kv::GetResponse> exists(Client& client, kv::KeyExistsRequest& r, Deadline deadline) {
  WASCC_TRY(const std::int64_t number, integer(client, {"EXISTS", r.key}, deadline, Repeat::kOnce));
  return kv::GetResponse{"", number != 0};
}

constexpr Operation kOperations[] = {
    {kv::kOpAdd, run<kv::AddRequest, kv::AddResponse, add>},
    {kv::kOpGet, run<kv::GetRequest, kv::GetResponse, get>},
    {kv::kOpSet, run<kv::SetRequest, kv::SetResponse, set>},
    {kv::kOpDel, run<kv::DelRequest, kv::DelResponse, del<kv::DelRequest>>},
    {kv::kOpClear, run<kv::ClearRequest, kv::DelResponse, del<kv::ClearRequest>>},
    {kv::kOpRange, run<kv::RangeRequest, kv::RangeResponse, range>},
    {kv::kOpPush, run<kv::PushRequest, kv::ListResponse, push>},
    {kv::kOpListItemDelete, run<kv::ListItemDeleteRequest, kv::ListResponse, list_remove>},
    {kv::kOpSetAdd, run<kv::SetAddRequest, kv::SetOperationResponse, set_add>},
    {kv::kOpSetRemove, run<kv::SetRemoveRequest, kv::SetOperationResponse, set_remove>},
    {kv::kOpSetUnion, run<kv::SetCombineRequest, kv::SetQueryResponse, set_union>},
    {kv::kOpSetIntersection, run<kv::SetCombineRequest, kv::SetQueryResponse, intersection>},
    {kv::kOpSetQuery, run<kv::SetQueryRequest, kv::SetQueryResponse, members>},
    {kv::kOpKeyExists, run<kv::KeyExistsRequest, kv::GetResponse, exists>},
};

}  // namespace

RedisKeyValue::RedisKeyValue(const Clock& clock)
    : RedisProvider({std::string(kKeyValue),
                     "waSCC Key-Value (Redis)",
                     "1.0.0",
                     0,
                     "Values, lists and sets in a Redis server.",
                     {}},
                    kOperations, clock) {}

}  // namespace wascc::redis
