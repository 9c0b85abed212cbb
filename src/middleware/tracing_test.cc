#include "middleware/tracing.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <sstream>

#include "base/incoming_trace.h"
#include "support/manual_clock.h"
#include "support/memory_log.h"
#include "wascc/messages/http.h"
#include "wascc/msgpack.h"

namespace wascc::middleware {
namespace {

constexpr Entity kServer{{}, "wascc:http_server", "default"};
constexpr Entity kClient{{}, "wascc:http_client", "default"};
constexpr Entity kActor{"MABC", {}, {}};
const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kParent = "00-" + kTrace + "-00f067aa0ba902b7-01";
const std::string kXray =
    "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1";

struct TracingTest : testing::Test {
  using Payload = std::function<void(ByteView)>;
  test::ManualClock clock;
  test::MemoryLog log;
  Tracing tracing{clock, Log(log)};

  // A call in which `seen` runs with what arrives.
  void call(const Entity& origin, const Entity& target, std::string_view operation,
            ByteView payload, const Payload& seen) {
    struct Call final : Middleware::Next {
      const Payload& seen;
      explicit Call(const Payload& then) : seen(then) {}
      Result<Bytes> operator()(ByteView arrived) override {
        seen(arrived);
        return Bytes();
      }
    } next(seen);
    (void)tracing.around({origin, target, operation, payload, kNoDeadline}, next);
  }
  // The headers that an actor gets, by name.
  using Headers = std::map<std::string, std::string>;
  static Headers headers_of(ByteView payload) {
    const auto request = decode<HttpRequest>(payload);
    EXPECT_TRUE(request);
    return request ? Headers(request->header.begin(), request->header.end()) : Headers();
  }
  Headers handle(
      StringMap headers, const std::function<void()>& inside = [] {}) {
    Headers got;
    call(kServer, kActor, kOpHandleRequest,
         encode(HttpRequest{"GET", "/größe", "", std::move(headers), to_bytes("body")}),
         [&](ByteView payload) {
           got = headers_of(payload);
           inside();
         });
    return got;
  }
  // The spans that were told, the inner before the outer: their fields.
  std::vector<std::map<std::string, std::string>> spans() const {
    std::vector<std::map<std::string, std::string>> all;
    for (const std::string& line : log.lines()) {
      EXPECT_TRUE(line.starts_with("info trace span ")) << line;
      std::istringstream words(line);
      std::map<std::string, std::string> fields;
      for (std::string word; words >> word;)
        if (const auto at = word.find('='); at != std::string::npos)
          fields[word.substr(0, at)] = word.substr(at + 1);
      all.push_back(std::move(fields));
    }
    return all;
  }
};

TEST_F(TracingTest, GoesOnWithTheTraceOfTheRequest) {
  auto got = handle({{"Traceparent", kParent}, {"tracestate", "a=1"}, {"x", "y"}},
                    [&] { clock.advance(std::chrono::microseconds(1500)); });
  ASSERT_EQ(spans().size(), 1U);
  auto span = spans()[0];
  EXPECT_EQ(span["trace_id"], kTrace);
  EXPECT_EQ(span["parent_id"], "00f067aa0ba902b7");
  EXPECT_EQ(span["operation"], "HandleRequest");
  EXPECT_EQ(span["origin"], "wascc:http_server,default");
  EXPECT_EQ(span["to"], "MABC");
  EXPECT_EQ(span["ms"], "1.500");
  EXPECT_EQ(span["outcome"], "ok");
  EXPECT_EQ(got["traceparent"], "00-" + kTrace + "-" + span["span_id"] + "-01");
  EXPECT_EQ(got.count("Traceparent"), 0U) << "one header, in whatever case it came";
  EXPECT_EQ(got["tracestate"], "a=1");
  EXPECT_EQ(got["x"], "y");
}

TEST_F(TracingTest, GoesOnWithTheTraceThatLambdaTells) {
  const IncomingTraceScope scope({{}, {}, kXray});
  auto got = handle({{"x-amzn-trace-id", "Root=forged"}});
  EXPECT_EQ(spans()[0]["trace_id"], kTrace);
  EXPECT_EQ(spans()[0]["parent_id"], "00f067aa0ba902b7");
  EXPECT_EQ(got["x-amzn-trace-id"], kXray) << "what the platform says, not the client";
  EXPECT_TRUE(got["traceparent"].starts_with("00-" + kTrace + "-"));
}

TEST_F(TracingTest, PrefersW3cAndTheRequestToWhatIsBesideIt) {
  const std::string other = "00-" + std::string(32, 'b') + "-00f067aa0ba902b8-01";
  const IncomingTraceScope scope({other, "b=1", kXray});
  handle({});
  EXPECT_EQ(spans()[0]["trace_id"], std::string(32, 'b'));
  const std::string third = "00-" + std::string(32, 'c') + "-00f067aa0ba902b8-01";
  auto got = handle({{"traceparent", third}});
  EXPECT_EQ(spans()[1]["trace_id"], std::string(32, 'c'));
  EXPECT_EQ(got.count("tracestate"), 0U) << "it belongs to another trace";
}

TEST_F(TracingTest, BeginsATraceWhereNoneCame) {
  auto got = handle({{"traceparent", "nonsense"}, {"tracestate", "a=1"}});
  auto span = spans()[0];
  EXPECT_EQ(span["parent_id"], "");
  EXPECT_EQ(got["traceparent"], "00-" + span["trace_id"] + "-" + span["span_id"] + "-01");
  EXPECT_EQ(got.count("tracestate"), 0U) << "it belonged to what was no trace";
}

TEST_F(TracingTest, PassesNothingOnThatIsNoLineOfAHeader) {
  for (const std::string& hostile : {std::string("a=1\r\nx-admin: yes"), std::string("größe"),
                                     std::string(513, 'a'), std::string("a\0b", 3)}) {
    const IncomingTraceScope scope({kParent, hostile, hostile});
    Headers sent;
    const auto got = handle({{"tracestate", hostile}, {"X-Amzn-Trace-Id", hostile}}, [&] {
      call(kActor, kClient, kOpPerformRequest,
           encode(HttpRequest{"GET", "https://example.com/", "", {}, {}}),
           [&](ByteView request) { sent = headers_of(request); });
    });
    EXPECT_EQ(got.size(), 1U) << "traceparent alone";
    EXPECT_EQ(sent.size(), 1U);
    EXPECT_TRUE(sent["traceparent"].starts_with("00-" + kTrace));
  }
  EXPECT_EQ(log.count("admin"), 0);
}

TEST_F(TracingTest, ALongNameOfAnOperationIsCut) {
  call(kActor, kClient, std::string(1'000'000, 'o'), {}, [](ByteView) {});
  EXPECT_EQ(spans()[0]["operation"], std::string(100, 'o'));
}

TEST_F(TracingTest, CallsWithinACallAreItsChildrenAndTellTheTraceToOtherServers) {
  Headers sent;
  handle({{"traceparent", kParent}, {"tracestate", "a=1"}, {"x-amzn-trace-id", kXray}}, [&] {
    call(kActor, {"MDEF", {}, {}}, "Ping", as_bytes("as it is"), [&](ByteView payload) {
      EXPECT_EQ(as_text(payload), "as it is");
      call({"MDEF", {}, {}}, kClient, kOpPerformRequest,
           encode(HttpRequest{"GET", "https://example.com/", "", {}, {}}),
           [&](ByteView request) { sent = headers_of(request); });
    });
  });
  auto all = spans();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0]["trace_id"], kTrace);
  EXPECT_EQ(all[0]["parent_id"], all[1]["span_id"]);
  EXPECT_EQ(all[1]["parent_id"], all[2]["span_id"]);
  EXPECT_EQ(sent["traceparent"], "00-" + kTrace + "-" + all[0]["span_id"] + "-01");
  EXPECT_EQ(sent["tracestate"], "a=1");
  EXPECT_EQ(sent["x-amzn-trace-id"], kXray);
}

