// One connection to NATS, with the subscriptions of its binding. It reconnects by itself. Any
// thread.
#pragma once

#include <nats/nats.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nats/settings.h"
#include "wascc/bytes.h"
#include "wascc/deadline.h"
#include "wascc/result.h"

namespace wascc::nats {

template <class T, auto Delete>
struct Deleter {
  void operator()(T* raw) const noexcept { Delete(raw); }
};
using ConnectionHandle =
    std::unique_ptr<natsConnection, Deleter<natsConnection, natsConnection_Destroy>>;
using SubscriptionHandle =
    std::unique_ptr<natsSubscription, Deleter<natsSubscription, natsSubscription_Destroy>>;

// A message as it came in. Borrowed for the call.
struct Message {
  std::string_view subject, reply_to;
  ByteView body;
};

// Whom a connection tells, on threads of the library's. The functions do not throw.
struct Listener {
  std::function<void(const Message&)> deliver;     // one at a time for each subscription
  std::function<void(std::string_view)> complain;  // of what a person may want to know
};

struct Shared;  // connection.cc

class Connection {
 public:
  // Connects and subscribes, and drops messages until `admit`. kUnavailable, kTimeout, kInvalid.
  static Result<std::shared_ptr<Connection>> open(const Settings& settings, Listener listener);
  ~Connection() { close(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // From now on messages are delivered, unless it was closed.
  void admit();
  // Once it has returned no delivery starts, and none is in progress but one that called this.
  void close();

  bool closed() const;
  // Whether the server answers in time.
  bool answers(std::chrono::milliseconds limit);
  // Returns when the server has the message. Waits for a connection that is being made again.
  Status publish(const std::string& subject, const std::string& reply_to, ByteView body,
                 Deadline deadline);
  Result<Bytes> request(const std::string& subject, ByteView body, Deadline deadline);

 private:
  explicit Connection(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  Status subscribe(const std::string& subject);
  Status wait_until_connected(Deadline deadline) const;

  const std::shared_ptr<Shared> shared_;  // of this and of what the library may still call
  ConnectionHandle connection_;
  std::vector<SubscriptionHandle> subscriptions_;
};

}  // namespace wascc::nats
