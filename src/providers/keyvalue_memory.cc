#include "providers/keyvalue_memory.h"

#include <algorithm>
#include <optional>

#include "providers/memory_store.h"

namespace wascc::providers {
namespace {

// A MemoryStore for any thread, at the time of a clock.
class GuardedStore final : public stores::KeyValueStore {
  template <class Function>
  auto with(Function&& function) {
    const MemoryStore::Time now = clock_.steady_now();
    return store_.with([&](MemoryStore& store) { return function(store, now); });
  }

 public:
  GuardedStore(const Clock& clock, std::size_t max_bytes)
      : clock_(clock), store_(MemoryStore(max_bytes)) {}

  Result<std::int32_t> add(const std::string& key, std::int32_t value, Deadline) override {
    return with([&](auto& store, auto now) { return store.add(key, value, now); });
  }
  Result<std::optional<std::string>> get(const std::string& key, Deadline) override {
    return with([&](auto& store, auto now) { return store.get(key, now); });
  }
  Status set(const std::string& key, const std::string& value, std::int32_t expires_s,
             Deadline) override {
    return with([&](auto& store, auto now) { return store.set(key, value, expires_s, now); });
  }
  Status remove(const std::string& key, Deadline) override {
    with([&](auto& store, auto) { store.remove(key); });
    return {};
  }
  Result<bool> exists(const std::string& key, Deadline) override {
    return with([&](auto& store, auto now) { return store.exists(key, now); });
  }
  Result<std::int32_t> push(const std::string& key, const std::string& value, Deadline) override {
    return with([&](auto& store, auto now) { return store.push(key, value, now); });
  }
  Result<Strings> range(const std::string& key, std::int32_t start, std::int32_t stop,
                        Deadline) override {
    return with([&](auto& store, auto now) { return store.range(key, start, stop, now); });
  }
  Result<std::int32_t> list_remove(const std::string& key, const std::string& value,
                                   Deadline) override {
    return with([&](auto& store, auto now) { return store.list_remove(key, value, now); });
  }
  Result<std::int32_t> set_add(const std::string& key, const std::string& value,
                               Deadline) override {
    return with([&](auto& store, auto now) { return store.set_add(key, value, now); });
  }
  Result<std::int32_t> set_remove(const std::string& key, const std::string& value,
                                  Deadline) override {
    return with([&](auto& store, auto now) { return store.set_remove(key, value, now); });
  }
  Result<Strings> members(const std::string& key, Deadline) override {
    return with([&](auto& store, auto now) { return store.members(key, now); });
  }
  Result<Strings> set_union(const Strings& keys, Deadline) override {
    return with([&](auto& store, auto now) { return store.set_union(keys, now); });
  }
  Result<Strings> set_intersection(const Strings& keys, Deadline) override {
    return with([&](auto& store, auto now) { return store.set_intersection(keys, now); });
  }

 private:
  const Clock& clock_;
  Guarded<MemoryStore> store_;
};

}  // namespace

MemoryKeyValueProvider::MemoryKeyValueProvider(const Clock& clock, MemoryKeyValueOptions options)
    : KeyValueProvider("waSCC Key-Value (In Memory)", "Values, lists and sets in memory."),
      clock_(clock),
      options_(options) {}

Result<std::shared_ptr<stores::KeyValueStore>> MemoryKeyValueProvider::open(
    const CapabilityConfiguration& configuration) {
  const auto url = std::ranges::find(configuration.values, "URL", &StringMap::value_type::first);
  const std::string name = url == configuration.values.end() ? "" : url->second;
  return by_url_.with([&](auto& by_url) {
    StorePtr& store = by_url[name];
    if (!store) store = std::make_shared<GuardedStore>(clock_, options_.store_bytes);
    return store;
  });
}

}  // namespace wascc::providers
