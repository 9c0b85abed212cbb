// Samples of HTTP events: what each front door makes of one request.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "lambda/sample_event_parts.h"

namespace wascc::lambda {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                        hex_value(text[i + 2]) >= 0;
    out +=
        escape ? static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])) : text[i];
    if (escape) i += 2;
  }
  return out;
}

// "a=1&b" as pairs, encoded as they were.
Pairs query_pairs(std::string_view query) {
  Pairs pairs;
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
    const std::size_t equals = std::min(part.find('='), part.size());
    if (!part.empty())
      pairs.emplace_back(part.substr(0, equals), part.substr(std::min(part.size(), equals + 1)));
  }
  return pairs;
}

Pairs decoded(Pairs pairs) {
  for (auto& [key, value] : pairs) {
    key = decoded(key);
    value = decoded(value);
  }
  return pairs;
}

// The client's headers, and those that every front door adds unless the client's win.
Pairs headers_of(const SampleRequest& request, std::string_view host) {
  Pairs headers = {{"host", std::string(host)},
                   {"user-agent", "wascc-events"},
                   {"x-forwarded-for", std::string(kSampleClient)},
                   {"x-forwarded-port", "443"},
                   {"x-forwarded-proto", "https"}};
  Pairs sent;
  for (const HeaderLine& line : request.headers) {
    std::string name = line.name;
    for (char& c : name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    sent.emplace_back(std::move(name), line.value);
  }
  for (const auto& [name, value] : sent)
    headers.erase(std::remove_if(headers.begin(), headers.end(),
                                 [&key = name](const auto& pair) { return pair.first == key; }),
                  headers.end());
  headers.insert(headers.end(), sent.begin(), sent.end());
  return headers;
}

// Every name once, in the order of their first appearance.
std::vector<std::string> names_of(const Pairs& pairs) {
  std::vector<std::string> names;
  for (const auto& [name, value] : pairs)
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  return names;
}

// One value a name: the last one, or all of them with a separator between.
void write_single(json::Writer& out, std::string_view key, const Pairs& pairs,
                  std::string_view separator = {}) {
  out.key(key);
  if (pairs.empty()) {
    out.null();
    return;
  }
  out.begin_object();
  for (const std::string& name : names_of(pairs)) {
    std::string joined;
    for (const auto& [other, value] : pairs) {
      if (other != name) continue;
      if (separator.empty()) joined.clear();
      if (!joined.empty()) joined += separator;
      joined += value;
    }
    out.key(name).string(joined);
  }
  out.end_object();
}

void write_multi(json::Writer& out, std::string_view key, const Pairs& pairs) {
  out.key(key);
  if (pairs.empty()) {
    out.null();
    return;
  }
  out.begin_object();
  for (const std::string& name : names_of(pairs)) {
    out.key(name).begin_array();
    for (const auto& [other, value] : pairs)
      if (other == name) out.string(value);
    out.end_array();
  }
  out.end_object();
}

// Text as it is, other bytes in base64. `absent` says how an empty body is told.
enum class Absent { kNull, kEmpty, kLeftOut };
void write_body(json::Writer& out, const Bytes& body, Absent absent) {
  const bool text = is_utf8(as_text(body));
  if (!body.empty() || absent != Absent::kLeftOut) {
    out.key("body");
    if (body.empty() && absent == Absent::kNull) {
      out.null();
    } else if (text) {
      out.string(as_text(body));
    } else {
      out.base64(body);
    }
  }
  out.key("isBase64Encoded").boolean(!text);
}

constexpr std::string_view kApiHost = "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com";
constexpr std::string_view kUrlHost =
    "a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6.lambda-url.eu-central-1.on.aws";

}  // namespace

void write_sample_alb(json::Writer& out, const SampleRequest& request, bool multi_value) {
  const Pairs query = query_pairs(request.query);
  const Pairs headers = headers_of(request, "demo-123456.eu-central-1.elb.amazonaws.com");
  out.begin_object().key("requestContext").begin_object().key("elb").begin_object();
  out.key("targetGroupArn")
      .string(
          "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/demo/"
          "0123456789abcdef");
  out.end_object().end_object();
  out.key("httpMethod").string(request.method).key("path").string(request.path);
  // An attribute of the target group decides which of the two maps there are.
  if (multi_value) {
    if (query.empty()) {
      out.key("multiValueQueryStringParameters").begin_object().end_object();
    } else {
      write_multi(out, "multiValueQueryStringParameters", query);
    }
    write_multi(out, "multiValueHeaders", headers);
  } else {
    if (query.empty()) {
      out.key("queryStringParameters").begin_object().end_object();
    } else {
      write_single(out, "queryStringParameters", query);
    }
    write_single(out, "headers", headers);
  }
  write_body(out, request.body, Absent::kEmpty);
  out.end_object();
}

