#include "net/http_session.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdio>
#include <ctime>

#include "net/header_names.h"
#include "net/http_status.h"

namespace wascc::net {
namespace {

namespace http = boost::beast::http;

// The answer's Date, made once a second and thread.
std::string_view date_now() {
  static thread_local std::time_t made_at = 0;
  static thread_local char text[40];
  const std::time_t now = std::time(nullptr);
  if (now != made_at) {
    constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", kDays[utc.tm_wday],
                  utc.tm_mday, kMonths[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                  utc.tm_sec);
    made_at = now;
  }
  return text;
}

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

bool has_date(const ServerResponse& response) {
  return std::any_of(response.headers.begin(), response.headers.end(), [](const auto& header) {
    return header.first.size() == 4 && lower_case(header.first) == "date";
  });
}

}  // namespace

struct HttpSession::Parser : http::request_parser<http::string_body> {
  explicit Parser(const ServerLimits& limits) {
    eager(true);
    header_limit(limits.header_bytes);
    body_limit(limits.body_bytes);
  }
};

HttpSession::HttpSession(const ServerLimits& limits) : limits_(limits) {}
HttpSession::~HttpSession() = default;

void HttpSession::take(std::string_view bytes) {
  in_.erase(0, read_);
  read_ = 0;
  in_.append(bytes);
}

bool HttpSession::idle() const { return parser_ == nullptr && read_ == in_.size(); }

HttpSession::Step HttpSession::step() {
  if (refusal_ != 0) return Step::kNeedMore;
  if (read_ == in_.size()) return Step::kNeedMore;
  if (parser_ == nullptr) {
    parser_ = std::make_unique<Parser>(limits_);
    continued_ = false;
  }
  while (read_ < in_.size() && !parser_->is_done()) {
    boost::beast::error_code failed;
    const std::size_t used =
        parser_->put(boost::asio::buffer(in_.data() + read_, in_.size() - read_), failed);
    read_ += used;
    if (failed == http::error::need_more) break;
    if (failed) {
      refusal_ = failed == http::error::header_limit ? 431U
                 : failed == http::error::body_limit ? 413U
                                                     : 400U;
      return Step::kRefuse;
    }
    if (used == 0) break;
  }
  if (parser_->is_done()) return Step::kRequest;
  if (parser_->is_header_done() && !continued_ &&
      view(parser_->get()[http::field::expect]) == "100-continue") {
    continued_ = true;
    return Step::kContinue;
  }
  return Step::kNeedMore;
}

ServerRequest HttpSession::request(std::string_view peer) const {
  const auto& message = parser_->get();
  ServerRequest request;
  request.method = view(message.method_string());
  request.target = view(message.target());
  for (const auto& field : message)
    request.headers.emplace_back(view(field.name_string()), view(field.value()));
  request.body = as_bytes(message.body());
  request.peer = peer;
  return request;
}

bool HttpSession::closes() const { return parser_ != nullptr && !parser_->keep_alive(); }

void HttpSession::append_answer(std::string& out, const ServerResponse& response, bool close) {
  const bool head = parser_->get().method() == http::verb::head;
  const bool old = parser_->get().version() == 10;
  const bool bodiless = has_no_body(response.status);
  const std::size_t length = bodiless ? 0 : response.body.size();
  std::size_t size = 160 + length;
  for (const auto& [name, value] : response.headers) size += name.size() + value.size() + 4;
  out.reserve(out.size() + size);
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(response.reason.empty() ? registered_phrase(response.status)
                                     : std::string_view(response.reason));
  if (!has_date(response)) out.append("\r\nDate: ").append(date_now());
  if (response.status != 204 && response.status != 304)
    out.append("\r\nContent-Length: ").append(std::to_string(length));
  if (close)
    out.append("\r\nConnection: close");
  else if (old)
    out.append("\r\nConnection: keep-alive");
  for (const auto& [name, value] : response.headers)
    out.append("\r\n").append(name).append(": ").append(value);
  out.append("\r\n\r\n");
  if (!head && !bodiless) out.append(as_text(response.body));
  parser_.reset();
}

void HttpSession::append_refusal(std::string& out) const {
  out.append("HTTP/1.1 ")
      .append(std::to_string(refusal_))
      .append(" ")
      .append(registered_phrase(refusal_));
  out.append("\r\nDate: ")
      .append(date_now())
      .append("\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

}  // namespace wascc::net
