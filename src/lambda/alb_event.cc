// Events of an application load balancer's target group. Path and query arrive as the client sent
// them, still encoded; header names in lower case.
#include "lambda/event_parts.h"
#include "net/header_names.h"

namespace wascc::lambda {
namespace {

// "203.0.113.9:4711" or "[2001:db8::1]:4711" without port and brackets.
std::string_view without_port(std::string_view address) {
  if (address.starts_with('[')) return address.substr(1, address.find(']') - 1);
  const std::size_t colon = address.find(':');
  const bool one_colon = colon != std::string_view::npos && colon == address.rfind(':');
  return one_colon ? address.substr(0, colon) : address;
}

// The load balancer appends its peer at the right; all before it is the client's own word.
std::string_view client_address(const std::vector<HeaderLine>& headers) {
  std::string_view forwarded;
  for (const HeaderLine& line : headers)
    if (line.name == "x-forwarded-for") forwarded = line.value;
  const std::size_t comma = forwarded.rfind(',');
  if (comma != std::string_view::npos) forwarded.remove_prefix(comma + 1);
  return without_port(net::trimmed(forwarded));
}

}  // namespace

Result<HttpEvent> read_alb_event(json::View event, const HttpEventSettings& settings) {
  HttpEvent http;
  WASCC_TRY(http.body, read_body(event));
  http.method = text_of(event["httpMethod"]);
  http.path = finished_path(text_of(event["path"]), net::kSentPath, settings);
  http.query_string = read_query_maps(event, net::kSentQueryKey, net::kSentQueryValue);
  http.headers = read_headers(event);
  http.client_address = client_address(http.headers);
  http.answer.multi_value_headers = event["multiValueHeaders"].is_object();
  return http;
}

}  // namespace wascc::lambda
