#include "lambda/sample_event.h"

#include <array>
#include <iterator>

#include "lambda/sample_event_parts.h"

namespace wascc::lambda {
namespace {

using Write = void (*)(json::Writer& out, const SampleRequest& request);

struct Kind {
  SampleKind shown;
  Write write;
};

template <void (*kWrite)(json::Writer&, ByteView)>
void of_body(json::Writer& out, const SampleRequest& request) {
  kWrite(out, request.body);
}
template <EventKind kKind>
void v1(json::Writer& out, const SampleRequest& request) {
  write_sample_v1(out, request, kKind);
}
template <EventKind kKind>
void v2(json::Writer& out, const SampleRequest& request) {
  write_sample_v2(out, request, kKind);
}
void alb(json::Writer& out, const SampleRequest& request) { write_sample_alb(out, request, false); }
void alb_multi(json::Writer& out, const SampleRequest& request) {
  write_sample_alb(out, request, true);
}

constexpr Kind kKinds[] = {
    {{"alb", "load balancer, one value a header", true}, alb},
    {{"alb-multi", "load balancer, multi-value headers on", true}, alb_multi},
    {{"rest", "REST API, proxy integration", true}, v1<EventKind::kRest>},
    {{"httpapi1", "HTTP API, payload format 1.0", true}, v1<EventKind::kHttpApi1>},
    {{"httpapi2", "HTTP API, payload format 2.0", true}, v2<EventKind::kHttpApi2>},
    {{"furl", "function URL", true}, v2<EventKind::kFunctionUrl>},
    {{"websocket", "WebSocket API, a message", false, true}, of_body<write_sample_websocket>},
    {{"sqs", "a queue's batch of one message", false, true}, of_body<write_sample_sqs>},
    {{"sns", "a topic's notification", false, true}, of_body<write_sample_sns>},
    {{"kinesis", "a stream's batch of one record", false, true}, of_body<write_sample_kinesis>},
    {{"eventbridge", "an event bus's event; a JSON body is its detail", false, true},
     of_body<write_sample_eventbridge>},
    {{"schedule", "a schedule's tick", false}, of_body<write_sample_schedule>},
    {{"s3", "a bucket's new object", false}, of_body<write_sample_s3>},
    {{"dynamodb", "a table's new item", false}, of_body<write_sample_dynamodb>},
};
constexpr auto kShown = [] {
  std::array<SampleKind, std::size(kKinds)> shown{};
  for (std::size_t i = 0; i < shown.size(); ++i) shown[i] = kKinds[i].shown;
  return shown;
}();

Status check(const SampleKind& kind, const SampleRequest& request) {
  const SampleRequest plain;
  const std::string name(kind.name);
  if (!kind.http && (request.method != plain.method || request.path != plain.path ||
                     !request.query.empty() || !request.headers.empty()))
    return Error(Errc::kInvalid,
                 "an event of kind " + name +
                     " is no HTTP request: it has no method, path, query or header");
  if (!kind.http && !kind.body && !request.body.empty())
    return Error(Errc::kInvalid, "an event of kind " + name + " carries no body");
  if (kind.http && (request.path.empty() || request.path.front() != '/'))
    return Error(Errc::kInvalid, "the path '" + request.path + "' does not begin with '/'");
  if (kind.http && request.method.empty()) return Error(Errc::kInvalid, "the method is empty");
  return {};
}

}  // namespace

std::span<const SampleKind> sample_kinds() { return kShown; }

Result<std::string> write_sample_event(std::string_view name, const SampleRequest& request) {
  for (const Kind& kind : kKinds) {
    if (kind.shown.name != name) continue;
    WASCC_CHECK(check(kind.shown, request));
    std::string text;
    json::Writer out(text);
    kind.write(out, request);
    return text;
  }
  return Error(Errc::kNotFound, "there is no kind of event named " + std::string(name));
}

}  // namespace wascc::lambda
