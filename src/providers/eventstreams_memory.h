// wascc:eventstreams in memory: what Redis streams answer, without Redis, for as long as the
// process lives (docs/providers.md, "Event streams").
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/guarded.h"
#include "wascc/provider.h"

namespace wascc::providers {

class MemoryStreams;

struct MemoryEventStreamsOptions {
  // Of all streams of one store; an event that would go beyond it is refused, for nothing that was
  // acknowledged is dropped.
  std::size_t store_bytes = std::size_t{64} << 20;
};

// Actors whose bindings have the same URL, or none, share one store. A store outlives its bindings.
// Any thread.
class MemoryEventStreamsProvider final : public Provider {
 public:
  // The clock outlives the provider.
  explicit MemoryEventStreamsProvider(const Clock& clock, MemoryEventStreamsOptions options = {})
      : clock_(clock), options_(options) {}
  ~MemoryEventStreamsProvider() override;

  CapabilityDescriptor descriptor() const override;
  Status start(Dispatcher& /*dispatcher*/) override { return {}; }
  Status bind(const CapabilityConfiguration& configuration) override;
  Status unbind(std::string_view actor) override;
  Result<Bytes> handle_call(const ProviderCall& call) override;
  void stop() override {}

 private:
  using StorePtr = std::shared_ptr<Guarded<MemoryStreams>>;  // of the stores and of its bindings
  struct Stores {
    std::map<std::string, StorePtr, std::less<>> by_url;
    std::map<std::string, StorePtr, std::less<>> by_actor;
  };

  const Clock& clock_;
  const MemoryEventStreamsOptions options_;
  Guarded<Stores> stores_;
};

}  // namespace wascc::providers
