// A Redis server as one binding reaches it: connections that are kept, checked before use and
// opened again when they broke. Any thread; calls at the same time use different connections.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "redis/connection.h"
#include "redis/settings.h"
#include "wascc/deadline.h"
#include "wascc/result.h"

namespace wascc::redis {

// Whether a command may be sent a second time when it is not known if the first one arrived.
enum class Repeat : bool { kNever, kOnce };

class Client {
 public:
  // Reads the file of trusted certificates, but does not connect: the first command does. The clock
  // outlives the client.
  static Result<std::shared_ptr<Client>> make(Settings settings, const Clock& clock);
  Client(Settings settings, TlsHandle tls, const Clock& clock);

  // The reply, which is no error: those of the server become kProvider with its own text. kTimeout,
  // kUnavailable and kDenied where there is no reply.
  Result<ReplyHandle> command(Command command, Deadline deadline, Repeat repeat);

 private:
  struct Idle {
    Connection connection;
    std::chrono::steady_clock::time_point since;
    std::chrono::system_clock::time_point since_by_wall_clock;
  };

  Result<Connection> open(Deadline deadline);
  // The kept connection that was used last and is still good, or a new one.
  Result<Connection> take(Deadline deadline);
  void keep(Connection connection);
  Error explain(const Error& error, std::chrono::milliseconds limit) const;

  const Settings settings_;
  const TlsHandle tls_;
  const Clock& clock_;
  Guarded<std::vector<Idle>> idle_;
};

}  // namespace wascc::redis
