// What a reply says. Pure functions.
#pragma once

#include <string>

#include "redis/connection.h"
#include "wascc/result.h"

namespace wascc::redis {

// A text of a reply. kProvider if it is none, or not UTF-8, which no actor could read.
Result<std::string> text_of(const redisReply& reply);

}  // namespace wascc::redis
