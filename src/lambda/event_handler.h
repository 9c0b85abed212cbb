// One Lambda event from its bytes to the bytes of its answer: which kind, which actor, there and
// back. Knows nothing of where events come from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/log.h"
#include "lambda/http_event.h"
#include "lambda/invocation.h"
#include "lambda/provider.h"
#include "wascc/bytes.h"
#include "wascc/deadline.h"
#include "wascc/result.h"

namespace wascc::lambda {

// What becomes of an actor's failure: the event's own error answer, or an HTTP 500 where the event
// is an HTTP request.
enum class ErrorPolicy : std::uint8_t { kError, kHttp500 };

struct EventSettings {
  HttpEventSettings http;
  bool context_headers = false;  // whether actors get the two headers of add_context_headers
  ErrorPolicy error_policy = ErrorPolicy::kError;
};

// What is posted: JSON written by us, or the bytes of an actor.
class EventAnswer {
 public:
  explicit EventAnswer(std::string json) : body_(std::move(json)) {}
  explicit EventAnswer(Bytes bytes) : body_(std::move(bytes)) {}

  ByteView bytes() const;
  std::string_view content_type() const;

 private:
  std::variant<std::string, Bytes> body_;
};

// Failed if there is an error, which then is to be logged. It is what is posted, too, unless there
// is an answer beside it.
struct EventOutcome {
  std::optional<EventAnswer> answer;
  std::optional<InvocationError> error;
};

// Used by any number of threads; the providers outlive it.
class EventHandler {
 public:
  EventHandler(EventProvider& http, EventProvider& raw, EventSettings settings)
      : http_(http), raw_(raw), settings_(std::move(settings)) {}

  // Takes the event's bytes out of the invocation. The actor is stopped at the deadline.
  EventOutcome handle(Invocation& invocation, Deadline deadline, const Log& log) const;

 private:
  struct Call;
  struct Request;

  Result<Request> read_request(Invocation& invocation) const;
  EventOutcome handle_http(const Call& call, const Request& request) const;
  EventOutcome handle_raw(const Call& call, Bytes event) const;
  EventOutcome with_policy(const AnswerForm& form, EventOutcome outcome, const Log& log) const;

  EventProvider& http_;
  EventProvider& raw_;
  const EventSettings settings_;
};

}  // namespace wascc::lambda
