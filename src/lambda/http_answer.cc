#include "lambda/http_answer.h"

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "base/json.h"
#include "lambda/answer_size.h"
#include "net/answer_headers.h"
#include "net/http_status.h"

namespace wascc::lambda {
namespace {

using Headers = std::vector<net::AnswerHeader>;

bool has_no_body(const AnswerForm& form, std::uint32_t status_code) {
  return form.head || net::has_no_body(status_code);
}

// Any text is sent as text but one with a NUL, of which only a REST API is known to keep it; and a
// REST API sends base64 on undecoded to most clients, so there even that is better off as text.
bool is_text(EventKind kind, std::string_view body) {
  return is_utf8(body) && (kind == EventKind::kRest || body.find('\0') == std::string_view::npos);
}

std::string joined(const std::vector<std::string>& values) {
  std::string all = values.front();
  for (std::size_t i = 1; i < values.size(); ++i) all.append(", ").append(values[i]);
  return all;
}

void write_list(json::Writer& json, const std::vector<std::string>& values) {
  json.begin_array();
  for (const std::string& value : values) json.string(value);
  json.end_array();
}

void write_alb_lists(json::Writer& json, const Headers& headers) {
  json.key("multiValueHeaders").begin_object();
  for (const net::AnswerHeader& header : headers) {
    json.key(header.name);
    write_list(json, header.values);
  }
  json.end_object();
}

void write_alb_singles(json::Writer& json, const Headers& headers, const Log& log) {
  json.key("headers").begin_object();
  for (const net::AnswerHeader& header : headers) {
    json.key(header.name);
    if (!header.set_cookie) {
      json.string(joined(header.values));
      continue;
    }
    json.string(header.values.back());
    if (header.values.size() > 1)
      log.warn(
          "only the last of the actor's cookies is sent: set the target group's attribute "
          "lambda.multi_value_headers.enabled");
  }
  json.end_object();
}

// One value in the one map, several in the other; a name in both would be sent twice.
void write_apigw_v1_headers(json::Writer& json, const Headers& headers) {
  bool several = false;
  json.key("headers").begin_object();
  for (const net::AnswerHeader& header : headers) {
    if (header.values.size() == 1) {
      json.key(header.name).string(header.values.front());
    } else {
      several = true;
    }
  }
  json.end_object();
  if (!several) return;
  json.key("multiValueHeaders").begin_object();
  for (const net::AnswerHeader& header : headers) {
    if (header.values.size() == 1) continue;
    json.key(header.name);
    write_list(json, header.values);
  }
  json.end_object();
}

void write_apigw_v2_headers(json::Writer& json, const Headers& headers) {
  const std::vector<std::string>* cookies = nullptr;
  json.key("headers").begin_object();
  for (const net::AnswerHeader& header : headers) {
    if (header.set_cookie) {
      cookies = &header.values;
    } else {
      json.key(header.name).string(joined(header.values));
    }
  }
  json.end_object();
  if (cookies == nullptr) return;
  json.key("cookies");
  write_list(json, *cookies);
}

void write_headers(json::Writer& json, const AnswerForm& form, const Headers& headers,
                   const Log& log) {
  switch (form.kind) {
    case EventKind::kAlb:
      if (form.multi_value_headers) return write_alb_lists(json, headers);
      return write_alb_singles(json, headers, log);
    case EventKind::kRest:
    case EventKind::kHttpApi1:
      return write_apigw_v1_headers(json, headers);
    default:
      return write_apigw_v2_headers(json, headers);
  }
}

// What the answer will take, so that it is allocated once; a text with much to escape takes more.
std::size_t likely_size(const Headers& headers, std::string_view body, bool text) {
  std::size_t size = 256 + (text ? body.size() + body.size() / 16 : base64_size(body.size()));
  for (const net::AnswerHeader& header : headers)
    for (const std::string& value : header.values) size += header.name.size() + value.size() + 8;
  return size;
}

}  // namespace

Result<std::string> write_http_answer(const AnswerForm& form, const HttpResponse& response,
                                      const Log& log) {
  WASCC_CHECK(net::check_status(response.status_code));
  const std::string_view body =
      has_no_body(form, response.status_code) ? std::string_view() : as_text(response.body);
  const bool text = is_text(form.kind, body);
  WASCC_CHECK(check_answer_size(text ? body.size() : base64_size(body.size())));
  const Headers headers = net::clean_headers(response.header, log);

  std::string answer;
  answer.reserve(likely_size(headers, body, text));
  json::Writer json(answer);
  json.begin_object();
  json.key("statusCode").number(std::uint64_t{response.status_code});
  if (form.kind == EventKind::kAlb) {
    const std::string_view reason = net::reason_phrase(response.status_code, response.status);
    if (!reason.empty())
      json.key("statusDescription")
          .string(std::to_string(response.status_code) + " " + net::utf8_or_latin1(reason));
  }
  write_headers(json, form, headers, log);
  json.key("body");
  text ? json.string(body) : json.base64(as_bytes(body));
  json.key("isBase64Encoded").boolean(!text);
  json.end_object();
  WASCC_CHECK(check_answer_size(answer.size()));
  return answer;
}

}  // namespace wascc::lambda
