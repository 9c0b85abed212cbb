#include "codec/positional.h"

#include <gtest/gtest.h>

#include "wascc/messages/eventstreams.h"
#include "wascc/messages/extras.h"
#include "wascc/messages/http.h"
#include "wascc/messages/keyvalue.h"
#include "wascc/msgpack.h"

namespace wascc {
namespace {

TEST(Positional, RequestsToActorsBecomeArraysWithTheirBytesAsIntegers) {
  const HttpRequest request{"GET", "/c", "", {}, to_bytes("hi")};
  const Result<Bytes> bytes = positional_request("HandleRequest", encode(request));
  ASSERT_TRUE(bytes);
  EXPECT_EQ(as_text(*bytes), std::string_view("\x95\xa3GET\xa2/c\xa0\x80\x92hi", 13));
}

TEST(Positional, EveryOperationThatTheHostSendsIsKnown) {
  struct Case {
    std::string_view operation, payload;
  };
  constexpr Case kCases[] = {
      {"HandleRequest", "\x95\xa3GET\xa1/\xa0\x80\x90"},
      {"HandleEvent", "\x91\x92{}"},
      {"DeliverMessage", "\x93\xa1s\xa0\x91x"},
      {"ReceiveChunk",
       "\x97\x01\xa1"
       "c\xa1"
       "b\x02\x03\x91x\xa3"
       "ctx"},
      {"DeliverEvent",
       "\x93\xa1"
       "1\xa1s\x81\xa1k\xa1v"},
      {"HealthRequest", "\x91\xc2"},
      {"BindActor", "\x92\xa1M\x81\xa1k\xa1v"},
  };
  for (const Case& c : kCases) {
    const Result<Bytes> bytes = positional_request(c.operation, as_bytes(c.payload));
    ASSERT_TRUE(bytes) << c.operation << ": " << bytes.error().message();
    EXPECT_EQ(as_text(*bytes), c.payload) << c.operation;
  }
}

TEST(Positional, RepliesToHostCallsBecomeArrays) {
  struct Case {
    std::string_view capability, operation;
    Bytes reply;
    std::string_view positional;
  };
  const Case cases[] = {
      {"wascc:keyvalue", "Add", encode(keyvalue::AddResponse{5}), "\x91\x05"},
      {"wascc:keyvalue", "KeyExists", encode(keyvalue::GetResponse{"", true}), "\x92\xa0\xc3"},
      {"wascc:keyvalue", "SetUnion", encode(keyvalue::SetQueryResponse{{"a"}}),
       "\x91\x91\xa1"
       "a"},
      {"wascc:http_client", "PerformRequest", encode(HttpResponse{99, "OK", {}, to_bytes("x")}),
       "\x94\x63\xa2OK\x80\x91x"},
      {"wascc:eventstreams", "WriteEvent", encode(eventstreams::WriteResponse{"1"}),
       "\x91\xa1"
       "1"},
      {"wascc:extras", "RequestGuid", encode(extras::GeneratorResult{"g", 1, 2}),
       "\x93\xa1g\x01\x02"},
  };
  for (const Case& c : cases) {
    const Result<Bytes> bytes = positional_reply(c.capability, c.operation, c.reply);
    ASSERT_TRUE(bytes) << c.operation << ": " << bytes.error().message();
    EXPECT_EQ(as_text(*bytes), c.positional) << c.operation;
  }
}

TEST(Positional, AnUnknownMessageIsNotFound) {
  const ByteView nil = as_bytes("\xc0");
  EXPECT_EQ(positional_request("Ping", nil).error().code(), Errc::kNotFound);
  EXPECT_EQ(positional_reply("wascc:keyvalue", "Ping", nil).error().code(), Errc::kNotFound);
  EXPECT_EQ(positional_reply("wascc:logging", "WriteLog", {}).error().code(), Errc::kNotFound);
  // The reply to a broker request is no message: raw bytes.
  EXPECT_EQ(positional_reply("wascc:messaging", "Request", nil).error().code(), Errc::kNotFound);
}

TEST(Positional, APayloadThatDoesNotDecodeIsAnError) {
  const Result<Bytes> bytes = positional_request("HandleRequest", as_bytes("\x80"));
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().code(), Errc::kMalformed);
}

}  // namespace
}  // namespace wascc
