// What whoever sent the event that this thread works on said of its trace (docs/middleware.md,
// "Tracing"). Set where events come in, read by the middleware. No text in it is trusted.
#pragma once

#include <string>

namespace wascc {

struct IncomingTrace {
  std::string traceparent, tracestate;  // W3C; empty: not sent
  std::string xray;  // X-Amzn-Trace-Id, "Root=…;Parent=…;Sampled=1"; likewise
};

// While it lives, the trace is this thread's. Ends in the opposite order of its making.
class IncomingTraceScope {
 public:
  explicit IncomingTraceScope(IncomingTrace trace);
  ~IncomingTraceScope();
  IncomingTraceScope(const IncomingTraceScope&) = delete;
  IncomingTraceScope& operator=(const IncomingTraceScope&) = delete;

  // Of the innermost scope on this thread; nullptr if there is none.
  static const IncomingTrace* current();

 private:
  const IncomingTrace trace_;
  const IncomingTrace* const outer_;
};

}  // namespace wascc
