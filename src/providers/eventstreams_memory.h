// wascc:eventstreams in memory: what Redis streams answer, without Redis, for as long as the
// process lives (docs/providers.md, "Event streams").
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/guarded.h"
#include "stores/eventstreams.h"

namespace wascc::providers {

struct MemoryEventStreamsOptions {
  // Of all streams of one store; an event that would go beyond it is refused, for nothing that was
  // acknowledged is dropped.
  std::size_t store_bytes = std::size_t{64} << 20;
};

// Actors whose bindings have the same URL, or none, share one store. A store outlives its bindings.
// Any thread.
class MemoryEventStreamsProvider final : public stores::EventStreamsProvider {
 public:
  // The clock outlives the provider.
  explicit MemoryEventStreamsProvider(const Clock& clock, MemoryEventStreamsOptions options = {});

 protected:
  Result<std::shared_ptr<stores::EventStreamsStore>> open(
      const CapabilityConfiguration& configuration) override;

 private:
  using StorePtr = std::shared_ptr<stores::EventStreamsStore>;  // the provider's, and its bindings'

  const Clock& clock_;
  const MemoryEventStreamsOptions options_;
  Guarded<std::map<std::string, StorePtr>> by_url_;
};

}  // namespace wascc::providers
