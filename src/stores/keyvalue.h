// wascc:keyvalue over any store (docs/providers.md, "Key-value").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stores/store_provider.h"
#include "wascc/deadline.h"
#include "wascc/result.h"

namespace wascc::stores {

// Values, lists and sets under keys, as Redis has them; each function is the command beside it, and
// its errors bear Redis's texts. Any thread.
class KeyValueStore {
 public:
  using Strings = std::vector<std::string>;

  virtual ~KeyValueStore() = default;

  // INCRBY, whose sum fits 32 bits.
  virtual Result<std::int32_t> add(const std::string& key, std::int32_t value, Deadline at) = 0;
  // GET, but nothing where the key holds no text.
  virtual Result<std::optional<std::string>> get(const std::string& key, Deadline at) = 0;
  // SET; with EX unless it is 0.
  virtual Status set(const std::string& key, const std::string& value, std::int32_t expires_s,
                     Deadline at) = 0;
  virtual Status remove(const std::string& key, Deadline at) = 0;        // DEL
  virtual Result<bool> exists(const std::string& key, Deadline at) = 0;  // EXISTS

  // LPUSH: how many there are.
  virtual Result<std::int32_t> push(const std::string& key, const std::string& value,
                                    Deadline at) = 0;
  virtual Result<Strings> range(const std::string& key, std::int32_t start, std::int32_t stop,
                                Deadline at) = 0;  // LRANGE
  // LREM 0: how many were removed.
  virtual Result<std::int32_t> list_remove(const std::string& key, const std::string& value,
                                           Deadline at) = 0;

  // SADD, SREM: how many changed.
  virtual Result<std::int32_t> set_add(const std::string& key, const std::string& value,
                                       Deadline at) = 0;
  virtual Result<std::int32_t> set_remove(const std::string& key, const std::string& value,
                                          Deadline at) = 0;
  virtual Result<Strings> members(const std::string& key, Deadline at) = 0;  // SMEMBERS
  // SUNION, SINTER; of no keys at all nothing.
  virtual Result<Strings> set_union(const Strings& keys, Deadline at) = 0;
  virtual Result<Strings> set_intersection(const Strings& keys, Deadline at) = 0;
};

class KeyValueProvider : public StoreProvider<KeyValueStore> {
 protected:
  KeyValueProvider(std::string name, std::string text);
};

}  // namespace wascc::stores
