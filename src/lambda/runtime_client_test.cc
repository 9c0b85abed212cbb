#include "lambda/runtime_client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "lambda/answer_size.h"
#include "support/fake_runtime_api.h"
#include "support/manual_clock.h"
#include "support/memory_log.h"

namespace wascc::lambda {
namespace {

using std::chrono::milliseconds;
using test::ApiCall;
using test::FakeRuntimeApi;
using test::http_reply;
using test::SeenRequest;

std::vector<milliseconds> pauses(int first, std::size_t count) {
  std::vector<milliseconds> out;
  for (std::size_t i = 0; i < count; ++i) out.emplace_back(first << i);
  return out;
}

class RuntimeClientTest : public testing::Test {
 protected:
  RuntimeClientTest() : client_(address(), clock_, Log(log_), options()) {}

  net::HttpAddress address() const { return net::parse_http_address(api_.address()).value(); }
  RuntimeClientOptions options() {
    RuntimeClientOptions out;
    out.user_agent = "wascc/1.2.3";
    out.sleep = [this](milliseconds time) { slept_.push_back(time); };
    return out;
  }
  // One event, taken.
  Invocation taken(const std::string& id = "id-1", test::HeaderList headers = {}) {
    api_.queue({id, "{}", std::move(headers)});
    auto invocation = client_.next();
    EXPECT_TRUE(invocation);
    return invocation ? *std::move(invocation) : Invocation();
  }
  std::string deadline_in(milliseconds from_now) {
    const auto now = std::chrono::floor<milliseconds>(clock_.now()).time_since_epoch();
    return std::to_string((now + from_now).count());
  }

