// wascc:keyvalue in memory: what Redis answers, without Redis, for as long as the process lives
// (docs/providers.md, "Key-value").
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/guarded.h"
#include "stores/keyvalue.h"

namespace wascc::providers {

struct MemoryKeyValueOptions {
  // Of all keys and values of one store; what would go beyond it is refused.
  std::size_t store_bytes = std::size_t{64} << 20;
};

// Actors whose bindings have the same URL, or none, share one store. A store outlives its bindings.
// Any thread.
class MemoryKeyValueProvider final : public stores::KeyValueProvider {
 public:
  // The clock outlives the provider.
  explicit MemoryKeyValueProvider(const Clock& clock, MemoryKeyValueOptions options = {});

 protected:
  Result<std::shared_ptr<stores::KeyValueStore>> open(
      const CapabilityConfiguration& configuration) override;

 private:
  using StorePtr = std::shared_ptr<stores::KeyValueStore>;  // the provider's, and its bindings'

  const Clock& clock_;
  const MemoryKeyValueOptions options_;
  Guarded<std::map<std::string, StorePtr>> by_url_;
};

}  // namespace wascc::providers
