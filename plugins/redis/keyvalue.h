// wascc:keyvalue on Redis.
#pragma once

#include "redis/provider.h"
#include "system_clock.h"

namespace wascc::redis {

class RedisKeyValue final : public RedisProvider {
 public:
  explicit RedisKeyValue(const Clock& clock = system_clock());
};

}  // namespace wascc::redis
