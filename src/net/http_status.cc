#include "net/http_status.h"

#include <algorithm>
#include <array>
#include <string>

#include "net/answer_headers.h"
#include "net/header_names.h"

namespace wascc::net {
namespace {

struct Phrase {
  std::uint32_t status_code;
  std::string_view text;
};

constexpr auto kPhrases = std::to_array<Phrase>({
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {207, "Multi-Status"},
    {208, "Already Reported"},
    {226, "IM Used"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {305, "Use Proxy"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {423, "Locked"},
    {424, "Failed Dependency"},
    {425, "Too Early"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {506, "Variant Also Negotiates"},
    {507, "Insufficient Storage"},
    {508, "Loop Detected"},
    {511, "Network Authentication Required"},
});

}  // namespace

std::string_view registered_phrase(std::uint32_t status_code) {
  const auto* found = std::lower_bound(
      kPhrases.begin(), kPhrases.end(), status_code,
      [](const Phrase& phrase, std::uint32_t code) { return phrase.status_code < code; });
  return found != kPhrases.end() && found->status_code == status_code ? found->text
                                                                      : std::string_view();
}

std::string_view reason_phrase(std::uint32_t status_code, std::string_view of_the_actor) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::string_view reason = trimmed(of_the_actor);
  const bool has_code = reason.size() >= 3 &&
                        std::all_of(reason.begin(), reason.begin() + 3, is_digit) &&
                        (reason.size() == 3 || reason[3] == ' ');
  if (has_code) reason = trimmed(reason.substr(3));
  if (reason.empty() || has_control(reason)) return registered_phrase(status_code);
  return reason;
}

Status check_status(std::uint32_t status_code) {
  if (status_code >= 200 && status_code <= 599) return {};
  return Error(Errc::kInvalid,
               "the actor's HTTP status " + std::to_string(status_code) + " is outside 200 to 599");
}

bool has_no_body(std::uint32_t status_code) {
  return status_code == 204 || status_code == 205 || status_code == 304;
}

}  // namespace wascc::net