  FakeRuntimeApi api_{"/prefix"};
  test::ManualClock clock_;
  test::MemoryLog log_;
  std::vector<milliseconds> slept_;
  RuntimeClient client_;
};

TEST_F(RuntimeClientTest, AnEventArrivesWithAllThatTheApiSaysAboutIt) {
  api_.queue({"8476a536-e9f4-11e8-9739-2dfe598c3fcd",
              "\x01\xFF not json",
              {{"Lambda-Runtime-Deadline-Ms", deadline_in(milliseconds(3000))},
               {"Lambda-Runtime-Trace-Id", "Root=1-2-3;Sampled=1"},
               {"Lambda-Runtime-Invoked-Function-Arn", "arn:f"},
               {"Lambda-Runtime-Client-Context", "{\"client\":{}}"},
               {"Lambda-Runtime-Cognito-Identity", "{\"cognitoIdentityId\":\"i\"}"},
               {"Lambda-Runtime-Aws-Tenant-Id", "tenant"},
               {"Lambda-Runtime-Invocation-Id", "nonce"},
               {"Lambda-Runtime-Of-Tomorrow", "ignored"}}});
  const Invocation got = client_.next().value();
  EXPECT_EQ(got.request_id, "8476a536-e9f4-11e8-9739-2dfe598c3fcd");
  EXPECT_EQ(to_text(got.event), "\x01\xFF not json");
  EXPECT_EQ(got.deadline, clock_.steady_now() + milliseconds(3000));
  EXPECT_EQ(std::to_string(got.deadline_ms), deadline_in(milliseconds(3000)));
  EXPECT_EQ(got.trace_id, "Root=1-2-3;Sampled=1");
  EXPECT_EQ(got.function_arn, "arn:f");
  EXPECT_EQ(got.client_context, "{\"client\":{}}");
  EXPECT_EQ(got.cognito_identity, "{\"cognitoIdentityId\":\"i\"}");
  EXPECT_EQ(got.tenant_id, "tenant");
  EXPECT_EQ(got.invocation_id, "nonce");
  const SeenRequest asked = api_.seen(ApiCall::kNext).at(0);
  EXPECT_EQ(asked.path, "/prefix/2018-06-01/runtime/invocation/next");
  EXPECT_EQ(asked.header("User-Agent"), "wascc/1.2.3");
}

TEST_F(RuntimeClientTest, PresentButEmptyMeansAbsent) {
  const Invocation got = taken("id", {{"Lambda-Runtime-Trace-Id", ""},
                                      {"Lambda-Runtime-Client-Context", ""},
                                      {"Lambda-Runtime-Cognito-Identity", ""},
                                      {"Lambda-Runtime-Deadline-Ms", ""},
                                      {"Lambda-Runtime-Invocation-Id", ""}});
  EXPECT_EQ(got.trace_id, "");
  EXPECT_EQ(got.client_context, "");
  EXPECT_EQ(got.deadline, kNoDeadline);
  ASSERT_TRUE(client_.respond(got, as_bytes("{}"), "application/json"));
  EXPECT_FALSE(api_.wait_for("id").has_header("Lambda-Runtime-Invocation-Id"));
}

TEST_F(RuntimeClientTest, ADeadlineWithoutSenseIsNone) {
  using std::chrono::minutes;
  for (const std::string& value :
       {std::string("soon"), std::string("12x"), std::string("-1"), std::string("600000"),
        std::string("99999999999999999999"), std::string("9223372036854775807"),
        deadline_in(milliseconds(0)), deadline_in(milliseconds(-1)),
        deadline_in(minutes(16) + milliseconds(1))}) {
    const Invocation got = taken("id", {{"Lambda-Runtime-Deadline-Ms", value}});
    EXPECT_EQ(got.deadline, kNoDeadline) << value;
    EXPECT_EQ(got.deadline_ms, 0) << value;
  }
  const Invocation most = taken("id", {{"Lambda-Runtime-Deadline-Ms", deadline_in(minutes(16))}});
  EXPECT_EQ(most.deadline, clock_.steady_now() + minutes(16));
}

TEST_F(RuntimeClientTest, TheLongestDeadlineIsASetting) {
  RuntimeClientOptions longer = options();
  longer.longest_budget = kLongestConcurrentBudget;
  RuntimeClient client(address(), clock_, Log(log_), longer);
  api_.queue({"id", "", {{"Lambda-Runtime-Deadline-Ms", deadline_in(std::chrono::hours(24))}}});
  EXPECT_EQ(client.next().value().deadline, clock_.steady_now() + std::chrono::hours(24));
}

TEST_F(RuntimeClientTest, NothingYetIsAskedAgainAtOnce) {
  for (int i = 0; i < 20; ++i) api_.script(ApiCall::kNext, http_reply(204));
  EXPECT_EQ(taken().request_id, "id-1");
  EXPECT_TRUE(slept_.empty());
  EXPECT_TRUE(log_.lines().empty());
}

TEST_F(RuntimeClientTest, AConnectionClosedWhileIdleIsReplacedSilently) {
  const Invocation first = taken("1");
  ASSERT_TRUE(client_.respond(first, {}, "application/json"));
  api_.drop_connections();
  EXPECT_EQ(taken("2").request_id, "2");
  EXPECT_TRUE(slept_.empty());
  EXPECT_EQ(log_.count("warn") + log_.count("error"), 0);
  EXPECT_EQ(api_.connections(), 2);
}

TEST_F(RuntimeClientTest, AskedAgainAfterEveryKindOfBadAnswer) {
  const auto event = FakeRuntimeApi::event_reply({"bad", "0123456789"});
  const test::Reply kBad[] = {
      http_reply(200, "no id"),
      http_reply(200, "empty id", {{"Lambda-Runtime-Aws-Request-Id", ""}}),
      http_reply(400),
      http_reply(403),
      http_reply(404),
      http_reply(302),
      http_reply(202),
      event.cut(5),
      event.cut(event.bytes.size() - 10),
      event.cut(event.bytes.size() - 1),
      {"nonsense\r\n\r\n", true},
  };
  for (const test::Reply& bad : kBad) {
    slept_.clear();
    api_.script(ApiCall::kNext, bad);
    EXPECT_EQ(taken("good").request_id, "good") << bad.bytes;
    EXPECT_EQ(slept_, pauses(100, 1)) << bad.bytes;
  }
  api_.script_close(ApiCall::kNext);
  EXPECT_EQ(taken("good").request_id, "good");
}

TEST_F(RuntimeClientTest, GivesUpAfterFiveRetriesInARow) {
  for (int i = 0; i < 6; ++i) api_.script(ApiCall::kNext, http_reply(403));
  const auto failed = client_.next();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message(), "Runtime API: GET next: status 403; 5 retries used up");
  EXPECT_EQ(slept_, pauses(100, 5));
  EXPECT_EQ(api_.seen(ApiCall::kNext).size(), 6U);
}

TEST_F(RuntimeClientTest, ConnectionsThatCloseWithoutAByteAreNoEndlessLoop) {
  for (int i = 0; i < 6; ++i) api_.script_close(ApiCall::kNext);
  EXPECT_FALSE(client_.next());
  EXPECT_EQ(slept_, pauses(100, 5));
}

TEST_F(RuntimeClientTest, AServerErrorOnNextEndsItAtOnce) {
  api_.script(ApiCall::kNext, http_reply(500));
  const auto failed = client_.next();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), Errc::kInternal);
  EXPECT_TRUE(slept_.empty());
}

