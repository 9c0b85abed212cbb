#include "lambda/event_handler.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "lambda/answer_size.h"
#include "support/fake_dispatcher.h"
#include "support/memory_log.h"

namespace wascc::lambda {
namespace {

constexpr const char* kHttpText =
    R"({"httpMethod":"GET","path":"/a b","requestContext":{"elb":{}},"headers":{"x":"1"}})";
constexpr const char* kRawText = R"({"Records":[]})";

Bytes http_reply(std::uint32_t status, std::string_view body = "") {
  HttpResponse response;
  response.status_code = status;
  response.body = to_bytes(body);
  return encode(response);
}

// Both providers with an actor each, where asked for.
class EventHandlerTest : public testing::Test {
 protected:
  void bind(std::string http_actor, std::string raw_actor) {
    ASSERT_TRUE(http_.start(dispatcher_));
    ASSERT_TRUE(raw_.start(dispatcher_));
    if (!http_actor.empty()) {
      ASSERT_TRUE(http_.bind({std::move(http_actor), {}}));
    }
    if (!raw_actor.empty()) {
      ASSERT_TRUE(raw_.bind({std::move(raw_actor), {}}));
    }
  }

  EventOutcome handle(std::string_view event, EventSettings settings = {}) {
    Invocation invocation;
    invocation.request_id = "id";
    invocation.event = to_bytes(event);
    invocation.trace_id = "Root=1";
    invocation.client_context = "{\"a\": 1}";
    return EventHandler(http_, raw_, std::move(settings)).handle(invocation, kDeadline, Log(log_));
  }

  static std::string text(const EventOutcome& outcome) {
    return outcome.answer ? to_text(outcome.answer->bytes()) : "no answer";
  }

  static constexpr Deadline kDeadline{std::chrono::seconds(9)};
  test::MemoryLog log_;
  test::FakeDispatcher dispatcher_;
  EventProvider http_{EventProvider::kHttp};
  EventProvider raw_{EventProvider::kRaw};
};

TEST_F(EventHandlerTest, SendsAnHttpEventToTheHttpActorAndAnswersIt) {
  bind("MA", "MA");
  dispatcher_.answer = [](const Dispatch&) { return http_reply(200, "hello"); };
  const EventOutcome outcome = handle(kHttpText);
  EXPECT_FALSE(outcome.error);
  EXPECT_EQ(
      text(outcome),
      R"({"statusCode":200,"statusDescription":"200 OK","headers":{},"body":"hello","isBase64Encoded":false})");
  EXPECT_EQ(outcome.answer->content_type(), "application/json");
  ASSERT_EQ(dispatcher_.calls().size(), 1u);
  const auto call = dispatcher_.calls()[0];
  EXPECT_EQ(call.actor, "MA");
  EXPECT_EQ(call.operation, "HandleRequest");
  EXPECT_EQ(call.deadline, kDeadline);
  const Result<HttpRequest> request = decode<HttpRequest>(call.payload);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->path, "/a%20b");
  EXPECT_EQ(request->header, (StringMap{{"x", "1"}}));
}

TEST_F(EventHandlerTest, KnowsAnHttpEventHoweverDeepTheRestOfItIsNested) {
  bind("MA", "");
  dispatcher_.answer = [](const Dispatch&) { return http_reply(200, "hello"); };
  const std::string deep = std::string(990, '[') + std::string(990, ']');
  const EventOutcome outcome =
      handle(R"({"httpMethod":"GET","path":"/","requestContext":{"elb":{},)"
             R"("authorizer":)" +
             deep + R"(},"more":)" + deep + "}");
  EXPECT_FALSE(outcome.error) << outcome.error->message;
}

TEST_F(EventHandlerTest, SendsARawEventToTheRawActorByteForByte) {
  bind("MA", "MB");
  dispatcher_.answer = [](const Dispatch&) {
    return encode(EventResponse{to_bytes("\xFF answer")});
  };
  for (const char* event : {kRawText, "[1,2]", "\"x\"", "null", "", "no JSON \xFF",
                            R"({"requestContext":{"connectionId":"x","eventType":"CONNECT"}})"}) {
    const EventOutcome outcome = handle(event);
    EXPECT_EQ(text(outcome), "\xFF answer") << event;
    EXPECT_EQ(outcome.answer->content_type(), "application/octet-stream");
    const auto call = dispatcher_.calls().back();
    EXPECT_EQ(call.actor, "MB");
    EXPECT_EQ(call.operation, "HandleEvent");
    EXPECT_EQ(to_text(decode<Event>(call.payload)->body), event);
  }
}

TEST_F(EventHandlerTest, SendsHttpEventsRawToAnActorThatTakesOnlyThose) {
  bind("", "MA");
  dispatcher_.answer = [](const Dispatch&) { return encode(EventResponse{to_bytes("{}")}); };
  EXPECT_EQ(text(handle(kHttpText)), "{}");
  EXPECT_EQ(to_text(decode<Event>(dispatcher_.calls()[0].payload)->body), kHttpText);
}

TEST_F(EventHandlerTest, AnswersAnEmptyRawReplyWithAnEmptyBody) {
  bind("", "MA");
  dispatcher_.answer = [](const Dispatch&) { return encode(EventResponse{}); };
  const EventOutcome outcome = handle(kRawText);
  EXPECT_FALSE(outcome.error);
  EXPECT_EQ(text(outcome), "");
}

TEST_F(EventHandlerTest, NamesTheCapabilityThatARawEventNeeds) {
  bind("MA", "");
  const EventOutcome outcome = handle(kRawText);
  ASSERT_TRUE(outcome.error);
  EXPECT_FALSE(outcome.answer);
  EXPECT_EQ(outcome.error->type, "Function.ActorError");
  EXPECT_NE(outcome.error->message.find("awslambda:event"), std::string::npos);
  EXPECT_NE(outcome.error->message.find("MA"), std::string::npos);
  EXPECT_TRUE(dispatcher_.calls().empty());
}

TEST_F(EventHandlerTest, NeedsAnActor) {
  bind("", "");
  const EventOutcome outcome = handle(kHttpText);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->type, "Runtime.InvalidConfiguration");
  EXPECT_EQ(outcome.error->message,
            "no actor is authorised for wascc:http_server or awslambda:event");
}

