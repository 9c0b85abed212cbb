#include "redis/keyvalue.h"
#include "wascc/provider.hpp"

WASCC_PROVIDER(wascc::redis::RedisKeyValue);
