// Registers this process as an internal extension without events. Lambda sends SIGTERM before it
// ends an environment only if there is an extension; this is all it is for
// (docs/formats/runtime-api.md, "Shutdown"). Whoever does not want it makes no object.
#pragma once

#include <string>
#include <string_view>

#include "base/log.h"
#include "lambda/runtime_api.h"
#include "net/http_client.h"
#include "wascc/result.h"

namespace wascc::lambda {

// Registers while the process starts, and then asks for events that never come: that call is made
// and its answer never read, so nobody has to wait for it. A failure is one warning; nothing else
// depends on it.
class InternalExtension {
 public:
  // Asks to be registered and does not wait for the answer. `start` is the connection of the first
  // worker, which has nothing to ask yet; `name` is unique among the extensions of an environment.
  InternalExtension(net::HttpClient& start, const Log& log, std::string_view name = "wascc");
  // Takes the answer. To be called before the first GET next, with which Lambda ends registration.
  void take_answer();
  // Asks for events, on a connection of its own that is open as long as this object lives. Lambda
  // delivers no event to a worker before.
  void wait_for_events();

 private:
  Status take_identifier();
  void warn(const Error& why) const;

  const Log log_;
  net::HttpClient& start_;
  Status asked_;
  std::string identifier_;  // empty: not registered
  net::HttpClient events_;
};

}  // namespace wascc::lambda
