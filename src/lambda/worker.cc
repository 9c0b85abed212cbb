#include "lambda/worker.h"

#include <unistd.h>

#include <exception>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/incoming_trace.h"
#include "base/json.h"
#include "lambda/invocation_error.h"
#include "lambda/time_box.h"

namespace wascc::lambda {
namespace {

// Nothing can be allocated any more, so this goes past the log.
int out_of_memory() {
  static constexpr std::string_view kLine = "level=error msg=\"out of memory, the process ends\"\n";
  [[maybe_unused]] const auto written = write(STDERR_FILENO, kLine.data(), kLine.size());
  return 1;
}

// W3C's headers may stand in the client context, whose JSON a caller may have put together badly.
IncomingTrace incoming_trace(const Invocation& invocation) {
  IncomingTrace trace;
  trace.xray = invocation.trace_id;
  if (invocation.client_context.empty()) return trace;
  const auto context = json::Document::parse(invocation.client_context);
  if (!context) return trace;
  const json::View w3c = context->root()["w3c"];
  trace.traceparent = w3c["traceparent"].string().value_or("");
  trace.tracestate = w3c["tracestate"].string().value_or("");
  return trace;
}

}  // namespace

Worker::Worker(RuntimeApi& api, const EventHandler& handler, const WorkerSettings& settings,
               LastResort::GiveUp give_up, const Clock& clock, const Log& log)
    : api_(api),
      handler_(handler),
      settings_(settings),
      clock_(clock),
      log_(log.target("lambda")),
      last_resort_(std::move(give_up)),
      spare_memory_(settings.give_back) {
  if (settings.set_trace_variable) trace_.emplace();
}

int Worker::run(std::stop_token stop) try {
  while (!stop.stop_requested()) {
    Result<Invocation> invocation = api_.next();
    Status served = invocation ? serve(*invocation) : Status(std::move(invocation).error());
    if (served || stop.stop_requested()) continue;
    log_.error("no more events can be served, the process ends",
               {{"error", served.error().message()}});
    return 1;
  }
  return 0;
} catch (const std::bad_alloc&) {
  return out_of_memory();
}

Status Worker::serve(Invocation& invocation) {
  const LogScope request("requestId", invocation.request_id);
  std::optional<LogScope> tenant;
  if (!invocation.tenant_id.empty()) tenant.emplace("tenantId", invocation.tenant_id);
  if (trace_) trace_->set(invocation.trace_id);

  std::optional<IncomingTraceScope> trace;
  if (settings_.keep_trace) trace.emplace(incoming_trace(invocation));

  const std::size_t event_bytes = invocation.event.size();
  const EventOutcome outcome = handle(invocation);
  if (settings_.handled) settings_.handled();
  if (outcome.error) log_failure(log_, *outcome.error);
  Status posted = post(invocation, outcome, event_bytes);
  spare_memory_.served(event_bytes + (outcome.answer ? outcome.answer->bytes().size() : 0));
  return posted;
}

Status Worker::post(const Invocation& invocation, const EventOutcome& outcome,
                    std::size_t event_bytes) {
  if (!outcome.answer) return api_.fail(invocation, *outcome.error);
  const ByteView answer = outcome.answer->bytes();
  if (log_.enabled(LogLevel::kDebug))
    log_.debug("event answered", {{"event_bytes", std::to_string(event_bytes)},
                                  {"answer_bytes", std::to_string(answer.size())}});
  return api_.respond(invocation, answer, outcome.answer->content_type());
}

// The door at which exceptions of the standard library end, but for the one that leaves nothing to
// answer with.
EventOutcome Worker::handle(Invocation& invocation) {
  const auto failed = [](std::string what) {
    return EventOutcome{std::nullopt,
                        invocation_error(kInternalError, Error(Errc::kInternal, std::move(what)))};
  };
  struct Disarm {
    LastResort& last_resort;
    ~Disarm() { last_resort.disarm(); }
  } const disarm{last_resort_};
  try {
    const TimeBox box =
        time_box(invocation.deadline, clock_.steady_now(), settings_.deadline_margin);
    last_resort_.arm(invocation, box.process);
    return handler_.handle(invocation, box.actor, log_);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& exception) {
    return failed(std::string("the runtime failed: ") + exception.what());
  } catch (...) {
    return failed("the runtime failed");
  }
}

}  // namespace wascc::lambda
