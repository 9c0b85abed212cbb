// Which provider serves an actor's capability, configured how. Any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/guarded.h"
#include "host/provider_slot.h"
#include "wascc/host.h"

namespace wascc::host {

// A capability is named by its wascc: id, whichever name a caller used.
struct BindingKey {
  std::string_view actor;
  std::string_view capability;
  std::string_view name;
};

class Bindings {
 public:
  struct Entry {
    Binding record;
    ProviderPtr provider;
  };

  // Makes or replaces the binding; answers what was there before.
  std::optional<Entry> put(const BindingKey& key, Entry entry);
  std::optional<Entry> remove(const BindingKey& key);

  ProviderPtr find(const BindingKey& key) const;  // nullptr if there is none
  std::optional<Entry> entry(const BindingKey& key) const;
  std::vector<Entry> all() const;  // by actor, capability and name

 private:
  using Names = std::tuple<std::string, std::string, std::string>;
  using Views = std::tuple<std::string_view, std::string_view, std::string_view>;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const Views& names) const {
      const auto& [actor, capability, name] = names;
      const std::hash<std::string_view> hash;
      return (hash(actor) * 31 + hash(capability)) * 31 + hash(name);
    }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Views& a, const Views& b) const { return a == b; }
  };
  static Views views(const BindingKey& key) { return {key.actor, key.capability, key.name}; }

  // A call takes as long with a thousand bindings as with one.
  Guarded<std::unordered_map<Names, Entry, Hash, Equal>> table_;
};

}  // namespace wascc::host
