// Registers this process as an internal extension without events. Lambda sends SIGTERM before it
// ends an environment only if there is an extension; this is all it is for
// (docs/formats/runtime-api.md, "Shutdown"). Whoever does not want it makes no object.
#pragma once

#include <chrono>
#include <string>

#include "base/log.h"
#include "lambda/runtime_api.h"
#include "net/http_client.h"
#include "wascc/result.h"

namespace wascc::lambda {

// On a connection of its own, from construction to destruction. Registers while the process starts,
// and then asks for events that never come: that call is made and its answer never read, so nobody
// has to wait for it. A failure is one warning; nothing else depends on it.
class InternalExtension {
 public:
  // Asks to be registered and does not wait for the answer. `name` is unique among the extensions
  // of an environment; `standstill` is how long the registration may make no progress.
  InternalExtension(net::HttpAddress address, const Log& log, std::string_view name = "wascc",
                    std::chrono::milliseconds standstill = kPostStandstill);
  // Takes the answer and asks for events. To be called before the first GET next: Lambda delivers
  // no event before every extension asks for its own.
  void wait_for_events();

 private:
  Status registered();

  const Log log_;
  net::HttpClient http_;
  Status asked_;
};

}  // namespace wascc::lambda
