// One event as the Runtime API delivers it, and the three calls that a worker makes about it. The
// interface stands between worker and network, so that each is tested without the other.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wascc/bytes.h"
#include "wascc/deadline.h"
#include "wascc/result.h"

namespace wascc::lambda {

// A plain value; docs/formats/runtime-api.md says where each member comes from. Members that the
// API left out or sent empty are empty.
struct Invocation {
  std::string request_id;  // never empty
  Bytes event;             // byte for byte as the caller sent it
  // When the platform gives up: on our monotonic clock, and in milliseconds since 1970 as sent.
  // kNoDeadline and 0 where the value makes no sense.
  Deadline deadline = kNoDeadline;
  std::int64_t deadline_ms = 0;
  std::string invocation_id;  // of this delivery; goes back with the answer
  std::string function_arn;
  std::string trace_id;
  std::string client_context;    // JSON
  std::string cognito_identity;  // JSON
  std::string tenant_id;
};

// An event's end without an answer, as the caller gets to see it: no secrets, no paths of the host.
struct InvocationError {
  std::string type;  // "Function.…" or "Runtime.…", letters only
  std::string message;
  std::vector<std::string> stack_trace;  // innermost frame first; may be empty
};

// Used by one thread at a time.
class RuntimeApi {
 public:
  virtual ~RuntimeApi() = default;

  // Blocks until there is an event, for hours if need be. An error means that there will be none:
  // retries are used up, or the process is to stop.
  virtual Result<Invocation> next() = 0;
  // Post the one or the other. Retries, and refusals that end no more than this event, are the
  // client's own affair; an error means that the environment is broken and the process must end.
  virtual Status respond(const Invocation& invocation, ByteView answer,
                         std::string_view content_type) = 0;
  virtual Status fail(const Invocation& invocation, const InvocationError& error) = 0;
};

}  // namespace wascc::lambda
