// NATS as one binding reaches it: a connection that is checked after it was idle, and replaced
// where it is beyond repair. Any thread.
#pragma once

#include <chrono>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "base/guarded.h"
#include "nats/connection.h"
#include "nats/settings.h"
#include "wascc/result.h"

namespace wascc::nats {

class Client {
 public:
  // Connects. Messages are dropped until `admit`. The clock outlives the client.
  static Result<std::shared_ptr<Client>> open(Settings settings, Listener listener,
                                              const Clock& clock);

  // From now on messages are delivered.
  void admit();
  // Once it has returned no delivery starts, and none is in progress but one that called this.
  void close();
  // For the next call; kUnavailable once closed.
  Result<std::shared_ptr<Connection>> connection();

 private:
  struct State {
    std::shared_ptr<Connection> connection;  // and of the calls that use it
    std::chrono::steady_clock::time_point used;
    std::chrono::system_clock::time_point used_by_wall_clock;
    bool over = false;
  };

  Client(Settings settings, Listener listener, const Clock& clock)
      : settings_(std::move(settings)), listener_(std::move(listener)), clock_(clock) {}

  const Settings settings_;
  const Listener listener_;
  const Clock& clock_;
  Guarded<State> state_;
};

}  // namespace wascc::nats
