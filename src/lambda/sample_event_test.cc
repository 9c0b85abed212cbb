// Samples are read back by the very code that reads Lambda's events.
#include "lambda/sample_event.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/json.h"
#include "lambda/http_event.h"

namespace wascc::lambda {
namespace {

struct HttpKind {
  const char* name;
  EventKind kind;
};
constexpr HttpKind kHttpKinds[] = {
    {"alb", EventKind::kAlb},           {"alb-multi", EventKind::kAlb},
    {"rest", EventKind::kRest},         {"httpapi1", EventKind::kHttpApi1},
    {"httpapi2", EventKind::kHttpApi2}, {"furl", EventKind::kFunctionUrl}};

json::Document parsed(std::string_view kind, const SampleRequest& request) {
  auto text = write_sample_event(kind, request);
  EXPECT_TRUE(text) << kind;
  auto document = json::Document::parse(*text);
  EXPECT_TRUE(document) << kind << ": " << *text;
  return *std::move(document);
}

HttpRequest read_back(const HttpKind& kind, const SampleRequest& request) {
  const json::Document document = parsed(kind.name, request);
  EXPECT_EQ(kind_of(document.root()), kind.kind) << kind.name;
  auto event = read_http_event(kind.kind, document.root(), {});
  EXPECT_TRUE(event) << kind.name;
  EXPECT_EQ(event->client_address, "192.0.2.44") << kind.name;
  return narrow(*std::move(event));
}

std::string header(const HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.header)
    if (key == name) return value;
  return "(absent)";
}

TEST(SampleEvent, HttpKindsReadBackAsTheRequestTheyWereMadeOf) {
  SampleRequest request;
  request.method = "PUT";
  request.path = "/caf%C3%A9/a%20b";
  request.query = "a=1&b=x%26y&c=";
  request.headers = {{"X-Tag", "one"}, {"Cookie", "k=v; l=w"}, {"content-type", "text/plain"}};
  request.body = to_bytes("Zähler \"\\\n");
  for (const HttpKind& kind : kHttpKinds) {
    const HttpRequest back = read_back(kind, request);
    EXPECT_EQ(back.method, "PUT") << kind.name;
    EXPECT_EQ(back.path, request.path) << kind.name;
    EXPECT_EQ(back.query_string, request.query) << kind.name;
    EXPECT_EQ(back.body, request.body) << kind.name;
    EXPECT_EQ(header(back, "x-tag"), "one") << kind.name;
    EXPECT_EQ(header(back, "cookie"), "k=v; l=w") << kind.name;
  }
}

TEST(SampleEvent, RepeatedNamesArriveWhereTheFrontDoorKeepsThem) {
  SampleRequest request;
  request.query = "a=1&a=2";
  request.headers = {{"x-tag", "one"}, {"X-TAG", "two"}};
  for (const HttpKind& kind : kHttpKinds) {
    const HttpRequest back = read_back(kind, request);
    const bool single = std::string_view(kind.name) == "alb";  // that front door keeps the last one
    EXPECT_EQ(back.query_string, single ? "a=2" : "a=1&a=2") << kind.name;
    std::string tags = header(back, "x-tag");
    tags.erase(std::remove(tags.begin(), tags.end(), ' '), tags.end());
    EXPECT_EQ(tags, single ? "two" : "one,two") << kind.name;
  }
}

TEST(SampleEvent, AClientsHeadersReplaceTheUsualOnes) {
  SampleRequest request;
  request.headers = {{"Host", "shop.example"}};
  for (const HttpKind& kind : kHttpKinds)
    EXPECT_EQ(header(read_back(kind, request), "host"), "shop.example") << kind.name;
}

TEST(SampleEvent, BytesThatAreNoTextTravelInBase64) {
  SampleRequest request;
  request.body = {std::byte{0xff}, std::byte{0}};
  for (const HttpKind& kind : kHttpKinds)
    EXPECT_EQ(read_back(kind, request).body, request.body) << kind.name;
}

TEST(SampleEvent, OtherKindsAreDeliveredRaw) {
  for (const SampleKind& kind : sample_kinds()) {
    if (kind.http) continue;
    SampleRequest request;
    if (kind.body) request.body = to_bytes("Zähler");
    const json::Document document = parsed(kind.name, request);
    const EventKind found = kind_of(document.root());
    EXPECT_EQ(found, kind.name == "websocket" ? EventKind::kWebsocket : EventKind::kRaw)
        << kind.name;
  }
}

TEST(SampleEvent, RefusesWhatAKindCannotCarry) {
  SampleRequest body;
  body.body = to_bytes("x");
  SampleRequest path;
  path.path = "/x";
  SampleRequest no_slash;
  no_slash.path = "x";
  EXPECT_EQ(write_sample_event("schedule", body).error().code(), Errc::kInvalid);
  EXPECT_EQ(write_sample_event("sqs", path).error().code(), Errc::kInvalid);
  EXPECT_EQ(write_sample_event("alb", no_slash).error().code(), Errc::kInvalid);
  EXPECT_EQ(write_sample_event("nonsense", {}).error().code(), Errc::kNotFound);
}

}  // namespace
}  // namespace wascc::lambda
