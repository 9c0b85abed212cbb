// wascc:keyvalue for actors. The actor's token must claim the capability, and a binding give it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wascc/actor.h"
#include "wascc/messages/keyvalue.h"

namespace wascc::actor {

// One store, by the name of its binding. Borrowed: the name outlives the object.
class KeyValue {
 public:
  explicit KeyValue(std::string_view binding = kDefaultBinding) : binding_(binding) {}

  // Adds to a number, which starts at 0; answers the new one.
  Result<std::int32_t> add(std::string key, std::int32_t value) const {
    using namespace keyvalue;
    WASCC_TRY(const AddResponse answer,
              ask<AddResponse>(kOpAdd, AddRequest{std::move(key), value}));
    return answer.value;
  }

  // The value, or nothing where there is none.
  Result<std::optional<std::string>> get(std::string key) const {
    using namespace keyvalue;
    WASCC_TRY(GetResponse answer, ask<GetResponse>(kOpGet, GetRequest{std::move(key)}));
    if (!answer.exists) return std::optional<std::string>();
    return std::optional(std::move(answer.value));
  }

  Result<bool> exists(std::string key) const {
    using namespace keyvalue;
    WASCC_TRY(const GetResponse answer,
              ask<GetResponse>(kOpKeyExists, KeyExistsRequest{std::move(key)}));
    return answer.exists;
  }

  // Forgotten after `expires_s` seconds; 0: never.
  Status set(std::string key, std::string value, std::int32_t expires_s = 0) const {
    using namespace keyvalue;
    return done(ask<SetResponse>(kOpSet, SetRequest{std::move(key), std::move(value), expires_s}));
  }

  Status remove(std::string key) const {
    using namespace keyvalue;
    return done(ask<DelResponse>(kOpDel, DelRequest{std::move(key)}));
  }

  // ---- lists. Counts are those after the operation.

  Result<std::int32_t> push(std::string key, std::string value) const {
    using namespace keyvalue;
    WASCC_TRY(const ListResponse answer,
              ask<ListResponse>(kOpPush, PushRequest{std::move(key), std::move(value)}));
    return answer.new_count;
  }

  // Removes the elements that equal `value`.
  Result<std::int32_t> list_remove(std::string key, std::string value) const {
    using namespace keyvalue;
    const ListItemDeleteRequest request{std::move(key), std::move(value)};
    WASCC_TRY(const ListResponse answer, ask<ListResponse>(kOpListItemDelete, request));
    return answer.new_count;
  }

  // From `start` to `stop`, both included; negative numbers count from the end.
  Result<std::vector<std::string>> range(std::string key, std::int32_t start = 0,
                                         std::int32_t stop = -1) const {
    using namespace keyvalue;
    WASCC_TRY(RangeResponse answer,
              ask<RangeResponse>(kOpRange, RangeRequest{std::move(key), start, stop}));
    return std::move(answer.values);
  }

  Status list_clear(std::string key) const {
    using namespace keyvalue;
    return done(ask<DelResponse>(kOpClear, ClearRequest{std::move(key)}));
  }

  // ---- sets. Counts are those of the values added or removed.

  Result<std::int32_t> set_add(std::string key, std::string value) const {
    using namespace keyvalue;
    const SetAddRequest request{std::move(key), std::move(value)};
    WASCC_TRY(const SetOperationResponse answer, ask<SetOperationResponse>(kOpSetAdd, request));
    return answer.new_count;
  }

  Result<std::int32_t> set_remove(std::string key, std::string value) const {
    using namespace keyvalue;
    const SetRemoveRequest request{std::move(key), std::move(value)};
    WASCC_TRY(const SetOperationResponse answer, ask<SetOperationResponse>(kOpSetRemove, request));
    return answer.new_count;
  }

  Result<std::vector<std::string>> set_members(std::string key) const {
    return values(keyvalue::kOpSetQuery, keyvalue::SetQueryRequest{std::move(key)});
  }

  Result<std::vector<std::string>> set_union(std::vector<std::string> keys) const {
    return values(keyvalue::kOpSetUnion, keyvalue::SetCombineRequest{std::move(keys)});
  }

  Result<std::vector<std::string>> set_intersection(std::vector<std::string> keys) const {
    return values(keyvalue::kOpSetIntersection, keyvalue::SetCombineRequest{std::move(keys)});
  }

 private:
  template <msgpack::Message Answer, msgpack::Message Request>
  Result<Answer> ask(std::string_view operation, const Request& request) const {
    return call<Answer>(binding_, kKeyValue, operation, request);
  }

  template <msgpack::Message Request>
  Result<std::vector<std::string>> values(std::string_view operation,
                                          const Request& request) const {
    WASCC_TRY(keyvalue::SetQueryResponse answer,
              ask<keyvalue::SetQueryResponse>(operation, request));
    return std::move(answer.values);
  }

  template <class Answer>
  static Status done(Result<Answer> answer) {
    if (!answer) return std::move(answer).error();
    return {};
  }

  std::string_view binding_;
};

}  // namespace wascc::actor
