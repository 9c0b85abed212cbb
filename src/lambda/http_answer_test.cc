#include "lambda/http_answer.h"

#include <gtest/gtest.h>

#include <string>

#include "base/encoding.h"
#include "base/json.h"
#include "lambda/answer_size.h"
#include "net/http_status.h"
#include "support/memory_log.h"

namespace wascc::lambda {
namespace {

constexpr AnswerForm kAlbSingle{EventKind::kAlb, false, false};
constexpr AnswerForm kAlbMulti{EventKind::kAlb, true, false};
constexpr AnswerForm kRest{EventKind::kRest, false, false};
constexpr AnswerForm kHttpApi1{EventKind::kHttpApi1, false, false};
constexpr AnswerForm kHttpApi2{EventKind::kHttpApi2, false, false};
constexpr AnswerForm kUrl{EventKind::kFunctionUrl, false, false};
constexpr AnswerForm kAllForms[] = {kAlbSingle, kAlbMulti, kRest, kHttpApi1, kHttpApi2, kUrl};

HttpResponse response(std::uint32_t code, std::string status, StringMap header,
                      std::string_view body) {
  HttpResponse answer;
  answer.status_code = code;
  answer.status = std::move(status);
  answer.header = std::move(header);
  answer.body = to_bytes(body);
  return answer;
}

HttpResponse ok(StringMap header, std::string_view body = "") {
  return response(200, "OK", std::move(header), body);
}

std::string write(const AnswerForm& form, const HttpResponse& answer, const Log& log = Log()) {
  const Result<std::string> json = write_http_answer(form, answer, log);
  EXPECT_TRUE(json) << json.error().message();
  return json ? *json : std::string();
}

// One member of the answer, as JSON.
std::string member(const std::string& answer, std::string_view key) {
  const Result<json::Document> document = json::Document::parse(answer);
  EXPECT_TRUE(document) << answer;
  return document ? document->root()[key].dump() : std::string();
}

TEST(HttpAnswer, HasTheMembersThatEachFrontDoorTakes) {
  struct Case {
    const char* name;
    AnswerForm form;
    HttpResponse answer;
    const char* json;
  };
  const StringMap cookies = {{"Set-Cookie", "a=1\nb=2"}};
  const Case cases[] = {
      {"load balancer", kAlbSingle, ok({{"content-type", "text/plain"}}, "hello"),
       R"({"statusCode":200,"statusDescription":"200 OK","headers":{"content-type":"text/plain"},)"
       R"("body":"hello","isBase64Encoded":false})"},
      {"load balancer with lists", kAlbMulti, ok(cookies),
       R"({"statusCode":200,"statusDescription":"200 OK","multiValueHeaders":{"Set-Cookie":["a=1","b=2"]},)"
       R"("body":"","isBase64Encoded":false})"},
      {"load balancer without lists: the last cookie", kAlbSingle, ok(cookies),
       R"({"statusCode":200,"statusDescription":"200 OK","headers":{"Set-Cookie":"b=2"},)"
       R"("body":"","isBase64Encoded":false})"},
      {"load balancer without headers", kAlbMulti, ok({}),
       R"({"statusCode":200,"statusDescription":"200 OK","multiValueHeaders":{},"body":"","isBase64Encoded":false})"},
      {"REST", kRest, ok({{"Set-Cookie", "a=1\nb=2"}, {"X-A", "1"}}),
       R"({"statusCode":200,"headers":{"X-A":"1"},"multiValueHeaders":{"Set-Cookie":["a=1","b=2"]},)"
       R"("body":"","isBase64Encoded":false})"},
      {"REST with single values", kRest, ok({{"Set-Cookie", "a=1"}, {"X-A", "1"}}),
       R"({"statusCode":200,"headers":{"Set-Cookie":"a=1","X-A":"1"},"body":"","isBase64Encoded":false})"},
      {"HTTP API 1.0", kHttpApi1, ok({{"X-A", "1\n2"}}),
       R"({"statusCode":200,"headers":{},"multiValueHeaders":{"X-A":["1","2"]},"body":"","isBase64Encoded":false})"},
      {"HTTP API 2.0", kHttpApi2, ok({{"Set-Cookie", "a=1\nb=2"}, {"Vary", "accept\norigin"}}),
       R"({"statusCode":200,"headers":{"Vary":"accept, origin"},"cookies":["a=1","b=2"],)"
       R"("body":"","isBase64Encoded":false})"},
      {"function URL", kUrl, ok({{"set-cookie", "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT"}}),
       R"({"statusCode":200,"headers":{},"cookies":["a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT"],)"
       R"("body":"","isBase64Encoded":false})"},
      {"function URL without cookies", kUrl, ok({}),
       R"({"statusCode":200,"headers":{},"body":"","isBase64Encoded":false})"},
  };
  for (const Case& c : cases) EXPECT_EQ(write(c.form, c.answer), c.json) << c.name;
}

TEST(HttpAnswer, WarnsOnceOfCookiesThatALoadBalancerCannotTake) {
  test::MemoryLog log;
  write(kAlbSingle, ok({{"Set-Cookie", "a=1\nb=2\nc=3"}}), Log(log));
  EXPECT_EQ(log.count("lambda.multi_value_headers.enabled"), 1);
  write(kAlbSingle, ok({{"Set-Cookie", "a=1"}}), Log(log));
  EXPECT_EQ(log.count(""), 1);
}

TEST(HttpAnswer, RefusesAStatusThatCannotBeExpressed) {
  for (const std::uint32_t code : {0u, 99u, 100u, 101u, 199u, 600u, 1000u, 4294967295u})
    for (const AnswerForm& form : kAllForms) {
      const Result<std::string> answer = write_http_answer(form, response(code, "", {}, ""), Log());
      ASSERT_FALSE(answer) << code;
      EXPECT_EQ(answer.error().code(), Errc::kInvalid);
      EXPECT_NE(answer.error().message().find(std::to_string(code)), std::string::npos);
    }
  for (const std::uint32_t code : {200u, 299u, 599u})
    EXPECT_EQ(member(write(kRest, response(code, "", {}, "")), "statusCode"), std::to_string(code));
}

TEST(HttpAnswer, DescribesItsStatusToALoadBalancer) {
  struct Case {
    std::uint32_t code;
    const char* status;
    const char* description;
  };
  static constexpr Case kCases[] = {
      {200, "OK", R"("200 OK")"},
      {204, "", R"("204 No Content")"},
      {429, "", R"("429 Too Many Requests")"},
      {301, " ", R"("301 Moved Permanently")"},
      {299, "", ""},
      {299, "Nearly", R"("299 Nearly")"},
      {404, "404 Not Found", R"("404 Not Found")"},
      {404, "404", R"("404 Not Found")"},
      {404, "500 Odd", R"("404 Odd")"},
      {404, "4040 Odd", R"("404 4040 Odd")"},
      {404, "Nicht dä", R"("404 Nicht dä")"},
      {404, "Nicht d\xE4", R"("404 Nicht dä")"},
      {404, "Not\r\nFound", R"("404 Not Found")"},
  };
  for (const Case& c : kCases)
    EXPECT_EQ(member(write(kAlbSingle, response(c.code, c.status, {}, "")), "statusDescription"),
              c.description)
        << c.code << " " << c.status;
}

TEST(HttpAnswer, LeavesOutWhatBelongsToAConnection) {
  EXPECT_EQ(member(write(kUrl, ok({{"Connection", "close, X-P\nx-r"},
                                   {"X-P", "1"},
                                   {"x-R", "1"},
                                   {"Content-Length", "9"},
                                   {"Keep-Alive", "timeout=5"},
                                   {"Proxy-Connection", "close"},
                                   {"TE", "trailers"},
                                   {"Trailer", "x"},
                                   {"Transfer-Encoding", "chunked"},
                                   {"UPGRADE", "h2c"},
                                   {"X-Q", "2"}})),
                   "headers"),
            R"({"X-Q":"2"})");
}

TEST(HttpAnswer, LeavesOutWhatCouldSplitAMessageAndSaysSoOnceAName) {
  test::MemoryLog log;
  const std::string answer = write(kRest,
                                   ok({{"X-Evil\r", "1"},
                                       {"", "1"},
                                       {"X A", "1"},
                                       {"Ünicode", "1"},
                                       {"X-Ok", "a\x07z\nb\x7Fz\rc\ngood"},
                                       {"X-Lf", "a\r\nSet-Cookie: b"},
                                       {"X-Tab", "a\tb"},
                                       {"X", "y"}}),
                                   Log(log));
  EXPECT_EQ(member(answer, "headers"),
            R"({"X-Ok":"good","X-Lf":"Set-Cookie: b","X-Tab":"a\tb","X":"y"})");
  EXPECT_EQ(log.count("not an HTTP token"), 4);
  EXPECT_EQ(log.count("control character"), 2);
  EXPECT_EQ(log.count("header=X-Ok"), 1);
}

TEST(HttpAnswer, TakesSeveralValuesOfANameApartAtNewlines) {
  const std::string answer = write(
      kAlbMulti, ok({{"A", " 1 \n 2, 3 \n"}, {"B", ""}, {"x-c", "1"}, {"X-C", "2"}, {"D", "\n"}}));
  EXPECT_EQ(member(answer, "multiValueHeaders"), R"({"A":["1","2, 3"],"B":[""],"x-c":["1","2"]})");
}

TEST(HttpAnswer, ReadsHeaderValuesAsLatin1WhereTheyAreNotUtf8) {
  EXPECT_EQ(member(write(kUrl, ok({{"A", "h\xC3\xA9"}, {"B", "h\xE9\xFF"}})), "headers"),
            R"({"A":"hé","B":"héÿ"})");
}

TEST(HttpAnswer, HasNoBodyWhereHttpHasNone) {
  for (const std::uint32_t code : {204u, 205u, 304u})
    EXPECT_EQ(member(write(kAlbSingle, response(code, "", {}, "ignored")), "body"), R"("")");
  EXPECT_EQ(member(write(kRest, ok({}, "abc")), "body"), R"("abc")");
  AnswerForm head = kRest;
  head.head = true;
  EXPECT_EQ(member(write(head, ok({}, "abc")), "body"), R"("")");
  EXPECT_EQ(member(write(head, ok({}, "\xFF")), "isBase64Encoded"), "false");
}

TEST(HttpAnswer, SendsTextAsTextAndAllElseAsBase64) {
  struct Case {
    const char* name;
    std::string body;
    const char* json;
    bool base64;
  };
  const Case cases[] = {
      {"a picture", "\x89PNG\r\n\x1A\n", R"("iVBORw0KGgo=")", true},
      {"text", "h\xC3\xA9", R"("hé")", false},
      {"Latin-1", "\xE9", R"("6Q==")", true},
      {"a surrogate", "\xED\xA0\x80", R"("7aCA")", true},
      {"an overlong form", "\xC0\x80", R"("wIA=")", true},
      {"beyond Unicode", "\xF4\x90\x80\x80", R"("9JCAgA==")", true},
      {"empty", "", R"("")", false},
      {"quotes and controls", "\"\\/\x01\n", R"("\"\\/\u0001\n")", false},
  };
  for (const Case& c : cases)
    for (const AnswerForm& form : kAllForms) {
      const std::string answer = write(form, ok({{"content-type", "text/plain"}}, c.body));
      EXPECT_EQ(member(answer, "body"), c.json) << c.name;
      EXPECT_EQ(member(answer, "isBase64Encoded"), c.base64 ? "true" : "false") << c.name;
    }
}

TEST(HttpAnswer, SendsANulAsTextToARestApiOnly) {
  const std::string wasm("\0asm", 4);
  for (const AnswerForm& form : kAllForms) {
    const std::string answer = write(form, ok({}, wasm));
    const bool rest = form.kind == EventKind::kRest;
    EXPECT_EQ(member(answer, "body"), rest ? R"("\u0000asm")" : R"("AGFzbQ==")");
    EXPECT_EQ(member(answer, "isBase64Encoded"), rest ? "false" : "true");
  }
}

TEST(HttpAnswer, OverTheLimitIsRefusedWithBothSizes) {
  // 80 bytes of the answer are not its body.
  const std::string frame = write(kUrl, ok({}));
  const std::size_t room = kMaxAnswerBytes - frame.size();
  EXPECT_EQ(write(kUrl, ok({}, std::string(room, 'a'))).size(), kMaxAnswerBytes);
  struct Case {
    const char* name;
    std::string body;
  };
  const Case cases[] = {{"one byte too many", std::string(room + 1, 'a')},
                        {"base64 of 6 MB", std::string(6'000'000, '\xFF')},
                        {"escaped", std::string(room / 2 + 1, '"')}};
  for (const Case& c : cases) {
    const Result<std::string> answer = write_http_answer(kUrl, ok({}, c.body), Log());
    ASSERT_FALSE(answer) << c.name;
    EXPECT_EQ(answer.error().code(), Errc::kTooLarge) << c.name;
    EXPECT_NE(answer.error().message().find("6291556"), std::string::npos) << c.name;
  }
  EXPECT_NE(write_http_answer(kUrl, ok({}, cases[1].body), Log()).error().message().find("8000000"),
            std::string::npos);
}

TEST(RegisteredPhrase, IsKnownForRegisteredCodesOnly) {
  EXPECT_EQ(net::registered_phrase(200), "OK");
  EXPECT_EQ(net::registered_phrase(404), "Not Found");
  EXPECT_EQ(net::registered_phrase(511), "Network Authentication Required");
  for (const std::uint32_t code : {0u, 199u, 299u, 306u, 418u, 599u, 4294967295u})
    EXPECT_EQ(net::registered_phrase(code), "") << code;
}

}  // namespace
}  // namespace wascc::lambda