void write_sample_v1(json::Writer& out, const SampleRequest& request, EventKind kind) {
  const bool rest = kind == EventKind::kRest;
  const Pairs query = decoded(query_pairs(request.query));
  const Pairs headers = headers_of(request, kApiHost);
  const std::string plain_path = decoded(request.path);
  // A REST API gives the path as it was sent, an HTTP API decoded.
  const std::string& path = rest ? request.path : plain_path;
  out.begin_object();
  if (!rest) out.key("version").string("1.0");
  out.key("resource").string("/{proxy+}").key("path").string(path);
  out.key("httpMethod").string(request.method);
  write_single(out, "headers", headers);
  write_multi(out, "multiValueHeaders", headers);
  write_single(out, "queryStringParameters", query);
  write_multi(out, "multiValueQueryStringParameters", query);
  out.key("pathParameters").begin_object();
  out.key("proxy").string(std::string_view(plain_path).substr(1)).end_object();
  out.key("stageVariables").null();

  out.key("requestContext").begin_object();
  out.key("accountId").string(kSampleAccount).key("apiId").string("a1b2c3d4e5");
  out.key("domainName").string(kApiHost).key("domainPrefix").string("a1b2c3d4e5");
  out.key("httpMethod").string(request.method);
  out.key("identity").begin_object().key("sourceIp").string(kSampleClient);
  out.key("userAgent").string("wascc-events").end_object();
  out.key("path").string(rest ? "/prod" + path : path).key("protocol").string("HTTP/1.1");
  out.key("requestId").string(kSampleRequestId);
  out.key("requestTime").string("15/Jan/2026:12:00:00 +0000");
  out.key("requestTimeEpoch").number(kSampleEpochMs);
  out.key("resourceId").string(rest ? "abc123" : "ANY /{proxy+}");
  out.key("resourcePath").string("/{proxy+}").key("stage").string(rest ? "prod" : "$default");
  out.end_object();
  write_body(out, request.body, Absent::kNull);
  out.end_object();
}

void write_sample_v2(json::Writer& out, const SampleRequest& request, EventKind kind) {
  const bool url = kind == EventKind::kFunctionUrl;
  const std::string_view host = url ? kUrlHost : kApiHost;
  const Pairs query = decoded(query_pairs(request.query));
  Pairs headers = headers_of(request, host);
  std::vector<std::string> cookies;  // taken out of the headers
  for (const auto& [name, value] : headers) {
    if (name != "cookie") continue;
    for (std::string_view rest = value; !rest.empty();) {
      const std::size_t end = std::min(rest.find("; "), rest.size());
      cookies.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(rest.size(), end + 2));
    }
  }
  headers.erase(std::remove_if(headers.begin(), headers.end(),
                               [](const auto& pair) { return pair.first == "cookie"; }),
                headers.end());
  const std::string plain_path = decoded(request.path);

  out.begin_object().key("version").string("2.0").key("routeKey").string("$default");
  out.key("rawPath").string(url ? request.path : plain_path);
  out.key("rawQueryString").string(request.query);
  if (!cookies.empty()) {
    out.key("cookies").begin_array();
    for (const std::string& cookie : cookies) out.string(cookie);
    out.end_array();
  }
  write_single(out, "headers", headers, ",");
  if (!query.empty()) write_single(out, "queryStringParameters", query, ",");
  out.key("requestContext").begin_object();
  out.key("accountId").string(url ? "anonymous" : kSampleAccount);
  out.key("apiId").string(host.substr(0, host.find('.')));
  out.key("domainName").string(host).key("domainPrefix").string(host.substr(0, host.find('.')));
  out.key("http").begin_object().key("method").string(request.method);
  out.key("path").string(plain_path).key("protocol").string("HTTP/1.1");
  out.key("sourceIp").string(kSampleClient).key("userAgent").string("wascc-events").end_object();
  out.key("requestId").string(kSampleRequestId).key("routeKey").string("$default");
  out.key("stage").string("$default").key("time").string("15/Jan/2026:12:00:00 +0000");
  out.key("timeEpoch").number(kSampleEpochMs).end_object();
  write_body(out, request.body, Absent::kLeftOut);
  out.end_object();
}

}  // namespace wascc::lambda
