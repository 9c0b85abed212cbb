#include "redis/eventstreams.h"
#include "wascc/provider.hpp"

WASCC_PROVIDER(wascc::redis::RedisEventStreams);