TEST_F(EventHandlerTest, RefusesABodyThatIsNotBase64AsSaid) {
  bind("MA", "MA");
  const EventOutcome outcome = handle(
      R"({"httpMethod":"GET","path":"/","requestContext":{"elb":{}},"body":"not base64!","isBase64Encoded":true})");
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->type, "Runtime.UnmarshalError");
  EXPECT_TRUE(dispatcher_.calls().empty());
}

TEST_F(EventHandlerTest, GivesEachFailureOfADispatchItsType) {
  bind("MB4OÄ", "");
  struct Case {
    Errc code;
    const char* type;
  };
  static constexpr Case kCases[] = {
      {Errc::kMalformed, "Function.InvalidActorReply"},
      {Errc::kInvalid, "Runtime.InternalError"},
      {Errc::kDenied, "Runtime.ActorNotTrusted"},
      {Errc::kNotFound, "Runtime.InvalidConfiguration"},
      {Errc::kExists, "Runtime.InternalError"},
      {Errc::kUnsupported, "Function.ActorError"},
      {Errc::kTooLarge, "Function.ResponseSizeTooLarge"},
      {Errc::kTrap, "Function.ActorTrap"},
      {Errc::kTimeout, "Function.ActorTimeout"},
      {Errc::kOutOfMemory, "Function.ActorOutOfMemory"},
      {Errc::kGuest, "Function.ActorError"},
      {Errc::kProvider, "Function.ActorError"},
      {Errc::kUnavailable, "Runtime.InternalError"},
      {Errc::kInternal, "Runtime.InternalError"},
  };
  for (const Case& c : kCases) {
    dispatcher_.answer = [&](const Dispatch&) -> Result<Bytes> {
      return Error(c.code, "Invocation failure: λ", {"frame 1", "frame 2"});
    };
    const EventOutcome outcome = handle(kHttpText);
    ASSERT_TRUE(outcome.error);
    EXPECT_FALSE(outcome.answer);
    EXPECT_EQ(outcome.error->type, c.type);
    EXPECT_EQ(outcome.error->message,
              "Guest MB4OÄ failed to handle HandleRequest: Invocation failure: λ");
    EXPECT_EQ(outcome.error->stack_trace, (std::vector<std::string>{"frame 1", "frame 2"}));
  }
}

