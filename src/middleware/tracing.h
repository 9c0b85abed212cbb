// One span for each call, as a log line, and the trace's headers in what actors get and send over
// HTTP (docs/middleware.md, "Tracing"). Any thread.
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "wascc/middleware.h"

namespace wascc::middleware {

class Tracing final : public Middleware {
 public:
  // The clock outlives it.
  Tracing(const Clock& clock, const Log& log) : clock_(clock), log_(log.target("trace")) {}

  Outcome around(const Invocation& call, Next& next) override;

 private:
  const Clock& clock_;
  const Log log_;
};

}  // namespace wascc::middleware
