// wascc:eventstreams on Redis streams.
#pragma once

#include "redis/provider.h"
#include "system_clock.h"

namespace wascc::redis {

class RedisEventStreams final : public RedisProvider {
 public:
  explicit RedisEventStreams(const Clock& clock = system_clock());
};

}  // namespace wascc::redis
