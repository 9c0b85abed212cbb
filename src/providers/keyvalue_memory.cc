#include "providers/keyvalue_memory.h"

#include <algorithm>
#include <utility>

#include "providers/builtin.h"
#include "providers/memory_store.h"
#include "wascc/messages/keyvalue.h"

namespace wascc::providers {
namespace {

namespace kv = keyvalue;
using Time = MemoryStore::Time;

// Decodes a request, runs it on the store and encodes the answer.
template <class Request, class Response, Result<Response> (*kRun)(MemoryStore&, Request&, Time)>
Result<Bytes> run(MemoryStore& store, ByteView payload, Time now) {
  WASCC_TRY(Request request, decode<Request>(payload));
  WASCC_TRY(const Response response, kRun(store, request, now));
  return encode(response);
}

Result<kv::AddResponse> add(MemoryStore& store, kv::AddRequest& r, Time now) {
  WASCC_TRY(const std::int32_t value, store.add(r.key, r.value, now));
  return kv::AddResponse{value};
}
Result<kv::GetResponse> get(MemoryStore& store, kv::GetRequest& r, Time now) {
  auto value = store.get(r.key, now);
  return kv::GetResponse{value.value_or(""), value.has_value()};
}
Result<kv::SetResponse> set(MemoryStore& store, kv::SetRequest& r, Time now) {
  WASCC_CHECK(store.set(r.key, r.value, r.expires_s, now));
  return kv::SetResponse{std::move(r.value)};
}
template <class Request>
Result<kv::DelResponse> del(MemoryStore& store, Request& r, Time /*now*/) {
  store.remove(r.key);
  return kv::DelResponse{std::move(r.key)};
}
Result<kv::RangeResponse> range(MemoryStore& store, kv::RangeRequest& r, Time now) {
  WASCC_TRY(auto values, store.range(r.key, r.start, r.stop, now));
  return kv::RangeResponse{std::move(values)};
}
Result<kv::ListResponse> push(MemoryStore& store, kv::PushRequest& r, Time now) {
  WASCC_TRY(const std::int32_t count, store.push(r.key, std::move(r.value), now));
  return kv::ListResponse{count};
}
Result<kv::ListResponse> list_remove(MemoryStore& store, kv::ListItemDeleteRequest& r, Time now) {
  WASCC_TRY(const std::int32_t count, store.list_remove(r.key, r.value, now));
  return kv::ListResponse{count};
}
Result<kv::SetOperationResponse> set_add(MemoryStore& store, kv::SetAddRequest& r, Time now) {
  WASCC_TRY(const std::int32_t count, store.set_add(r.key, std::move(r.value), now));
  return kv::SetOperationResponse{count};
}
Result<kv::SetOperationResponse> set_remove(MemoryStore& store, kv::SetRemoveRequest& r, Time now) {
  WASCC_TRY(const std::int32_t count, store.set_remove(r.key, r.value, now));
  return kv::SetOperationResponse{count};
}
Result<kv::SetQueryResponse> set_union(MemoryStore& store, kv::SetCombineRequest& r, Time now) {
  WASCC_TRY(auto values, store.set_union(r.keys, now));
  return kv::SetQueryResponse{std::move(values)};
}
Result<kv::SetQueryResponse> intersection(MemoryStore& store, kv::SetCombineRequest& r, Time now) {
  WASCC_TRY(auto values, store.set_intersection(r.keys, now));
  return kv::SetQueryResponse{std::move(values)};
}
Result<kv::SetQueryResponse> members(MemoryStore& store, kv::SetQueryRequest& r, Time now) {
  WASCC_TRY(auto values, store.members(r.key, now));
  return kv::SetQueryResponse{std::move(values)};
}
Result<kv::GetResponse> exists(MemoryStore& store, kv::KeyExistsRequest& r, Time now) {
  return kv::GetResponse{"", store.exists(r.key, now)};
}

struct Row {
  std::string_view operation;
  Result<Bytes> (*run)(MemoryStore& store, ByteView payload, Time now);
};

constexpr Row kOperations[] = {
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

MemoryKeyValueProvider::~MemoryKeyValueProvider() = default;

CapabilityDescriptor MemoryKeyValueProvider::descriptor() const {
  CapabilityDescriptor descriptor =
      describe(kKeyValue, "waSCC Key-Value (In Memory)", "Values, lists and sets in memory.", {});
  for (const Row& row : kOperations)
    descriptor.supported_operations.push_back(
        {std::string(row.operation), Direction::kToProvider, ""});
  return descriptor;
}

Status MemoryKeyValueProvider::bind(const CapabilityConfiguration& configuration) {
  const auto url = std::ranges::find(configuration.values, "URL", &StringMap::value_type::first);
  const std::string name = url == configuration.values.end() ? "" : url->second;
  stores_.with([&](Stores& stores) {
    StorePtr& store = stores.by_url[name];
    if (!store) store = std::make_shared<Guarded<MemoryStore>>(MemoryStore(options_.store_bytes));
    stores.by_actor[configuration.module] = store;
  });
  return {};
}

Status MemoryKeyValueProvider::unbind(std::string_view actor) {
  stores_.with([&](Stores& stores) {
    if (const auto found = stores.by_actor.find(actor); found != stores.by_actor.end())
      stores.by_actor.erase(found);
  });
  return {};
}

Result<Bytes> MemoryKeyValueProvider::handle_call(const ProviderCall& call) {
  const Row* row = std::ranges::find(kOperations, call.operation, &Row::operation);
  if (row == std::end(kOperations)) return bad_dispatch();
  const StorePtr store = stores_.with([&](const Stores& stores) {
    const auto found = stores.by_actor.find(call.actor);
    return found == stores.by_actor.end() ? nullptr : found->second;
  });
  if (!store) return Error(Errc::kNotFound, "No client for this actor. Did the host configure it?");
  const Time now = clock_.steady_now();
  return store->with([&](MemoryStore& data) { return row->run(data, call.payload, now); });
}

}  // namespace wascc::providers
