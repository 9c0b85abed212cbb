// Events of an HTTP API with payload format 2.0, and of a function URL, which has the same members.
// The query arrives byte for byte; the path decoded from the one, as sent from the other.
#include <utility>

#include "lambda/event_parts.h"

namespace wascc::lambda {
namespace {

// cargo-lambda's development server calls itself localhost, has no account, and leaves the path
// encoded. Other local servers have an account, and decode.
bool is_cargo_lambda(json::View context) {
  const json::View account = context["accountId"];
  return text_of(context["domainName"]) == "localhost" && (!account || account.is_null());
}

std::string read_path(EventKind kind, json::View event, const HttpEventSettings& settings) {
  const json::View context = event["requestContext"];
  const auto raw = event["rawPath"].string();
  const std::string_view path = raw ? *raw : text_of(context["http"]["path"]);
  if (kind == EventKind::kFunctionUrl)  // without rawPath there is only the decoded one
    return finished_path(path, raw ? net::kSentPath : net::kDecodedPath, settings);
  const bool encoded = raw && is_cargo_lambda(context);
  return finished_path(without_stage(path, context, settings),
                       encoded ? net::kSentPath : net::kDecodedPath, settings);
}

// Cookies come in a list of their own, and from a function URL in the header as well.
void take_cookies(json::View cookies, std::vector<HeaderLine>& headers) {
  std::string all;
  cookies.each_element([&](json::View cookie) {
    const auto text = cookie.scalar_text();
    if (!text) return;
    if (!all.empty()) all.append("; ");
    all.append(*text);
  });
  if (all.empty()) return;
  std::erase_if(headers, [](const HeaderLine& line) { return line.name == "cookie"; });
  headers.push_back({"cookie", std::move(all)});
}

}  // namespace

Result<HttpEvent> read_apigw_v2_event(EventKind kind, json::View event,
                                      const HttpEventSettings& settings) {
  const json::View context = event["requestContext"];
  HttpEvent http;
  WASCC_TRY(http.body, read_body(event));
  http.method = text_of(context["http"]["method"]);
  http.path = read_path(kind, event, settings);
  net::percent_encode(http.query_string, text_of(event["rawQueryString"]), net::kSentQuery);
  http.headers = read_headers(event);
  take_cookies(event["cookies"], http.headers);
  http.client_address = text_of(context["http"]["sourceIp"]);
  http.gateway_request_id = text_of(context["requestId"]);
  return http;
}

}  // namespace wascc::lambda
