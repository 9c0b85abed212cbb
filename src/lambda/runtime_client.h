// The Runtime API as one worker uses it: ask for an event, post its answer or its error. It retries
// where docs/formats/runtime-api.md says so and tells the caller only what the caller must act on.
//
// One object is one connection and one worker; a worker is one thread. stop() may come from any.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "lambda/invocation.h"
#include "lambda/runtime_api.h"
#include "net/http_client.h"

namespace wascc::lambda {

// How a client passes the time between two tries; a test's does not.
using Sleep = std::function<void(std::chrono::milliseconds)>;
void sleep_for(std::chrono::milliseconds time);

struct RuntimeClientOptions {
  std::string user_agent = "wascc";  // product/version; Lambda labels the environment with it
  std::chrono::milliseconds longest_budget = kLongestBudget;
  // Of all calls but GET next, inside which the environment may be frozen for hours.
  net::HttpTimeouts timeouts = {std::nullopt, kPostStandstill};
  Sleep sleep = sleep_for;
};

class RuntimeClient final : public RuntimeApi {
 public:
  // The clock outlives the client.
  RuntimeClient(net::HttpAddress address, const Clock& clock, const Log& log,
                RuntimeClientOptions options = {});

  // The connection itself, for what else is to be asked before the first GET next.
  net::HttpClient& connection() { return http_; }

  // Connects, with five retries. To be called while the process starts, so that the first event
  // does not pay for it; the calls below connect by themselves where it was not.
  Status connect();

  // Asks for the first event before next() is called, so that whatever is done in between is done
  // while Lambda looks for one. A failure shows in next().
  void ask_ahead();
  Result<Invocation> next() override;
  // kInternal if the API is broken (5xx): exit with a code other than 0, without delay. All else is
  // logged and over: refusals, a lost connection. Sizes are the caller's to check (answer_size.h);
  // the error that was posted is the caller's to log.
  Status respond(const Invocation& invocation, ByteView answer,
                 std::string_view content_type) override;
  Status fail(const Invocation& invocation, const InvocationError& error) override;

  // Before the first next() only; the process is to exit afterwards, whatever came of it. A failure
  // to tell is logged.
  void fail_init(const InvocationError& error);

  // From any thread: next() fails, now if it waits, and whenever it is called again. An answer may
  // still be posted.
  void stop();

 private:
  // Answers whether there is anything left to ask for.
  bool set_asking(bool asking);
  Result<Invocation> ask_until_answered();
  Status ask();
  Status post(std::string_view what, const net::HttpRequest& request);
  Status check_posted(std::string_view what);
  Status refuse_event();
  Result<Invocation> take_invocation();
  Invocation read_head();
  void set_deadline(Invocation& invocation, std::string_view header) const;

  const Clock& clock_;
  const Log log_;
  const RuntimeClientOptions options_;
  net::HttpClient http_;
  bool reached_ = false;      // a connection has been open once
  bool asked_ahead_ = false;  // the answer to GET next is still to be read

  std::mutex stop_mutex_;
  bool stopping_ = false;
  bool asking_ = false;  // inside next()
};

}  // namespace wascc::lambda
