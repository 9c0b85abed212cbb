#include "base/incoming_trace.h"

#include <utility>

namespace wascc {
namespace {

constinit thread_local const IncomingTrace* innermost = nullptr;

}  // namespace

IncomingTraceScope::IncomingTraceScope(IncomingTrace trace)
    : trace_(std::move(trace)), outer_(innermost) {
  innermost = &trace_;
}

IncomingTraceScope::~IncomingTraceScope() { innermost = outer_; }

const IncomingTrace* IncomingTraceScope::current() { return innermost; }

}  // namespace wascc
