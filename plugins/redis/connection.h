// One connection to a Redis server, and the replies that come over it. One thread at a time. After
// an error it must not be used again: a late reply would be taken for the next one.
#pragma once

#include <hiredis/hiredis.h>
#include <hiredis/hiredis_ssl.h>

#include <memory>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "redis/settings.h"
#include "wascc/deadline.h"
#include "wascc/result.h"

namespace wascc::redis {

template <class T, auto Delete>
struct Deleter {
  void operator()(T* raw) const noexcept { Delete(raw); }
};
using ReplyHandle = std::unique_ptr<redisReply, Deleter<redisReply, freeReplyObject>>;
using ContextHandle = std::unique_ptr<redisContext, Deleter<redisContext, redisFree>>;
using TlsHandle = std::unique_ptr<redisSSLContext, Deleter<redisSSLContext, redisFreeSSLContext>>;

using Command = std::span<const std::string_view>;  // its name and arguments

// What the server needs to be trusted with TLS; nullptr without. Any number of threads may use it.
Result<TlsHandle> make_tls(const Settings& settings);

class Connection {
 public:
  // Connects, and says who we are. kUnavailable; kTimeout; kDenied where the server refuses us.
  static Result<Connection> open(const Settings& settings, redisSSLContext* tls, const Clock& clock,
                                 Deadline deadline);

  // False if the server has closed it, or said what nobody asked: its replies cannot be trusted.
  bool usable() const;

  // The reply, of any kind, an error of the server's included. kUnavailable if the connection broke
  // before it was whole; kTimeout; kTooLarge.
  Result<ReplyHandle> command(Command command, Deadline deadline);

 private:
  Connection(ContextHandle context, const Clock& clock)
      : context_(std::move(context)), clock_(&clock) {}

  // Lets the next read and write wait until then at most; kTimeout if that has passed.
  Status allow_until(Deadline deadline);
  Error broken() const;

  ContextHandle context_;
  const Clock* clock_;
};

}  // namespace wascc::redis
