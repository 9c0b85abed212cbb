#include "redis/reply.h"

#include "base/encoding.h"

namespace wascc::redis {

Result<std::string> text_of(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_STRING && reply.type != REDIS_REPLY_STATUS)
    return Error(Errc::kProvider, "Redis answered with something else than a text");
  std::string text(reply.str, reply.len);
  if (!is_utf8(text)) return Error(Errc::kProvider, "Redis holds a value here that is not UTF-8");
  return text;
}

}  // namespace wascc::redis
