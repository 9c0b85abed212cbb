// Registers this process as an internal extension without events. Lambda sends SIGTERM before it
// ends an environment only if there is an extension; this is all it is for
// (docs/formats/runtime-api.md, "Shutdown"). Whoever does not want it makes no object.
#pragma once

#include <string>
#include <thread>

#include "base/log.h"
#include "lambda/runtime_client.h"
#include "net/http_client.h"

namespace wascc::lambda {

struct ExtensionOptions {
  std::string name = "wascc";  // unique among the extensions of an environment
  Sleep sleep = sleep_for;
};

// Works on a thread and a connection of its own from construction to destruction. A failure is one
// warning; nothing else depends on it.
class InternalExtension {
 public:
  InternalExtension(net::HttpAddress address, const Log& log, ExtensionOptions options = {});
  // Ends the waiting call.
  ~InternalExtension();
  InternalExtension(const InternalExtension&) = delete;
  InternalExtension& operator=(const InternalExtension&) = delete;

 private:
  void run();
  Status register_self();
  Status wait_for_events();

  const Log log_;
  const ExtensionOptions options_;
  net::HttpClient http_;
  std::string identifier_;
  std::thread thread_;
};

}  // namespace wascc::lambda
