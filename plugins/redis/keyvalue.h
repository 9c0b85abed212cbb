// wascc:keyvalue on Redis.
#pragma once

#include <memory>

#include "base/clock.h"
#include "stores/keyvalue.h"
#include "system_clock.h"

namespace wascc::redis {

class RedisKeyValue final : public stores::KeyValueProvider {
 public:
  // The clock outlives the provider.
  explicit RedisKeyValue(const Clock& clock = system_clock());

 protected:
  Result<std::shared_ptr<stores::KeyValueStore>> open(
      const CapabilityConfiguration& configuration) override;

 private:
  const Clock& clock_;
};

}  // namespace wascc::redis