TEST_F(EventHandlerTest, NamesTheOperationThatFailed) {
  bind("", "MA");
  dispatcher_.answer = [](const Dispatch&) -> Result<Bytes> {
    return Error(Errc::kGuest,
                 "Invocation failure: failed to invoke actor: Guest call failure: bad dispatch");
  };
  EXPECT_EQ(
      handle(kRawText).error->message,
      "Guest MA failed to handle HandleEvent: Invocation failure: failed to invoke actor: Guest "
      "call failure: bad dispatch");
}

TEST_F(EventHandlerTest, RefusesRepliesThatAreNone) {
  bind("MA", "MB");
  for (const char* reply : {"", "\xC1", "\xC0", "text", "\x91\xA1z"}) {
    dispatcher_.answer = [&](const Dispatch&) { return to_bytes(std::string_view(reply)); };
    const EventOutcome http = handle(kHttpText);
    ASSERT_TRUE(http.error) << reply;
    EXPECT_EQ(http.error->type, "Function.InvalidActorReply") << reply;
    EXPECT_TRUE(http.error->message.starts_with("Failed to deserialize actor's response: "));
  }
  dispatcher_.answer = [](const Dispatch&) { return to_bytes("\xC1"); };
  EXPECT_EQ(handle(kRawText).error->type, "Function.InvalidActorReply");
}

TEST_F(EventHandlerTest, ReadsAHeaderOfAReplyAsLatin1WhereItIsNotUtf8) {
  bind("MA", "");
  dispatcher_.answer = [](const Dispatch&) {
    HttpResponse response;
    response.status_code = 200;
    response.header = {{"a", "h\xE9"}};
    return encode(response);
  };
  EXPECT_NE(text(handle(kHttpText)).find(R"("headers":{"a":"hé"})"), std::string::npos);
}

TEST_F(EventHandlerTest, LeavesOutAHeaderOfAReplyWhoseNameIsNotUtf8) {
  bind("MA", "");
  dispatcher_.answer = [](const Dispatch&) {
    HttpResponse response;
    response.status_code = 200;
    response.header = {{"X-\xFF", "1"}, {"X", "2"}};
    return encode(response);
  };
  EXPECT_EQ(
      text(handle(kHttpText)),
      R"({"statusCode":200,"statusDescription":"200 OK","headers":{"X":"2"},"body":"","isBase64Encoded":false})");
}

TEST_F(EventHandlerTest, RefusesAStatusThatIsNoHttpAnswer) {
  bind("MA", "");
  dispatcher_.answer = [](const Dispatch&) { return http_reply(0); };
  EXPECT_EQ(handle(kHttpText).error->type, "Function.InvalidHttpResponse");
}

TEST_F(EventHandlerTest, RefusesAnswersOverTheLimit) {
  bind("MA", "MB");
  dispatcher_.answer = [](const Dispatch&) {
    return http_reply(200, std::string(6'000'000, '\xFF'));
  };
  const EventOutcome http = handle(kHttpText);
  EXPECT_EQ(http.error->type, "Function.ResponseSizeTooLarge");
  EXPECT_NE(http.error->message.find("8000000"), std::string::npos);
  EXPECT_NE(http.error->message.find("6291556"), std::string::npos);

  dispatcher_.answer = [](const Dispatch&) {
    return encode(EventResponse{Bytes(kMaxAnswerBytes)});
  };
  EXPECT_FALSE(handle(kRawText).error);
  dispatcher_.answer = [](const Dispatch&) {
    return encode(EventResponse{Bytes(kMaxAnswerBytes + 1)});
  };
  EXPECT_EQ(handle(kRawText).error->type, "Function.ResponseSizeTooLarge");
}