TEST_F(RuntimeClientTest, ReadsEventsOfTheLargestSizeAndSlowOnes) {
  api_.queue({"large", std::string(kMaxEventBytes, 'x')});
  EXPECT_EQ(client_.next().value().event.size(), kMaxEventBytes);
  api_.script(ApiCall::kNext, FakeRuntimeApi::event_reply({"slow", "{\"a\":1}"}).slow());
  EXPECT_EQ(to_text(client_.next().value().event), "{\"a\":1}");
}

TEST_F(RuntimeClientTest, AnEventOverTheLimitIsRefusedAndTheNextOneTaken) {
  api_.queue({"huge", std::string(kMaxEventBytes + 1, 'x')});
  api_.queue({"next", "{}"});
  EXPECT_EQ(client_.next().value().request_id, "next");
  const SeenRequest refusal = api_.wait_for("huge");
  EXPECT_TRUE(refusal.path.ends_with("/error")) << refusal.path;
  EXPECT_EQ(refusal.header("Lambda-Runtime-Function-Error-Type"), "Runtime.UnmarshalError");
  EXPECT_NE(refusal.body.find("6291556 bytes"), std::string::npos) << refusal.body;
  EXPECT_TRUE(slept_.empty());
}

TEST_F(RuntimeClientTest, TheSameEventTwiceIsTwoEvents) {
  EXPECT_EQ(taken("twice").request_id, "twice");
  EXPECT_EQ(taken("twice").request_id, "twice");
}

TEST(RuntimeClientConnect, RetriesFiveTimesAndSaysWhoDidNotAnswer) {
  std::string address;
  {
    const FakeRuntimeApi gone;
    address = gone.address();
  }
  const test::ManualClock clock;
  test::MemoryLog log;
  std::vector<milliseconds> slept;
  RuntimeClientOptions options;
  options.sleep = [&slept](milliseconds time) { slept.push_back(time); };
  RuntimeClient client(net::parse_http_address(address).value(), clock, Log(log), options);
  const Status failed = client.connect();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message(),
            "Runtime API: connect to " + address + ": refused: Connection refused");
  EXPECT_EQ(slept, pauses(10, 5));
  slept.clear();
  EXPECT_FALSE(client.next());
  EXPECT_EQ(slept, pauses(10, 5));
}

