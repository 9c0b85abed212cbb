// Strings, lists and sets under keys, with the semantics of the Redis commands that key-value
// actors reach. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "wascc/deadline.h"
#include "wascc/result.h"

namespace wascc::providers {

// Every function gets the time, by which keys that have expired are gone. Errors bear the texts of
// Redis; kTooLarge beyond the store's bound, and then nothing has changed.
class MemoryStore {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Strings = std::vector<std::string>;

  explicit MemoryStore(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  Result<std::int32_t> add(const std::string& key, std::int32_t value, Time now);  // INCRBY
  // GET, but nothing where the key holds no string.
  std::optional<std::string> get(const std::string& key, Time now);
  Status set(const std::string& key, std::string value, std::int32_t expires_s,
             Time now);                           // SET EX
  void remove(const std::string& key);            // DEL
  bool exists(const std::string& key, Time now);  // EXISTS

  Result<std::int32_t> push(const std::string& key, std::string value, Time now);  // LPUSH
  Result<Strings> range(const std::string& key, std::int64_t start, std::int64_t stop,
                        Time now);  // LRANGE
  // LREM 0: how many were removed.
  Result<std::int32_t> list_remove(const std::string& key, const std::string& value, Time now);

  // SADD, SREM: how many changed.
  Result<std::int32_t> set_add(const std::string& key, std::string value, Time now);
  Result<std::int32_t> set_remove(const std::string& key, const std::string& value, Time now);
  Result<Strings> members(const std::string& key, Time now);        // SMEMBERS
  Result<Strings> set_union(const Strings& keys, Time now);         // SUNION
  Result<Strings> set_intersection(const Strings& keys, Time now);  // SINTER

  std::size_t bytes() const { return bytes_; }

 private:
  using List = std::deque<std::string>;
  using Set = std::set<std::string>;
  struct Item {
    std::variant<std::string, List, Set> value;
    std::optional<Time> expires;
  };
  using Items = std::map<std::string, Item>;

  Item* find(const std::string& key, Time now);
  // What the key holds, nullptr if there is no such key.
  template <class T>
  Result<T*> find_as(const std::string& key, Time now);
  void erase(Items::iterator item);
  Status make_room(std::size_t more, Time now);

  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  Items items_;
};

}  // namespace wascc::providers
