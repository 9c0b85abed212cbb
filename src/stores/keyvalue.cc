#include "stores/keyvalue.h"

#include <utility>

#include "wascc/messages/keyvalue.h"

namespace wascc::stores {
namespace {

namespace kv = keyvalue;
using Store = KeyValueStore;

Result<kv::AddResponse> add(Store& store, kv::AddRequest& r, Deadline at) {
  WASCC_TRY(const std::int32_t value, store.add(r.key, r.value, at));
  return kv::AddResponse{value};
}
Result<kv::GetResponse> get(Store& store, kv::GetRequest& r, Deadline at) {
  WASCC_TRY(std::optional<std::string> value, store.get(r.key, at));
  return value ? kv::GetResponse{*std::move(value), true} : kv::GetResponse{};
}
Result<kv::SetResponse> set(Store& store, kv::SetRequest& r, Deadline at) {
  WASCC_CHECK(store.set(r.key, r.value, r.expires_s, at));
  return kv::SetResponse{std::move(r.value)};
}
template <class Request>
Result<kv::DelResponse> del(Store& store, Request& r, Deadline at) {
  WASCC_CHECK(store.remove(r.key, at));
  return kv::DelResponse{std::move(r.key)};
}
Result<kv::RangeResponse> range(Store& store, kv::RangeRequest& r, Deadline at) {
  WASCC_TRY(auto values, store.range(r.key, r.start, r.stop, at));
  return kv::RangeResponse{std::move(values)};
}
Result<kv::ListResponse> push(Store& store, kv::PushRequest& r, Deadline at) {
  WASCC_TRY(const std::int32_t count, store.push(r.key, r.value, at));
  return kv::ListResponse{count};
}
Result<kv::ListResponse> list_remove(Store& store, kv::ListItemDeleteRequest& r, Deadline at) {
  WASCC_TRY(const std::int32_t count, store.list_remove(r.key, r.value, at));
  return kv::ListResponse{count};
}
Result<kv::SetOperationResponse> set_add(Store& store, kv::SetAddRequest& r, Deadline at) {
  WASCC_TRY(const std::int32_t count, store.set_add(r.key, r.value, at));
  return kv::SetOperationResponse{count};
}
Result<kv::SetOperationResponse> set_remove(Store& store, kv::SetRemoveRequest& r, Deadline at) {
  WASCC_TRY(const std::int32_t count, store.set_remove(r.key, r.value, at));
  return kv::SetOperationResponse{count};
}
Result<kv::SetQueryResponse> set_union(Store& store, kv::SetCombineRequest& r, Deadline at) {
  WASCC_TRY(auto values, store.set_union(r.keys, at));
  return kv::SetQueryResponse{std::move(values)};
}
Result<kv::SetQueryResponse> intersection(Store& store, kv::SetCombineRequest& r, Deadline at) {
  WASCC_TRY(auto values, store.set_intersection(r.keys, at));
  return kv::SetQueryResponse{std::move(values)};
}
Result<kv::SetQueryResponse> members(Store& store, kv::SetQueryRequest& r, Deadline at) {
  WASCC_TRY(auto values, store.members(r.key, at));
  return kv::SetQueryResponse{std::move(values)};
}
Result<kv::GetResponse> exists(Store& store, kv::KeyExistsRequest& r, Deadline at) {
  WASCC_TRY(const bool there, store.exists(r.key, at));
  return kv::GetResponse{"", there};
}

constexpr Operation<Store> kOperations[] = {
    {kv::kOpAdd, run<Store, kv::AddRequest, add>},
    {kv::kOpGet, run<Store, kv::GetRequest, get>},
    {kv::kOpSet, run<Store, kv::SetRequest, set>},
    {kv::kOpDel, run<Store, kv::DelRequest, del<kv::DelRequest>>},
    {kv::kOpClear, run<Store, kv::ClearRequest, del<kv::ClearRequest>>},
    {kv::kOpRange, run<Store, kv::RangeRequest, range>},
    {kv::kOpPush, run<Store, kv::PushRequest, push>},
    {kv::kOpListItemDelete, run<Store, kv::ListItemDeleteRequest, list_remove>},
    {kv::kOpSetAdd, run<Store, kv::SetAddRequest, set_add>},
    {kv::kOpSetRemove, run<Store, kv::SetRemoveRequest, set_remove>},
    {kv::kOpSetUnion, run<Store, kv::SetCombineRequest, set_union>},
    {kv::kOpSetIntersection, run<Store, kv::SetCombineRequest, intersection>},
    {kv::kOpSetQuery, run<Store, kv::SetQueryRequest, members>},
    {kv::kOpKeyExists, run<Store, kv::KeyExistsRequest, exists>},
};

}  // namespace

KeyValueProvider::KeyValueProvider(std::string name, std::string text)
    : StoreProvider({std::string(kKeyValue), std::move(name), "1.0.0", 0, std::move(text), {}},
                    kOperations) {}

}  // namespace wascc::stores