TEST_F(RuntimeClientTest, AnAnswerGoesToItsEventWithItsInvocationId) {
  const Invocation event = taken("id/1 ?", {{"Lambda-Runtime-Invocation-Id", "nonce"}});
  ASSERT_TRUE(client_.respond(event, as_bytes("{\"ok\":true}"), "application/json"));
  const SeenRequest answer = api_.wait_for("id%2F1%20%3F");
  EXPECT_EQ(answer.path, "/prefix/2018-06-01/runtime/invocation/id%2F1%20%3F/response");
  EXPECT_EQ(answer.body, "{\"ok\":true}");
  EXPECT_EQ(answer.header("Content-Type"), "application/json");
  EXPECT_EQ(answer.header("Content-Length"), "11");
  EXPECT_EQ(answer.header("Lambda-Runtime-Invocation-Id"), "nonce");
  EXPECT_FALSE(answer.has_header("Lambda-Runtime-Function-Response-Mode"));
}

TEST_F(RuntimeClientTest, AnEmptyAnswerHasLengthZero) {
  ASSERT_TRUE(client_.respond(taken(), {}, "application/octet-stream"));
  EXPECT_EQ(api_.wait_for("id-1").header("Content-Length"), "0");
}

TEST_F(RuntimeClientTest, AnErrorCarriesTypeTraceAndInvocationId) {
  const Invocation event = taken("id-1", {{"Lambda-Runtime-Invocation-Id", "nonce"},
                                          {"Lambda-Runtime-Trace-Id", "Root=1-2-3;Sampled=1"}});
  ASSERT_TRUE(client_.fail(event, {"Function.ActorTrap", "trapped: ünreachable", {"handle"}}));
  const SeenRequest error = api_.wait_for("id-1");
  EXPECT_EQ(error.path, "/prefix/2018-06-01/runtime/invocation/id-1/error");
  EXPECT_EQ(error.body,
            R"({"errorMessage":"trapped: ünreachable","errorType":"Function.ActorTrap",)"
            R"("stackTrace":["handle"]})");
  EXPECT_EQ(error.header("Content-Type"), "application/json");
  EXPECT_EQ(error.header("Lambda-Runtime-Function-Error-Type"), "Function.ActorTrap");
  EXPECT_EQ(error.header("Lambda-Runtime-Invocation-Id"), "nonce");
  EXPECT_NE(error.header("Lambda-Runtime-Function-XRay-Error-Cause"), "");
}

TEST_F(RuntimeClientTest, RefusalsAreLoggedAndTheNextEventIsServed) {
  struct Case {
    int status;
    const char* type;
  };
  constexpr Case kCases[] = {{400, "InvalidRequestID"},
                             {400, "InvalidFunctionResponseMode"},
                             {400, "TruncatedHTTPRequest"},
                             {403, "InvalidStateTransition"},
                             {410, "InvokeTimeout"},
                             {413, "RequestEntityTooLarge"},
                             {404, "NotFound"},
                             {301, "Moved"}};
  for (const Case& c : kCases)
    for (const ApiCall call : {ApiCall::kResponse, ApiCall::kError}) {
      const Invocation event = taken();
      api_.script(call, http_reply(c.status, std::string("{\"errorType\":\"") + c.type + "\"}"));
      const Status done = call == ApiCall::kResponse
                              ? client_.respond(event, as_bytes("1"), "application/json")
                              : client_.fail(event, {"Function.ActorError", "no", {}});
      EXPECT_TRUE(done) << c.status;
      EXPECT_EQ(log_.lines().back().find("warn lambda refused by the Runtime API"), 0U);
      EXPECT_NE(log_.lines().back().find(std::to_string(c.status) + " " + c.type),
                std::string::npos);
    }
  EXPECT_EQ(api_.seen(ApiCall::kError).size(), std::size(kCases));  // none after a 413
  EXPECT_EQ(api_.connections(), 1);
  taken("still served");
}

TEST_F(RuntimeClientTest, AServerErrorOnAPostEndsTheProcess) {
  for (const ApiCall call : {ApiCall::kResponse, ApiCall::kError}) {
    const Invocation event = taken();
    api_.script(call, http_reply(500, "{\"errorType\":\"InternalServerError\"}"));
    const Status done = call == ApiCall::kResponse
                            ? client_.respond(event, as_bytes("1"), "application/json")
                            : client_.fail(event, {"Function.ActorError", "no", {}});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code(), Errc::kInternal);
  }
}

