#include "lambda/runtime_client.h"

#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "base/json.h"
#include "lambda/error_report.h"
#include "lambda/invocation_error.h"
#include "net/percent.h"

namespace wascc::lambda {
namespace {

// A request id is opaque; whatever it holds, it stays one segment of the path.
std::string invocation_path(const Invocation& invocation, std::string_view suffix) {
  std::string path;
  path.reserve(kInvocationPath.size() + invocation.request_id.size() + suffix.size());
  path.append(kInvocationPath);
  net::percent_encode(path, invocation.request_id, net::kUnreserved);
  path.append(suffix);
  return path;
}

}  // namespace

void sleep_for(std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }

RuntimeClient::RuntimeClient(net::HttpAddress address, const Clock& clock, const Log& log,
                             RuntimeClientOptions options)
    : clock_(clock),
      log_(log.target("lambda")),
      options_(std::move(options)),
      http_(std::move(address), options_.timeouts) {}

Status RuntimeClient::connect() {
  auto pause = kFirstConnectRetry;
  for (int retries = 0;; ++retries, pause *= 2) {
    Status done = http_.connect();
    if (done) {
      reached_ = true;
      return {};
    }
    // A name that is unknown now stays unknown.
    if (retries == kRetries || done.error().code() != Errc::kUnavailable)
      return std::move(done).context("Runtime API");
    log_.debug("Runtime API not reached, trying again", {{"reason", done.error().message()}});
    options_.sleep(pause);
  }
}

void RuntimeClient::stop() {
  const std::scoped_lock lock(stop_mutex_);
  stopping_ = true;
  if (asking_) http_.interrupt();
}

bool RuntimeClient::set_asking(bool asking) {
  const std::scoped_lock lock(stop_mutex_);
  asking_ = asking;
  return !stopping_;
}

Result<Invocation> RuntimeClient::next() {
  Result<Invocation> out = Error(Errc::kUnavailable, "stopping");
  if (set_asking(true)) out = ask_until_answered();
  if (!set_asking(false)) return Error(Errc::kUnavailable, "the process is stopping");
  return out;
}

Result<Invocation> RuntimeClient::ask_until_answered() {
  if (!reached_) WASCC_CHECK(connect());
  auto pause = kFirstNextRetry;
  int retries = 0;
  while (true) {
    const Status asked = ask();
    if (!asked && http_.stale()) {  // once at most: the next connection is a fresh one
      log_.debug("connection was closed while idle, asking again");
      continue;
    }
    const int status = asked ? http_.response().status() : 0;
    if (status == 204) {  // nothing yet
      retries = 0;
      pause = kFirstNextRetry;
      continue;
    }
    const bool complete = !http_.response().header(kRequestIdHeader).empty();
    if (status == 200 && complete) return take_invocation();
    if (!asked && asked.error().code() == Errc::kTooLarge && complete) {
      WASCC_CHECK(refuse_event());
      continue;
    }
    const std::string reason = !asked          ? asked.error().message()
                               : status == 200 ? "GET next: an event without request id"
                                               : "GET next: status " + std::to_string(status);
    if (status >= 500) return Error(Errc::kInternal, "Runtime API: " + reason);
    if (retries == kRetries || !set_asking(true))
      return Error(Errc::kUnavailable,
                   "Runtime API: " + reason + "; " + std::to_string(retries) + " retries used up");
    ++retries;
    log_.warn("no event, asking again", {{"reason", reason}, {"retry", std::to_string(retries)}});
    options_.sleep(pause);
    pause *= 2;
  }
}

void RuntimeClient::ask_ahead() {
  const std::array<net::HttpHeader, 1> headers = {{{"User-Agent", options_.user_agent}}};
  asked_ahead_ = bool(http_.ask({"GET", kNextPath, headers, {}, kMaxEventBytes, true}));
}

Status RuntimeClient::ask() {
  if (std::exchange(asked_ahead_, false)) return http_.answer();
  const std::array<net::HttpHeader, 1> headers = {{{"User-Agent", options_.user_agent}}};
  return http_.send({"GET", kNextPath, headers, {}, kMaxEventBytes, true});
}

// An event that is larger than Lambda's own: its head has come, its body is not read.
Status RuntimeClient::refuse_event() {
  const Invocation invocation = read_head();
  const InvocationError error{std::string(kUnmarshalError),
                              "the event is larger than the " + std::to_string(kMaxEventBytes) +
                                  " bytes that Lambda delivers at most",
                              {}};
  const LogScope request("requestId", invocation.request_id);
  log_failure(log_, error);
  return fail(invocation, error);
}

Result<Invocation> RuntimeClient::take_invocation() {
  Invocation out = read_head();
  out.event = http_.response().take_body();
  return out;
}

Invocation RuntimeClient::read_head() {
  const net::HttpResponse& response = http_.response();
  Invocation out;
  // Missing and empty are the same for all of these.
  out.request_id = response.header(kRequestIdHeader);
  out.function_arn = response.header(kFunctionArnHeader);
  out.trace_id = response.header(kTraceIdHeader);
  out.client_context = response.header(kClientContextHeader);
  out.cognito_identity = response.header(kCognitoIdentityHeader);
  out.tenant_id = response.header(kTenantIdHeader);
  out.invocation_id = response.header(kInvocationIdHeader);
  set_deadline(out, response.header(kDeadlineHeader));
  return out;
}

void RuntimeClient::set_deadline(Invocation& invocation, std::string_view header) const {
  std::int64_t end_ms = 0;
  const auto [end, failed] = std::from_chars(header.data(), header.data() + header.size(), end_ms);
  if (failed != std::errc() || end != header.data() + header.size()) return;
  const auto now = std::chrono::floor<std::chrono::milliseconds>(clock_.now()).time_since_epoch();
  if (end_ms <= now.count() || end_ms > (now + options_.longest_budget).count()) return;
  invocation.deadline_ms = end_ms;
  invocation.deadline = clock_.steady_now() + (std::chrono::milliseconds(end_ms) - now);
}

Status RuntimeClient::respond(const Invocation& invocation, ByteView answer,
                              std::string_view content_type) {
  const std::string path = invocation_path(invocation, kResponseSuffix);
  const std::array<net::HttpHeader, 3> headers = {
      {{"User-Agent", options_.user_agent},
       {"Content-Type", content_type},
       {kInvocationIdHeader, invocation.invocation_id}}};
  const auto sent = std::span(headers).first(invocation.invocation_id.empty() ? 2 : 3);
  return post("response", {"POST", path, sent, answer});
}

Status RuntimeClient::fail(const Invocation& invocation, const InvocationError& error) {
  const std::string path = invocation_path(invocation, kErrorSuffix);
  const std::string body = error_body(error);
  const std::string type = reportable_type(error.type);
  const std::string cause = error_cause(error, invocation.trace_id);
  std::vector<net::HttpHeader> headers = {{"User-Agent", options_.user_agent},
                                          {"Content-Type", "application/json"},
                                          {kErrorTypeHeader, type}};
  if (!cause.empty()) headers.push_back({kErrorCauseHeader, cause});
  if (!invocation.invocation_id.empty())
    headers.push_back({kInvocationIdHeader, invocation.invocation_id});
  return post("error", {"POST", path, headers, as_bytes(body)});
}

void RuntimeClient::fail_init(const InvocationError& error) {
  if (!reached_)
    if (const Status done = connect(); !done) {
      log_.error("init error not delivered", {{"reason", done.error().message()}});
      return;
    }
  const std::string body = error_body(error);
  const std::string type = reportable_type(error.type);
  const std::array<net::HttpHeader, 3> headers = {{{"User-Agent", options_.user_agent},
                                                   {"Content-Type", "application/json"},
                                                   {kErrorTypeHeader, type}}};
  if (const Status done = post("init error", {"POST", kInitErrorPath, headers, as_bytes(body)});
      !done)
    log_.error("init error not delivered", {{"reason", done.error().message()}});
}

Status RuntimeClient::post(std::string_view what, const net::HttpRequest& request) {
  Status sent = http_.send(request);
  // The API may have seen it; if so, the second copy is refused without harm.
  if (!sent && sent.error().code() == Errc::kUnavailable && http_.unanswered()) {
    log_.debug("posting once more",
               {{"what", std::string(what)}, {"reason", sent.error().message()}});
    sent = http_.send(request);
  }
  if (sent) {
    reached_ = true;
    return check_posted(what);
  }
  log_.warn("not delivered", {{"what", std::string(what)}, {"reason", sent.error().message()}});
  return {};  // the connection is closed; the next call opens another
}

Status RuntimeClient::check_posted(std::string_view what) {
  const int status = http_.response().status();
  if (status / 100 == 2) return {};
  std::string reason = std::to_string(status);
  if (const auto answer = json::Document::parse(as_text(http_.response().body())))
    if (const auto type = answer->root()["errorType"].string()) reason.append(" ").append(*type);
  if (status >= 500)
    return Error(Errc::kInternal, "Runtime API: POST " + std::string(what) + ": " + reason);
  log_.warn("refused by the Runtime API", {{"what", std::string(what)}, {"status", reason}});
  return {};
}

}  // namespace wascc::lambda
