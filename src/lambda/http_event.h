// A Lambda event as an HTTP request: which front door sent it, decided by content, and what the
// actor shall see of it (docs/formats/lambda-events.md). Functions of a parsed document: any
// thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "net/request_headers.h"
#include "wascc/bytes.h"
#include "wascc/messages/http.h"
#include "wascc/result.h"

namespace wascc::lambda {

enum class EventKind : std::uint8_t {
  kRaw,          // anything that is not one of the others
  kWebsocket,    // API Gateway's WebSocket API; delivered raw
  kAlb,          // a load balancer's target group
  kRest,         // REST API, proxy integration
  kHttpApi1,     // HTTP API, payload format 1.0
  kHttpApi2,     // HTTP API, payload format 2.0
  kFunctionUrl,  // a function's own URL
};

// "raw", "websocket", "alb", "rest", "httpapi1", "httpapi2", "furl": for logs.
std::string_view name_of(EventKind kind);

// Whether an event of this kind is an HTTP request.
constexpr bool is_http(EventKind kind) { return kind >= EventKind::kAlb; }

// By the members at the top and in requestContext; never by trying one form after the other.
EventKind kind_of(json::View event);

// Whether an HTTP API's stage is taken off the path that the actor sees.
enum class StageInPath : std::uint8_t { kStrip, kKeep };

struct HttpEventSettings {
  StageInPath stage_in_path = StageInPath::kStrip;
  std::string base_path;  // "/shop" or empty: taken off the path that the actor sees
};

// What the answer to an event must look like.
struct AnswerForm {
  EventKind kind = EventKind::kAlb;
  bool multi_value_headers = false;  // a load balancer's; it follows the target group's attribute
  bool head = false;                 // the request's method was HEAD: no body
};

using net::HeaderLine;

struct HttpEvent {
  std::string method;
  std::string path;          // encoded, starts with '/', no query
  std::string query_string;  // encoded, without '?'
  std::vector<HeaderLine> headers;
  Bytes body;
  std::string client_address;      // as the front door saw it; empty if it does not tell
  std::string gateway_request_id;  // empty for a load balancer
  AnswerForm answer;
};

// The request in an event of an HTTP kind. kMalformed where the event contradicts itself: a body
// said to be base64 that is not.
Result<HttpEvent> read_http_event(EventKind kind, json::View event,
                                  const HttpEventSettings& settings);

// Tells the actor where its request came from: x-amzn-request-context, the event's own
// requestContext; x-amzn-lambda-context, the JSON given here; x-amzn-trace-id, unless empty.
// Headers of these names that the client sent are removed, as they could be forged.
void add_context_headers(HttpEvent& event, json::View source, std::string_view lambda_context,
                         std::string_view trace_id);

// The request as actors take it, one value for each name of a header.
HttpRequest narrow(HttpEvent event);

}  // namespace wascc::lambda
