#include "lambda/http_event.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "lambda/event_parts.h"

namespace wascc::lambda {
namespace {

bool is_authorizer(json::View event) {
  const std::string_view type = text_of(event["type"]);
  return (type == "REQUEST" || type == "TOKEN") &&
         (event["methodArn"].is_string() || event["routeArn"].is_string());
}

Result<HttpEvent> read_kind(EventKind kind, json::View event, const HttpEventSettings& settings) {
  switch (kind) {
    case EventKind::kAlb:
      return read_alb_event(event, settings);
    case EventKind::kRest:
    case EventKind::kHttpApi1:
      return read_apigw_v1_event(kind, event, settings);
    case EventKind::kHttpApi2:
    case EventKind::kFunctionUrl:
      return read_apigw_v2_event(kind, event, settings);
    case EventKind::kRaw:
    case EventKind::kWebsocket:
      break;
  }
  return Error(Errc::kInternal, "an event of this kind is no HTTP request");
}

}  // namespace

std::string_view name_of(EventKind kind) {
  static constexpr std::array<std::string_view, 7> kNames = {"raw",      "websocket", "alb", "rest",
                                                             "httpapi1", "httpapi2",  "furl"};
  return kNames[static_cast<std::size_t>(kind)];
}

EventKind kind_of(json::View event) {
  const json::View context = event["requestContext"];
  if (!context.is_object() || is_authorizer(event)) return EventKind::kRaw;

  const bool has_method = !text_of(event["httpMethod"]).empty();
  const bool has_path = event["path"].is_string();
  if (context["elb"].is_object()) return has_method && has_path ? EventKind::kAlb : EventKind::kRaw;

  if (context["connectionId"].is_string() && context["eventType"].is_string())
    return EventKind::kWebsocket;

  const std::string_view version = text_of(event["version"]);
  if (version == "2.0" && !text_of(context["http"]["method"]).empty()) {
    const bool is_url =
        text_of(context["domainName"]).find(".lambda-url.") != std::string_view::npos;
    return is_url ? EventKind::kFunctionUrl : EventKind::kHttpApi2;
  }
  if (has_method && has_path &&
      (context["resourcePath"].is_string() || context["resourceId"] ||
       context["identity"].is_object() || context["stage"].is_string()))
    return version == "1.0" ? EventKind::kHttpApi1 : EventKind::kRest;
  return EventKind::kRaw;
}

Result<HttpEvent> read_http_event(EventKind kind, json::View event,
                                  const HttpEventSettings& settings) {
  WASCC_TRY(HttpEvent http, read_kind(kind, event, settings));
  http.answer.kind = kind;
  http.answer.head = http.method == "HEAD";
  return http;
}

void add_context_headers(HttpEvent& event, json::View source, std::string_view lambda_context,
                         std::string_view trace_id) {
  const auto replace = [&event](std::string_view name, std::string value) {
    std::erase_if(event.headers, [name](const HeaderLine& line) { return line.name == name; });
    event.headers.push_back({std::string(name), std::move(value)});
  };
  replace("x-amzn-request-context", source["requestContext"].dump());
  replace("x-amzn-lambda-context", std::string(lambda_context));
  if (!trace_id.empty()) replace("x-amzn-trace-id", std::string(trace_id));
}

HttpRequest narrow(HttpEvent event) {
  HttpRequest request;
  request.method = std::move(event.method);
  request.path = std::move(event.path);
  request.query_string = std::move(event.query_string);
  request.header = net::one_value_each(std::move(event.headers));
  request.body = std::move(event.body);
  return request;
}

}  // namespace wascc::lambda