TEST_F(EventHandlerTest, AnswersWithAnHttp500WhereThePolicySaysSo) {
  bind("MA", "MB");
  EventSettings settings;
  settings.error_policy = ErrorPolicy::kHttp500;
  dispatcher_.answer = [](const Dispatch&) -> Result<Bytes> {
    return Error(Errc::kGuest, "the actor's own words");
  };
  const EventOutcome http = handle(kHttpText, settings);
  EXPECT_EQ(
      text(http),
      R"({"statusCode":500,"statusDescription":"500 Internal Server Error",)"
      R"("headers":{"content-type":"application/json"},"body":"{\"message\":\"Internal Server Error\"}",)"
      R"("isBase64Encoded":false})");
  ASSERT_TRUE(http.error) << "it must be logged";
  EXPECT_EQ(http.error->type, "Function.ActorError");

  const EventOutcome raw = handle(kRawText, settings);
  EXPECT_FALSE(raw.answer);
  EXPECT_TRUE(raw.error);

  dispatcher_.answer = [](const Dispatch&) -> Result<Bytes> {
    return Error(Errc::kInternal, "bug");
  };
  EXPECT_FALSE(handle(kHttpText, settings).answer) << "not the actor's failure";
}

TEST_F(EventHandlerTest, TellsAnActorItsContextWhereThatIsAskedFor) {
  bind("MA", "");
  dispatcher_.answer = [](const Dispatch&) { return http_reply(200); };
  EventSettings settings;
  settings.context_headers = true;
  handle(kHttpText, settings);
  const Result<HttpRequest> request = decode<HttpRequest>(dispatcher_.calls()[0].payload);
  ASSERT_TRUE(request);
  EXPECT_EQ(
      request->header,
      (StringMap{
          {"x", "1"},
          {"x-amzn-request-context", R"({"elb":{}})"},
          {"x-amzn-lambda-context",
           R"({"request_id":"id","deadline":0,"invoked_function_arn":"","xray_trace_id":"Root=1",)"
           R"("client_context":{"a":1},"identity":null,"tenant_id":""})"},
          {"x-amzn-trace-id", "Root=1"}}));
}

TEST_F(EventHandlerTest, TellsAllThatLambdaSaidOfTheEventAndNothingThatAClientForged) {
  bind("MA", "");
  dispatcher_.answer = [](const Dispatch&) { return http_reply(200); };
  Invocation invocation;
  invocation.request_id = "8476a536";
  invocation.event = to_bytes(
      R"({"version":"2.0","rawPath":"/","requestContext":{"http":{"method":"GET"}},"headers":{)"
      R"("X-Amzn-Lambda-Context":"forged","x-amzn-request-context":"forged",)"
      R"("X-AMZN-TRACE-ID":"forged","x-mine":"1"}})");
  invocation.deadline_ms = 1'700'000'003'000;
  invocation.function_arn = "arn:aws:lambda:eu-west-1:1:function:f:live";
  invocation.trace_id = "Root=1-2-3;Sampled=1";
  invocation.client_context = R"({"custom": {"k": "ü"}})";
  invocation.cognito_identity = R"({"cognitoIdentityId":"i","cognitoIdentityPoolId":"p"})";
  invocation.tenant_id = "blue";
  EventSettings settings;
  settings.context_headers = true;
  EventHandler(http_, raw_, settings).handle(invocation, kDeadline, Log(log_));
  const Result<HttpRequest> request = decode<HttpRequest>(dispatcher_.calls()[0].payload);
  ASSERT_TRUE(request);
  EXPECT_EQ(
      request->header,
      (StringMap{{"x-mine", "1"},
                 {"x-amzn-request-context", R"({"http":{"method":"GET"}})"},
                 {"x-amzn-lambda-context",
                  R"({"request_id":"8476a536","deadline":1700000003000,)"
                  R"("invoked_function_arn":"arn:aws:lambda:eu-west-1:1:function:f:live",)"
                  R"("xray_trace_id":"Root=1-2-3;Sampled=1","client_context":{"custom":{"k":"ü"}},)"
                  R"("identity":{"cognitoIdentityId":"i","cognitoIdentityPoolId":"p"},)"
                  R"("tenant_id":"blue"})"},
                 {"x-amzn-trace-id", "Root=1-2-3;Sampled=1"}}));
}

TEST_F(EventHandlerTest, LogsNoPayload) {
  bind("MA", "MB");
  dispatcher_.answer = [](const Dispatch&) { return to_bytes("secret reply"); };
  handle(R"({"httpMethod":"GET","path":"/secret","requestContext":{"elb":{}}})");
  handle("secret event");
  EXPECT_EQ(log_.count("secret"), 0);
}

}  // namespace
}  // namespace wascc::lambda
