// A host in this process, for the commands that run actors: the same wiring as in Lambda, without
// Lambda.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "engine/engine.h"
#include "lambda/event_handler.h"
#include "lambda/provider.h"
#include "manifest/expand.h"
#include "runtime/assembly.h"
#include "wascc/host.h"
#include "wascc/result.h"

namespace wascc::cli {

// A variable of this process's environment.
std::optional<std::string> variable(std::string_view name);

// Used by one thread.
class LocalHost {
 public:
  // Everything that the deployment names is loaded and bound. On stderr appears what actors log,
  // and what RUST_LOG asks for.
  static Result<std::unique_ptr<LocalHost>> start(const runtime::Deployment& deployment,
                                                  runtime::Front front);

  Host& host() { return *host_; }
  const Log& log() const { return log_; }
  // Serves events as the poll loop does.
  const lambda::EventHandler& events() const { return *events_; }

 private:
  LocalHost();

  const SystemClock clock_;
  StreamSink sink_;
  const Log log_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<Host> host_;  // owns the providers that events_ speaks to
  std::optional<lambda::EventHandler> events_;
};

}  // namespace wascc::cli
