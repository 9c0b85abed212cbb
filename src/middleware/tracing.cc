#include "middleware/tracing.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/incoming_trace.h"
#include "base/same_name.h"
#include "middleware/milliseconds.h"
#include "middleware/trace_context.h"
#include "wascc/messages/http.h"
#include "wascc/msgpack.h"

namespace wascc::middleware {
namespace {

constexpr std::string_view kTraceparent = "traceparent";
constexpr std::string_view kTracestate = "tracestate";
constexpr std::string_view kXray = "x-amzn-trace-id";
// What W3C asks a tracestate to be passed on up to; the platform's own headers are shorter.
constexpr std::size_t kMaxPassedOn = 512;
constexpr std::size_t kMaxOperation = 100;  // of its name, which an actor chooses

// A call that runs on this thread, and the one that it was made from.
struct Span {
  TraceContext context;
  std::string parent_id;  // empty: the trace begins here
  std::string tracestate, xray;
};

constinit thread_local const Span* innermost = nullptr;

class RunningSpan {
 public:
  explicit RunningSpan(const Span& span) : outer_(std::exchange(innermost, &span)) {}
  ~RunningSpan() { innermost = outer_; }
  RunningSpan(const RunningSpan&) = delete;
  RunningSpan& operator=(const RunningSpan&) = delete;

 private:
  const Span* const outer_;
};

std::string* find(StringMap& headers, std::string_view name) {
  for (auto& [given, value] : headers)
    if (same_name(given, name)) return &value;
  return nullptr;
}

std::string value_of(StringMap& headers, std::string_view name) {
  const std::string* const value = find(headers, name);
  return value == nullptr ? std::string() : *value;
}

// An empty value: no such header.
void set(StringMap& headers, std::string_view name, const std::string& value) {
  std::erase_if(headers, [&](const auto& header) { return same_name(header.first, name); });
  if (!value.empty()) headers.emplace_back(name, value);
}

// Text that is written into headers again unread: one line, or nothing.
std::string passed_on(std::string text) {
  const bool sound = text.size() <= kMaxPassedOn &&
                     std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
  return sound ? std::move(text) : std::string();
}

bool is_request_to_actor(const Invocation& call) {
  return !call.target.actor.empty() && call.operation == kOpHandleRequest;
}
bool is_request_from_actor(const Invocation& call) {
  return call.target.capability == kHttpClient && call.operation == kOpPerformRequest;
}

// A trace that came with the event: W3C's before X-Ray's, in the request before beside it.
Span first_span(HttpRequest* request) {
  IncomingTrace incoming;
  if (const IncomingTrace* const told = IncomingTraceScope::current()) incoming = *told;
  if (request != nullptr) {
    if (const std::string sent = value_of(request->header, kTraceparent); parse_traceparent(sent)) {
      incoming.traceparent = sent;
      incoming.tracestate = value_of(request->header, kTracestate);
    }
    if (incoming.xray.empty()) incoming.xray = value_of(request->header, kXray);
  }
  std::optional<TraceContext> parent = parse_traceparent(incoming.traceparent);
  if (!parent) {
    incoming.tracestate.clear();
    parent = parse_xray(incoming.xray);
  }
  Span span;
  span.xray = passed_on(std::move(incoming.xray));
  span.tracestate = passed_on(std::move(incoming.tracestate));
  if (parent) {
    span.parent_id = std::exchange(parent->span_id, random_span_id());
    span.context = *std::move(parent);
  } else {
    span.context = {random_trace_id(), random_span_id()};
  }
  return span;
}

Span span_for(HttpRequest* request) {
  if (innermost == nullptr) return first_span(request);
  Span span = *innermost;
  span.parent_id = std::exchange(span.context.span_id, random_span_id());
  return span;
}

// An actor that sends a trace of its own keeps it.
void write(const Span& span, const Invocation& call, StringMap& headers) {
  const bool own = is_request_from_actor(call);
  if (own && find(headers, kTraceparent) != nullptr) return;
  set(headers, kTraceparent, traceparent(span.context));
  set(headers, kTracestate, span.tracestate);
  if (!own || !span.xray.empty()) set(headers, kXray, span.xray);
}

std::string name_of(const Entity& entity) {
  if (!entity.actor.empty()) return std::string(entity.actor);
  return std::string(entity.capability).append(",").append(entity.binding);
}

}  // namespace

Middleware::Outcome Tracing::around(const Invocation& call, Next& next) {
  std::optional<HttpRequest> request;
  if (is_request_to_actor(call) || is_request_from_actor(call))
    if (auto decoded = decode<HttpRequest>(call.payload)) request = *std::move(decoded);
  const Span span = span_for(request ? &*request : nullptr);
  Bytes with_headers;
  if (request) {
    write(span, call, request->header);
    with_headers = encode(*request);
  }
  const RunningSpan running(span);
  const auto begin = clock_.steady_now();
  Result<Bytes> answer = next(request ? ByteView(with_headers) : call.payload);
  if (span.context.sampled)
    log_.info("span", {{"trace_id", span.context.trace_id},
                       {"span_id", span.context.span_id},
                       {"parent_id", span.parent_id},
                       {"operation", std::string(call.operation.substr(0, kMaxOperation))},
                       {"origin", name_of(call.origin)},
                       {"to", name_of(call.target)},
                       {"ms", in_ms(clock_.steady_now() - begin)},
                       {"outcome", answer ? "ok" : "error"}});
  return Outcome::go_on(std::move(answer));
}

}  // namespace wascc::middleware
