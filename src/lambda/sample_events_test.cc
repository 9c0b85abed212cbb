// Every event of tests/events, both directions, as expected.json there says.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "base/file.h"
#include "base/json.h"
#include "lambda/http_answer.h"
#include "lambda/http_event.h"
#include "support/canonical_json.h"

namespace wascc::lambda {
namespace {

std::string read_sample(const std::string& name) {
  const Result<Bytes> file = read_file("tests/events/" + name, 1 << 20);
  EXPECT_TRUE(file) << name;
  return file ? to_text(*file) : std::string();
}

json::Document parse(const std::string& text) {
  Result<json::Document> document = json::Document::parse(text);
  EXPECT_TRUE(document);
  return *std::move(document);
}

std::string text(json::View value) { return std::string(value.string().value_or("")); }

Bytes expected_body(json::View expected) {
  if (const json::View base64 = expected["bodyBase64"]) return *base64_decode(text(base64));
  return to_bytes(text(expected["bodyText"]));
}

using Map = std::map<std::string, std::string>;

Map string_map(json::View object) {
  Map map;
  object.each_member(
      [&](std::string_view key, json::View value) { map[std::string(key)] = text(value); });
  return map;
}

using MultiMap = std::map<std::string, std::vector<std::string>>;

MultiMap several_values(const std::vector<HeaderLine>& lines) {
  MultiMap map;
  for (const HeaderLine& line : lines) map[line.name].push_back(line.value);
  std::erase_if(map, [](const auto& entry) { return entry.second.size() < 2; });
  return map;
}

MultiMap list_map(json::View object) {
  MultiMap map;
  object.each_member([&](std::string_view key, json::View list) {
    list.each_element([&](json::View value) { map[std::string(key)].push_back(text(value)); });
  });
  return map;
}

void check_request(json::View expected, HttpEvent event) {
  EXPECT_EQ(several_values(event.headers), list_map(expected["multiValue"]));
  EXPECT_EQ(event.client_address, text(expected["clientIp"]));
  EXPECT_EQ(event.gateway_request_id, text(expected["gatewayRequestId"]));
  const HttpRequest request = narrow(std::move(event));
  EXPECT_EQ(request.method, text(expected["method"]));
  EXPECT_EQ(request.path, text(expected["path"]));
  EXPECT_EQ(request.query_string, text(expected["queryString"]));
  EXPECT_EQ(Map(request.header.begin(), request.header.end()), string_map(expected["header"]));
  EXPECT_EQ(to_text(request.body), to_text(expected_body(expected)));
}

void check_answer(const AnswerForm& form, json::View actor, json::View expected) {
  HttpResponse response;
  response.status_code = static_cast<std::uint32_t>(actor["statusCode"].uint64().value_or(0));
  response.status = text(actor["status"]);
  actor["header"].each_member([&](std::string_view name, json::View value) {
    response.header.emplace_back(name, text(value));
  });
  response.body = expected_body(actor);

  const Result<std::string> answer = write_http_answer(form, response, Log());
  if (const json::View error = expected["error"]) {
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), Errc::kInvalid);
    EXPECT_EQ(text(error), "Function.InvalidHttpResponse");
    return;
  }
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(test::canonical(parse(*answer).root()), test::canonical(expected));
}

TEST(SampleEvents, GiveWhatIsExpectedInBothDirections) {
  const json::Document expectations = parse(read_sample("expected.json"));
  int events = 0;
  expectations.root().each_member([&](std::string_view name, json::View expected) {
    SCOPED_TRACE(name);
    ++events;
    const json::Document event = parse(read_sample(std::string(name)));
    const EventKind kind = kind_of(event.root());
    EXPECT_EQ(name_of(kind), text(expected["kind"]));
    if (!is_http(kind)) return;

    Result<HttpEvent> http = read_http_event(kind, event.root(), {});
    ASSERT_TRUE(http) << http.error().message();
    const AnswerForm form = http->answer;
    check_request(expected, *std::move(http));
    expected["responses"].each_element(
        [&](json::View pair) { check_answer(form, pair["actor"], pair["answer"]); });
  });
  EXPECT_EQ(events, 29);
}

}  // namespace
}  // namespace wascc::lambda