TEST_F(TracingTest, ATraceThatTheActorSendsItselfStays) {
  Headers sent;
  call(kActor, kClient, kOpPerformRequest,
       encode(HttpRequest{"GET", "https://example.com/", "", {{"TraceParent", "mine"}}, {}}),
       [&](ByteView payload) { sent = headers_of(payload); });
  EXPECT_EQ(sent, (Headers{{"TraceParent", "mine"}}));
  handle({}, [&] {
    call(kActor, kClient, kOpPerformRequest,
         encode(HttpRequest{"GET", "https://example.com/", "", {{"X-Amzn-Trace-Id", "mine"}}, {}}),
         [&](ByteView payload) { sent = headers_of(payload); });
  });
  EXPECT_EQ(sent["X-Amzn-Trace-Id"], "mine");
}

TEST_F(TracingTest, ATraceThatIsNotSampledIsPassedOnAndNotTold) {
  auto got = handle({{"traceparent", "00-" + kTrace + "-00f067aa0ba902b7-00"}});
  EXPECT_TRUE(got["traceparent"].ends_with("-00"));
  EXPECT_TRUE(log.lines().empty());
}

TEST_F(TracingTest, WhatIsNoRequestPassesAsItIs) {
  call(kServer, kActor, kOpHandleRequest, as_bytes("größe"),
       [](ByteView payload) { EXPECT_EQ(as_text(payload), "größe"); });
  EXPECT_EQ(log.count("outcome=ok"), 1);
}

}  // namespace
}  // namespace wascc::middleware