TEST_F(RuntimeClientTest, AnAnswerThatFindsItsConnectionClosedIsPostedOnceMore) {
  const Invocation event = taken();
  api_.drop_connections();
  ASSERT_TRUE(client_.respond(event, as_bytes("1"), "application/json"));
  EXPECT_EQ(api_.seen(ApiCall::kResponse).size(), 1U);
  EXPECT_EQ(api_.connections(), 2);

  const Invocation second = taken("id-2");
  api_.script_close(ApiCall::kError);
  ASSERT_TRUE(client_.fail(second, {"Function.ActorError", "no", {}}));
  EXPECT_EQ(api_.seen(ApiCall::kError).size(), 2U);
  EXPECT_EQ(log_.count("warn"), 0);
}

TEST_F(RuntimeClientTest, OtherFailuresOfAPostAreLoggedAndOver) {
  const Invocation event = taken();
  const auto accepted = http_reply(202, "{\"status\":\"OK\"}");
  for (const std::size_t size : {std::size_t{1}, accepted.bytes.size() - 1}) {
    api_.script(ApiCall::kResponse, accepted.cut(size));
    ASSERT_TRUE(client_.respond(event, as_bytes("1"), "application/json"));
  }
  EXPECT_EQ(api_.seen(ApiCall::kResponse).size(), 2U);
  EXPECT_EQ(log_.count("warn lambda not delivered what=response"), 2);
  api_.script_close(ApiCall::kResponse);
  api_.script_close(ApiCall::kResponse);
  ASSERT_TRUE(client_.respond(event, as_bytes("1"), "application/json"));
  EXPECT_EQ(api_.seen(ApiCall::kResponse).size(), 4U);
  EXPECT_EQ(taken("next").request_id, "next");
}

TEST(RuntimeClientStandstill, APostWithoutAnyProgressIsGivenUpAndTheNextEventIsTaken) {
  std::atomic<int> posts = 0;
  test::ScriptedServer api(
      [&posts](const SeenRequest& seen,
               const test::ScriptedServer::Gone& gone) -> std::optional<test::Reply> {
        if (seen.method == "GET") return FakeRuntimeApi::event_reply({"id", "{}"});
        ++posts;
        while (!gone()) std::this_thread::yield();
        return std::nullopt;
      });
  const test::ManualClock clock;
  test::MemoryLog log;
  RuntimeClientOptions options;
  options.timeouts.standstill = milliseconds(20);
  RuntimeClient client(net::parse_http_address(api.address()).value(), clock, Log(log), options);
  const Invocation event = client.next().value();
  EXPECT_TRUE(client.respond(event, as_bytes("1"), "application/json"));
  EXPECT_TRUE(client.next());
  EXPECT_TRUE(client.fail(event, {"Function.ActorError", "no", {}}));
  client.fail_init({"Runtime.ActorLoadError", "x", {}});
  EXPECT_EQ(posts, 3);  // none is sent a second time: the API may be at work on it
  EXPECT_TRUE(client.next());
  for (const char* what : {"response", "error", "init error"})
    EXPECT_EQ(log.count(std::string("warn lambda not delivered what=") + what + " reason=POST " +
                        api.address() + ": given up: no byte in either direction for 20 ms"),
              1)
        << what;
}

TEST_F(RuntimeClientTest, GetNextWaitsLongerThanAPostMay) {
  RuntimeClientOptions hasty = options();
  hasty.timeouts.standstill = milliseconds(2);
  RuntimeClient client(address(), clock_, Log(log_), hasty);
  test::ScriptedServer silent([](const auto&, const test::ScriptedServer::Gone& gone) {
    while (!gone()) std::this_thread::yield();
    return std::nullopt;
  });
  std::thread later([&] {
    api_.wait_for_call(ApiCall::kNext);
    net::HttpClient other(net::parse_http_address(silent.address()).value(), hasty.timeouts);
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(other.send({"POST", "/", {}, {}}).error().code(), Errc::kTimeout);
    api_.queue({"late", "{}"});
  });
  EXPECT_EQ(client.next().value().request_id, "late");
  later.join();
  EXPECT_EQ(api_.seen(ApiCall::kNext).size(), 1U);
  EXPECT_EQ(log_.count("warn"), 0);
}

