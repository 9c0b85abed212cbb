#include "s3/connection.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "s3/address.h"
#include "s3/answers.h"

namespace wascc::s3 {
namespace {

constexpr int kAttempts = 3;
constexpr std::uint64_t kBytesPerSecond = std::uint64_t{1} << 20;  // slower is a fault
constexpr std::size_t kMaxAnswerBytes = std::size_t{34} << 20;     // the largest chunk, and a list

Errc code_of(long status, const Refusal& refusal) {
  if (refusal.code == "NoSuchBucket" || refusal.code == "NoSuchKey") return Errc::kNotFound;
  if (refusal.code == "BucketAlreadyExists") return Errc::kDenied;  // someone else's
  if (status == 401 || status == 403) return Errc::kDenied;
  if (status == 404) return Errc::kNotFound;
  if (status >= 500) return Errc::kUnavailable;
  return Errc::kProvider;
}

}  // namespace

Connection::Connection(Settings settings)
    : settings_(std::move(settings)), client_({settings_.roots, {}, kMaxAnswerBytes}) {}

std::string Connection::url(std::string_view bucket, std::string_view key,
                            std::string_view query) const {
  std::string url = url_of(settings_, bucket, key);
  if (!query.empty()) url.append("?").append(query);
  return url;
}

Result<curl::Answer> Connection::ask(curl::Request request, Deadline deadline,
                                     std::uint64_t moved) {
  request.signature = "aws:amz:" + settings_.region + ":s3";
  request.keys = settings_.keys.id + ":" + settings_.keys.secret;
  if (!settings_.keys.token.empty())
    request.headers.emplace_back("x-amz-security-token", settings_.keys.token);
  const auto limit = settings_.timeout + std::chrono::seconds(moved / kBytesPerSecond);
  const auto end = std::min<Deadline>(deadline, std::chrono::steady_clock::now() + limit);
  for (int attempt = 1;; ++attempt) {
    request.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    if (request.timeout.count() <= 0) return Error(Errc::kTimeout, "S3 did not answer in time");
    auto answer = client_.perform(request);
    if (!answer)
      return answer.error().code() == Errc::kUnavailable
                 ? Error(Errc::kUnavailable,
                         "Cannot reach S3 at " + settings_.host + ": " + answer.error().message())
                 : answer.error();
    if (answer->status < 500 || attempt == kAttempts) return answer;
  }
}

bool succeeded(const curl::Answer& answer) { return answer.status >= 200 && answer.status < 300; }

Error refusal(const curl::Answer& answer, const std::string& doing) {
  Refusal refusal = parse_refusal(answer.body);
  if (const std::string* region = answer.header("x-amz-bucket-region");
      region != nullptr && answer.status >= 300 && answer.status < 400)
    refusal.region = *region;
  std::string text = doing + ": ";
  if (refusal.code.empty())  // an answer to HEAD has no words
    text += "S3 answered with status " + std::to_string(answer.status);
  else
    text += refusal.code + ": " + refusal.message;
  if (!refusal.region.empty()) text += " (set REGION to " + refusal.region + ")";
  return Error(code_of(answer.status, refusal), std::move(text));
}

}  // namespace wascc::s3
