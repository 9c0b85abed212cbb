// wascc:eventstreams on Redis streams.
#pragma once

#include <memory>

#include "base/clock.h"
#include "stores/eventstreams.h"
#include "system_clock.h"

namespace wascc::redis {

class RedisEventStreams final : public stores::EventStreamsProvider {
 public:
  // The clock outlives the provider.
  explicit RedisEventStreams(const Clock& clock = system_clock());

 protected:
  Result<std::shared_ptr<stores::EventStreamsStore>> open(
      const CapabilityConfiguration& configuration) override;

 private:
  const Clock& clock_;
};

}  // namespace wascc::redis