TEST_F(RuntimeClientTest, AnAnswerOfTheLargestSizeIsDelivered) {
  const std::string answer(kMaxAnswerBytes, 'a');
  ASSERT_TRUE(client_.respond(taken(), as_bytes(answer), "application/json"));
  EXPECT_EQ(api_.wait_for("id-1").body.size(), kMaxAnswerBytes);
}

TEST_F(RuntimeClientTest, AnInitErrorIsPostedWithItsType) {
  client_.fail_init({"Runtime.InvalidConfiguration", "no actor", {}});
  const SeenRequest seen = api_.wait_for_call(ApiCall::kInitError);
  EXPECT_EQ(seen.body, R"({"errorMessage":"no actor","errorType":"Runtime.InvalidConfiguration"})");
  EXPECT_EQ(seen.header("Lambda-Runtime-Function-Error-Type"), "Runtime.InvalidConfiguration");
  EXPECT_FALSE(seen.has_header("Lambda-Runtime-Invocation-Id"));
  EXPECT_TRUE(log_.lines().empty());
}

TEST_F(RuntimeClientTest, WhatIsAskedOnItsConnectionBeforehandLeavesItForTheFirstEvent) {
  ASSERT_TRUE(client_.connection().send({"POST", kExtensionRegisterPath, {}, {}}));
  ASSERT_TRUE(client_.connect());
  taken();
  EXPECT_EQ(api_.connections(), 1);
}

TEST_F(RuntimeClientTest, AnInitErrorIsPostedThoughAnotherAnswerIsStillToCome) {
  ASSERT_TRUE(client_.connection().ask({"POST", kExtensionRegisterPath, {}, {}}));
  client_.fail_init({"Runtime.ActorLoadError", "x", {}});
  api_.wait_for_call(ApiCall::kInitError);
  EXPECT_TRUE(log_.lines().empty());
}

TEST_F(RuntimeClientTest, AnInitErrorThatIsRefusedOrLostEndsInTheLog) {
  api_.script(ApiCall::kInitError, http_reply(403));
  client_.fail_init({"Runtime.ActorLoadError", "x", {}});
  EXPECT_EQ(log_.count("refused by the Runtime API what=init error"), 1);
  api_.script(ApiCall::kInitError, http_reply(500));
  client_.fail_init({"Runtime.ActorLoadError", "x", {}});
  EXPECT_EQ(log_.count("error lambda init error not delivered"), 1);
  api_.script(ApiCall::kInitError, http_reply(202).cut(3));
  client_.fail_init({"Runtime.ActorLoadError", "x", {}});
  EXPECT_EQ(log_.count("not delivered what=init error"), 1);
}

TEST_F(RuntimeClientTest, StopEndsAWaitingNextAndAllLaterOnes) {
  std::thread stopper([this] {
    api_.wait_for_call(ApiCall::kNext);
    client_.stop();
  });
  EXPECT_FALSE(client_.next());
  stopper.join();
  EXPECT_FALSE(client_.next());
  EXPECT_TRUE(slept_.empty());
  EXPECT_EQ(log_.count("warn"), 0);
}

TEST_F(RuntimeClientTest, AnAnswerMayBePostedAfterStop) {
  const Invocation event = taken();
  client_.stop();
  ASSERT_TRUE(client_.respond(event, as_bytes("1"), "application/json"));
  EXPECT_EQ(api_.wait_for("id-1").body, "1");
  EXPECT_FALSE(client_.next());
}

}  // namespace
}  // namespace wascc::lambda
