// Events of a REST API, and of an HTTP API with payload format 1.0. Both give the query decoded and
// in maps; the first gives the path as sent and without the stage, the second decoded and with it.
#include "lambda/event_parts.h"

namespace wascc::lambda {

Result<HttpEvent> read_apigw_v1_event(EventKind kind, json::View event,
                                      const HttpEventSettings& settings) {
  const json::View context = event["requestContext"];
  const std::string_view path = text_of(event["path"]);
  HttpEvent http;
  WASCC_TRY(http.body, read_body(event));
  http.method = text_of(event["httpMethod"]);
  http.path = kind == EventKind::kRest ? finished_path(path, net::kSentPath, settings)
                                       : finished_path(without_stage(path, context, settings),
                                                       net::kDecodedPath, settings);
  http.query_string = read_query_maps(event, net::kUnreserved, net::kUnreserved);
  http.headers = read_headers(event);
  http.client_address = text_of(context["identity"]["sourceIp"]);
  http.gateway_request_id = text_of(context["requestId"]);
  return http;
}

}  // namespace wascc::lambda
