#include "lambda/http_event.h"

#include <gtest/gtest.h>

#include <string>

namespace wascc::lambda {
namespace {

json::Document parse(std::string_view text) {
  Result<json::Document> document = json::Document::parse(text);
  EXPECT_TRUE(document) << text;
  return *std::move(document);
}

EventKind kind(std::string_view event) { return kind_of(parse(event).root()); }

Result<HttpEvent> try_read(std::string_view event, const HttpEventSettings& settings = {}) {
  const json::Document document = parse(event);
  return read_http_event(kind_of(document.root()), document.root(), settings);
}

HttpEvent read(std::string_view event, const HttpEventSettings& settings = {}) {
  Result<HttpEvent> http = try_read(event, settings);
  EXPECT_TRUE(http) << event;
  return http ? *std::move(http) : HttpEvent();
}

// An event of each kind, to which members are added. Each lacks its path.
std::string alb(std::string_view members) {
  return R"({"requestContext":{"elb":{"targetGroupArn":"arn"}},"httpMethod":"GET",)" +
         std::string(members) + "}";
}
std::string rest(std::string_view members) {
  return R"({"requestContext":{"resourcePath":"/{proxy+}","stage":"beta"},"httpMethod":"GET",)" +
         std::string(members) + "}";
}
std::string http_api_1(std::string_view members, std::string_view stage = "$default",
                       std::string_view domain = "x.execute-api.eu-west-1.amazonaws.com") {
  return R"({"version":"1.0","httpMethod":"GET","requestContext":{"stage":")" + std::string(stage) +
         R"(","domainName":")" + std::string(domain) + R"("},)" + std::string(members) + "}";
}
std::string http_api_2(std::string_view members, std::string_view stage = "$default",
                       std::string_view domain = "x.execute-api.eu-west-1.amazonaws.com") {
  return R"({"version":"2.0","requestContext":{"accountId":"1","http":{"method":"GET"},"stage":")" +
         std::string(stage) + R"(","domainName":")" + std::string(domain) + R"("},)" +
         std::string(members) + "}";
}
std::string function_url(std::string_view members) {
  return http_api_2(members, "$default", "x.lambda-url.eu-west-1.on.aws");
}

std::string lines(const std::vector<HeaderLine>& headers) {
  std::string text;
  for (const HeaderLine& line : headers)
    text.append(line.name).append("=").append(line.value).append("\n");
  return text;
}

std::string narrowed(HttpEvent event) {
  std::string text;
  for (const auto& [name, value] : narrow(std::move(event)).header)
    text.append(name).append("=").append(value).append("\n");
  return text;
}

// Kinds

TEST(EventKind, IsDecidedByContentInAFixedOrder) {
  struct Case {
    const char* name;
    EventKind kind;
    const char* event;
  };
  using K = EventKind;
  static constexpr Case kCases[] = {
      {"list", K::kRaw, "[1,2]"},
      {"string", K::kRaw, R"("x")"},
      {"null", K::kRaw, "null"},
      {"number", K::kRaw, "7"},
      {"empty object", K::kRaw, "{}"},
      {"request authorizer", K::kRaw,
       R"({"type":"REQUEST","methodArn":"arn","httpMethod":"GET","path":"/",
           "requestContext":{"resourcePath":"/","stage":"s"}})"},
      {"request authorizer of an HTTP API", K::kRaw,
       R"({"version":"2.0","type":"REQUEST","routeArn":"arn","requestContext":{"http":{"method":"GET"}}})"},
      {"token authorizer", K::kRaw,
       R"({"type":"TOKEN","methodArn":"arn","httpMethod":"GET","path":"/","requestContext":{"stage":"s"}})"},
      {"type without an ARN is no authorizer", K::kRest,
       R"({"type":"REQUEST","httpMethod":"GET","path":"/","requestContext":{"stage":"s"}})"},
      {"type with an ARN that is no string is no authorizer", K::kRest,
       R"({"type":"REQUEST","methodArn":7,"httpMethod":"GET","path":"/","requestContext":{"stage":"s"}})"},
      {"another type is no authorizer", K::kRest,
       R"({"type":"request","methodArn":"a","httpMethod":"GET","path":"/","requestContext":{"stage":"s"}})"},
      {"context missing", K::kRaw, R"({"httpMethod":"GET","path":"/","version":"1.0"})"},
      {"context null", K::kRaw, R"({"httpMethod":"GET","path":"/","requestContext":null})"},
      {"context a list", K::kRaw, R"({"httpMethod":"GET","path":"/","requestContext":[]})"},
      {"load balancer", K::kAlb, R"({"httpMethod":"GET","path":"/","requestContext":{"elb":{}}})"},
      {"load balancer without method", K::kRaw,
       R"({"path":"/","requestContext":{"elb":{},"stage":"s"}})"},
      {"load balancer with empty method", K::kRaw,
       R"({"httpMethod":"","path":"/","requestContext":{"elb":{}}})"},
      {"load balancer without path", K::kRaw,
       R"({"httpMethod":"GET","requestContext":{"elb":{}}})"},
      {"load balancer with empty path", K::kAlb,
       R"({"httpMethod":"GET","path":"","requestContext":{"elb":{}}})"},
      {"elb null is no load balancer", K::kRest,
       R"({"httpMethod":"GET","path":"/","requestContext":{"elb":null,"stage":"s"}})"},
      {"websocket that looks like REST", K::kWebsocket,
       R"({"requestContext":{"connectionId":"x","eventType":"CONNECT","stage":"s"},"httpMethod":"POST","path":"/"})"},
      {"connection id alone", K::kRest,
       R"({"requestContext":{"connectionId":"x","stage":"s"},"httpMethod":"POST","path":"/"})"},
      {"event type null", K::kRest,
       R"({"requestContext":{"connectionId":"x","eventType":null,"stage":"s"},"httpMethod":"POST","path":"/"})"},
      {"HTTP API 2.0", K::kHttpApi2,
       R"({"version":"2.0","requestContext":{"http":{"method":"GET"}}})"},
      {"function URL", K::kFunctionUrl,
       R"({"version":"2.0","requestContext":{"http":{"method":"GET"},"domainName":"x.lambda-url.eu-west-1.on.aws"}})"},
      {"2.0 with an empty method", K::kRaw,
       R"({"version":"2.0","requestContext":{"http":{"method":""}}})"},
      {"2.0 without method", K::kRaw, R"({"version":"2.0","requestContext":{"http":{}}})"},
      {"2.0 as a number", K::kRaw, R"({"version":2.0,"requestContext":{"http":{"method":"GET"}}})"},
      {"VPC Lattice", K::kRaw,
       R"({"version":"2.0","path":"/","method":"GET","headers":{"a":["b"]},"requestContext":{"serviceNetworkArn":"arn"}})"},
      {"AppSync authorizer", K::kRaw,
       R"({"authorizationToken":"t","requestContext":{"apiId":"a","accountId":"1","stage":"s"}})"},
      {"Bedrock agent", K::kRaw, R"({"httpMethod":"GET","apiPath":"/"})"},
      {"REST by resource path", K::kRest,
       R"({"httpMethod":"GET","path":"/","requestContext":{"resourcePath":"/"}})"},
      {"REST by resource id, even null", K::kRest,
       R"({"httpMethod":"GET","path":"/","requestContext":{"resourceId":null}})"},
      {"REST by identity", K::kRest,
       R"({"httpMethod":"GET","path":"/","requestContext":{"identity":{}}})"},
      {"REST by stage", K::kRest,
       R"({"httpMethod":"GET","path":"/","requestContext":{"stage":""}})"},
      {"REST by nothing", K::kRaw,
       R"({"httpMethod":"GET","path":"/","requestContext":{"resourcePath":1,"identity":null,"stage":null}})"},
      {"HTTP API 1.0", K::kHttpApi1,
       R"({"version":"1.0","httpMethod":"GET","path":"/","requestContext":{"stage":"s"}})"},
      {"an unknown version is REST", K::kRest,
       R"({"version":"3.0","httpMethod":"GET","path":"/","requestContext":{"stage":"s"}})"},
      {"REST without path", K::kRaw, R"({"httpMethod":"GET","requestContext":{"stage":"s"}})"},
      {"the last of repeated members counts", K::kAlb,
       R"({"httpMethod":"","requestContext":null,"path":1,"path":"/","httpMethod":"GET","requestContext":{"elb":{}}})"},
  };
  for (const Case& c : kCases) EXPECT_EQ(name_of(kind(c.event)), name_of(c.kind)) << c.name;
}

TEST(EventKind, OfEveryHttpKindIsRecognisedFromTheSamplesBelow) {
  EXPECT_EQ(kind(alb(R"("path":"/")")), EventKind::kAlb);
  EXPECT_EQ(kind(rest(R"("path":"/")")), EventKind::kRest);
  EXPECT_EQ(kind(http_api_1(R"("path":"/")")), EventKind::kHttpApi1);
  EXPECT_EQ(kind(http_api_2(R"("rawPath":"/")")), EventKind::kHttpApi2);
  EXPECT_EQ(kind(function_url(R"("rawPath":"/")")), EventKind::kFunctionUrl);
}

TEST(EventKind, IsTheSameWhateverStandsInTheAuthorizer) {
  static constexpr const char* kContexts[] = {
      R"("elb":{"targetGroupArn":"arn"})", R"("resourcePath":"/{proxy+}","stage":"beta")",
      R"("http":{"method":"GET"},"stage":"$default")",
      R"("http":{"method":"GET"},"domainName":"x.lambda-url.eu-west-1.on.aws")",
      R"("connectionId":"x","eventType":"MESSAGE")"};
  static constexpr const char* kVersions[] = {"1.0", "2.0", "3.0"};
  static constexpr const char* kAuthorizers[] = {
      "null",
      "7",
      "true",
      R"("text")",
      "[]",
      R"([{"elb":{}},null])",
      "{}",
      R"({"claims":{"sub":"1","cognito:groups":"a,b"},"scopes":null})",
      R"({"lambda":{"deep":{"deeper":[1,{"x":null}]},"n":1.5,"t":true},"principalId":7})",
      R"({"iam":{"accessKey":"A","accountId":"1","callerId":"c","cognitoIdentity":null,
          "principalOrgId":null,"userArn":"arn:aws:iam::1:user/u","userId":"u"}})",
      R"({"jwt":{"claims":{"sub":"1","exp":1700000000},"scopes":null}})",
      R"({"jwt":{"claims":{"sub":"1"}}})",
      R"({"type":"REQUEST","methodArn":"arn","routeArn":"arn","elb":{},"http":{"method":"GET"},
          "version":"2.0","httpMethod":"","connectionId":"x","eventType":"CONNECT"})"};
  for (const std::string context : kContexts)
    for (const std::string version : kVersions) {
      const auto event = [&](const std::string& members) {
        return R"({"version":")" + version + R"(","httpMethod":"GET","path":"/","rawPath":"/",)" +
               R"("requestContext":{)" + context + members + "}}";
      };
      const EventKind without = kind(event(""));
      for (const std::string authorizer : kAuthorizers) {
        const std::string with = event(R"(,"authorizer":)" + authorizer);
        EXPECT_EQ(name_of(kind(with)), name_of(without)) << with;
        if (is_http(without)) {
          EXPECT_EQ(read(with).path, "/") << with;
        }
      }
    }
}

// Path

TEST(EventPath, IsWhatTheActorShouldSee) {
  const std::string custom = "shop.example.com";
  struct Case {
    const char* name;
    std::string event;
    const char* path;
  };
  const Case cases[] = {
      {"a load balancer sends it encoded", alb(R"("path":"/a%20b/%2Fc")"), "/a%20b/%2Fc"},
      {"what cannot be on the wire is repaired", alb(R"("path":"/a b?c#d%é\u0001\u007f")"),
       "/a%20b%3Fc%23d%%C3%A9%01%7F"},
      {"REST leaves the stage out by itself", rest(R"("path":"/files/two%20words")"),
       "/files/two%20words"},
      {"REST keeps a path that begins like its stage", rest(R"("path":"/beta/x")"), "/beta/x"},
      {"no normalisation", rest(R"("path":"//a/./../b//")"), "//a/./../b//"},
      {"empty", rest(R"("path":"")"), "/"},
      {"without slash", rest(R"("path":"a/b")"), "/a/b"},
      {"HTTP API 1.0 sends it decoded", http_api_1(R"("path":"/100%/café au lait")"),
       "/100%25/caf%C3%A9%20au%20lait"},
      {"HTTP API 1.0 with stage", http_api_1(R"("path":"/Prod/my/path")", "Prod"), "/my/path"},
      {"HTTP API 1.0 on a domain of its own", http_api_1(R"("path":"/api/x")", "api", custom),
       "/api/x"},
      {"HTTP API 2.0 sends it decoded", http_api_2(R"("rawPath":"/files/two words")"),
       "/files/two%20words"},
      {"percent sign and beyond ASCII", http_api_2(R"("rawPath":"/100%/café")"),
       "/100%25/caf%C3%A9"},
      {"what a path may hold stays",
       http_api_2(R"("rawPath":"/-._~!$&'()*+,;=:@/[]\"<>\\^`{|}?#")"),
       "/-._~!$&'()*+,;=:@/%5B%5D%22%3C%3E%5C%5E%60%7B%7C%7D%3F%23"},
      {"stage", http_api_2(R"("rawPath":"/Prod/my/path")", "Prod"), "/my/path"},
      {"stage alone", http_api_2(R"("rawPath":"/Prod")", "Prod"), "/"},
      {"stage and slash", http_api_2(R"("rawPath":"/Prod/")", "Prod"), "/"},
      {"stage twice is removed once", http_api_2(R"("rawPath":"/Prod/Prod/x")", "Prod"), "/Prod/x"},
      {"no whole segment", http_api_2(R"("rawPath":"/Production/x")", "Prod"), "/Production/x"},
      {"another case is another stage", http_api_2(R"("rawPath":"/prod/x")", "Prod"), "/prod/x"},
      {"$default is never in the path", http_api_2(R"("rawPath":"/$default/x")"), "/$default/x"},
      {"empty stage", http_api_2(R"("rawPath":"//x")", ""), "//x"},
      {"domain of its own", http_api_2(R"("rawPath":"/api/x")", "api", custom), "/api/x"},
      {"without rawPath",
       R"({"version":"2.0","requestContext":{"http":{"method":"GET","path":"/a b"}}})", "/a%20b"},
      {"without any path", R"({"version":"2.0","requestContext":{"http":{"method":"GET"}}})", "/"},
      {"rawPath null",
       R"({"version":"2.0","rawPath":null,"requestContext":{"http":{"method":"GET","path":"/x"}}})",
       "/x"},
      {"function URL sends it encoded", function_url(R"("rawPath":"/100%25/caf%C3%A9")"),
       "/100%25/caf%C3%A9"},
      {"function URL has no stage",
       R"({"version":"2.0","rawPath":"/s/x","requestContext":{"stage":"s","http":{"method":"GET"},)"
       R"("domainName":"x.lambda-url.eu-west-1.on.aws"}})",
       "/s/x"},
      {"function URL without rawPath has the decoded path only",
       R"({"version":"2.0","requestContext":{"http":{"method":"GET","path":"/100%/é"},)"
       R"("domainName":"x.lambda-url.eu-west-1.on.aws"}})",
       "/100%25/%C3%A9"},
      {"cargo-lambda sends it encoded",
       R"({"version":"2.0","rawPath":"/a%20b","requestContext":{"http":{"method":"GET"},"domainName":"localhost"}})",
       "/a%20b"},
      {"and with accountId null",
       R"({"version":"2.0","rawPath":"/a%20b","requestContext":{"accountId":null,"http":{"method":"GET"},"domainName":"localhost"}})",
       "/a%20b"},
      {"SAM CLI has an account, and decodes",
       R"({"version":"2.0","rawPath":"/a%20b","requestContext":{"accountId":"1","http":{"method":"GET"},"domainName":"localhost"}})",
       "/a%2520b"},
  };
  for (const Case& c : cases) EXPECT_EQ(read(c.event).path, c.path) << c.name;
}

TEST(EventPath, KeepsTheStageWhereASettingSaysSo) {
  const HttpEventSettings keep{StageInPath::kKeep, ""};
  EXPECT_EQ(read(http_api_2(R"("rawPath":"/Prod/my/path")", "Prod"), keep).path, "/Prod/my/path");
  EXPECT_EQ(read(http_api_1(R"("path":"/Prod")", "Prod"), keep).path, "/Prod");
}

TEST(EventPath, LosesTheBasePathOnceAndOnASegmentBorder) {
  struct Case {
    const char* base;
    std::string event;
    const char* path;
  };
  const Case cases[] = {
      {"/shop", alb(R"("path":"/shop/cart")"), "/cart"},
      {"/shop", alb(R"("path":"/shop/shop/cart")"), "/shop/cart"},
      {"/shop", alb(R"("path":"/shopping")"), "/shopping"},
      {"/shop", rest(R"("path":"/shop")"), "/"},
      {"/shop", rest(R"("path":"/shop/")"), "/"},
      {"/shop/", function_url(R"("rawPath":"/shop/x")"), "/x"},
      {"/", function_url(R"("rawPath":"/shop/x")"), "/shop/x"},
      {"/v1/api", http_api_1(R"("path":"/v1/api/x")"), "/x"},
      {"/shop", http_api_2(R"("rawPath":"/Prod/shop/x y")", "Prod"), "/x%20y"},
      {"/shop", http_api_2(R"("rawPath":"/cart/shop")"), "/cart/shop"},
  };
  for (const Case& c : cases)
    EXPECT_EQ(read(c.event, {StageInPath::kStrip, c.base}).path, c.path)
        << c.base << " " << c.event;
}

// Query

TEST(EventQuery, IsWhatTheClientSentAsFarAsItCanBeKnown) {
  struct Case {
    const char* name;
    std::string event;
    const char* query;
  };
  const Case cases[] = {
      {"a load balancer's is neither decoded nor encoded",
       alb(R"("path":"/","multiValueQueryStringParameters":{"q":["a%2Bb","x+y"],"e":[""]})"),
       "q=a%2Bb&q=x+y&e="},
      {"nor in the single-value map",
       alb(R"("path":"/","queryStringParameters":{"myKey":"%3FshowAll%3Dtrue"})"),
       "myKey=%3FshowAll%3Dtrue"},
      {"but repaired", alb(R"("path":"/","queryStringParameters":{"a=b&c":"d=e&f #?é"})"),
       "a%3Db%26c=d=e%26f%20%23?%C3%A9"},
      {"REST's is encoded", rest(R"("path":"/","multiValueQueryStringParameters":
               {"lit":["a b"],"plus":["a+b"],"url":["https://e.com/a"],"r":["one","two"],"e":[""]})"),
       "lit=a%20b&plus=a%2Bb&url=https%3A%2F%2Fe.com%2Fa&r=one&r=two&e="},
      {"keys as well", rest(R"("path":"/","queryStringParameters":{"a b&=é":"~-._"})"),
       "a%20b%26%3D%C3%A9=~-._"},
      {"several values win, other keys follow",
       rest(R"("path":"/","queryStringParameters":{"name":"me","only":"1"},
               "multiValueQueryStringParameters":{"name":["you","me"]})"),
       "name=you&name=me&only=1"},
      {"null maps",
       rest(R"("path":"/","queryStringParameters":null,"multiValueQueryStringParameters":null)"),
       ""},
      {"a multi map that is no object",
       rest(
           R"("path":"/","queryStringParameters":{"a":"1"},"multiValueQueryStringParameters":["b"])"),
       "a=1"},
      {"an empty list gives nothing, and hides the single value",
       rest(
           R"("path":"/","queryStringParameters":{"a":"1","b":"2"},"multiValueQueryStringParameters":{"a":[]})"),
       "b=2"},
      {"null counts as empty",
       rest(
           R"("path":"/","queryStringParameters":{"a":null},"multiValueQueryStringParameters":{"b":[null,"x"],"c":null})"),
       "b=&b=x&c=&a="},
      {"numbers and booleans become text",
       rest(
           R"("path":"/","queryStringParameters":{"a":1,"b":true},"multiValueQueryStringParameters":{"c":[2,false]})"),
       "c=2&c=false&a=1&b=true"},
      {"objects are no values",
       rest(R"("path":"/","queryStringParameters":{"a":{"b":"c"},"d":"e"})"), "d=e"},
      {"keys differ by case", rest(R"("path":"/","queryStringParameters":{"A":"1"},
                                      "multiValueQueryStringParameters":{"a":["2"]})"),
       "a=2&A=1"},
      {"of a repeated key the last value",
       rest(R"("path":"/","queryStringParameters":{"a":"1","a":"2"})"), "a=2"},
      {"HTTP API 1.0 as REST",
       http_api_1(R"("path":"/","multiValueQueryStringParameters":{"q":["a=b","b & c"]})"),
       "q=a%3Db&q=b%20%26%20c"},
      {"HTTP API 2.0 byte for byte",
       http_api_2(
           R"("rawQueryString":"a=1&b=%20x&a=2&c","queryStringParameters":{"a":"1,2","b":" x","c":""})"),
       "a=1&b=%20x&a=2&c"},
      {"never rebuilt", http_api_2(R"("queryStringParameters":{"a":"1"})"), ""},
      {"function URL byte for byte", function_url(R"("rawQueryString":"?a=+&&=%zz")"),
       "?a=+&&=%zz"},
      {"repaired", function_url(R"("rawQueryString":"a=b c#é")"), "a=b%20c%23%C3%A9"},
      {"null", function_url(R"("rawQueryString":null)"), ""},
  };
  for (const Case& c : cases) EXPECT_EQ(read(c.event).query_string, c.query) << c.name;
}

// Headers

TEST(EventHeaders, AreOneLineAValueWithNamesInLowerCase) {
  struct Case {
    const char* name;
    std::string event;
    const char* lines;
  };
  const Case cases[] = {
      {"none at all", rest(R"("path":"/","headers":null,"multiValueHeaders":null)"), ""},
      {"missing", rest(R"("path":"/")"), ""},
      {"lower case, order kept, nothing dropped",
       alb(R"("path":"/","headers":{"X-B":"1","Connection":"close","X-A":""})"),
       "x-b=1\nconnection=close\nx-a=\n"},
      {"several values win per name, whatever its case",
       rest(
           R"("path":"/","headers":{"x-tag":"two","X-Only":"3"},"multiValueHeaders":{"X-Tag":["one","two"]})"),
       "x-tag=one\nx-tag=two\nx-only=3\n"},
      {"nulls are skipped, numbers and booleans become text",
       rest(
           R"("path":"/","headers":{"a":null,"b":1.5,"c":false},"multiValueHeaders":{"d":[null,7,"x"],"e":null})"),
       "d=7\nd=x\nb=1.5\nc=false\n"},
      {"objects are no values", rest(R"("path":"/","headers":{"a":{"b":"c"},"d":"e"})"), "d=e\n"},
      {"headers that are no object", rest(R"("path":"/","headers":"x","multiValueHeaders":[1])"),
       ""},
      {"an HTTP API joins by itself", http_api_2(R"("headers":{"x-tag":"one,two"})"),
       "x-tag=one,two\n"},
      {"cookies of their own", http_api_2(R"("cookies":["s=1","t=2"],"headers":{"a":"b"})"),
       "a=b\ncookie=s=1; t=2\n"},
      {"cookies twice", function_url(R"("cookies":["s=1","t=2"],"headers":{"Cookie":"s=1; t=2"})"),
       "cookie=s=1; t=2\n"},
      {"no cookies leave the header alone",
       function_url(R"("cookies":[],"headers":{"cookie":"s=1"})"), "cookie=s=1\n"},
      {"null cookies, too", function_url(R"("cookies":null,"headers":{"cookie":"s=1"})"),
       "cookie=s=1\n"},
      {"cookies mean nothing to REST", rest(R"("path":"/","cookies":["s=1"])"), ""},
  };
  for (const Case& c : cases) EXPECT_EQ(lines(read(c.event).headers), c.lines) << c.name;
}

TEST(EventHeaders, AreNarrowedToOneValueForActors) {
  EXPECT_EQ(narrowed(read(rest(
                R"("path":"/","multiValueHeaders":{"X-Tag":["one","two"],"Cookie":["a=1","b=2"],
                   "Host":["h1","h2"],"User-Agent":["u1","u2"],"Content-Length":["1","2"]})"))),
            "x-tag=one, two\ncookie=a=1; b=2\nhost=h2\nuser-agent=u2\ncontent-length=2\n");
  for (const char* name :
       {"host", "content-type", "content-length", "authorization", "user-agent", "referer", "from",
        "if-modified-since", "if-unmodified-since", "max-forwards", "proxy-authorization"})
    EXPECT_EQ(narrowed(read(rest(R"("path":"/","multiValueHeaders":{")" + std::string(name) +
                                 R"(":["first","last"]})"))),
              std::string(name) + "=last\n");
}

TEST(EventHeaders, OfTwoSpellingsAreOneName) {
  EXPECT_EQ(narrowed(read(rest(R"("path":"/","headers":{"X-A":"1","b":"2","x-a":"3"})"))),
            "x-a=1, 3\nb=2\n");
}

// Body

TEST(EventBody, IsDecodedAsTheFlagSays) {
  struct Case {
    const char* name;
    const char* members;
    std::string body;
  };
  const Case cases[] = {
      {"missing", R"("path":"/")", ""},
      {"null", R"("path":"/","body":null,"isBase64Encoded":true)", ""},
      {"text", R"("path":"/","body":"h\u00e9\u0000","isBase64Encoded":false)",
       std::string("h\xC3\xA9\0", 4)},
      {"text that looks like base64", R"("path":"/","body":"PGlkay8+")", "PGlkay8+"},
      {"base64", R"("path":"/","body":"PGlkay8+","isBase64Encoded":true)", "<idk/>"},
      {"empty base64", R"("path":"/","body":"","isBase64Encoded":true)", ""},
      {"a flag that is no boolean", R"("path":"/","body":"PGlkay8+","isBase64Encoded":"true")",
       "PGlkay8+"},
      {"a flag of null", R"("path":"/","body":"x","isBase64Encoded":null)", "x"},
      {"an object", R"("path":"/","body":{"a":1})", R"({"a":1})"},
  };
  for (const Case& c : cases) EXPECT_EQ(to_text(read(alb(c.members)).body), c.body) << c.name;
}

TEST(EventBody, ThatIsNotBase64AsSaidIsRefused) {
  for (const char* members :
       {R"("body":"not base64!","isBase64Encoded":true)",
        R"("body":"PGlkay8","isBase64Encoded":true)",
        R"("body":"PGlk\nay8+","isBase64Encoded":true)", R"("body":"__--","isBase64Encoded":true)",
        R"("body":7,"isBase64Encoded":true)"}) {
    for (const std::string& event : {alb(R"("path":"/",)" + std::string(members)),
                                     rest(R"("path":"/",)" + std::string(members)),
                                     http_api_1(R"("path":"/",)" + std::string(members)),
                                     http_api_2(members), function_url(members)}) {
      const Result<HttpEvent> http = try_read(event);
      ASSERT_FALSE(http) << event;
      EXPECT_EQ(http.error().code(), Errc::kMalformed);
      EXPECT_EQ(http.error().message().find("not base64!"), std::string::npos)
          << "payload in a message";
    }
  }
}

// Beside the request

TEST(ClientAddress, OfALoadBalancerIsTheRightmostOne) {
  struct Case {
    const char* forwarded;
    const char* address;
  };
  static constexpr Case kCases[] = {
      {"6.6.6.6, 203.0.113.9", "203.0.113.9"},
      {"203.0.113.9:4711", "203.0.113.9"},
      {"6.6.6.6,[2001:db8::1]:4711", "2001:db8::1"},
      {"[2001:db8::1]", "2001:db8::1"},
      {"2001:db8::1", "2001:db8::1"},
      {" 203.0.113.9 ", "203.0.113.9"},
      {"203.0.113.9,", ""},
      {"[", ""},
      {"", ""},
  };
  for (const Case& c : kCases)
    EXPECT_EQ(
        read(alb(R"("path":"/","headers":{"X-Forwarded-For":")" + std::string(c.forwarded) + "\"}"))
            .client_address,
        c.address)
        << c.forwarded;
  EXPECT_EQ(
      read(
          alb(R"("path":"/","multiValueHeaders":{"x-forwarded-for":["1.1.1.1","6.6.6.6, 2.2.2.2"]})"))
          .client_address,
      "2.2.2.2");
  EXPECT_EQ(read(alb(R"("path":"/")")).client_address, "");
}

TEST(ClientAddress, OfAGatewayIsInItsContext) {
  const HttpEvent v1 = read(
      R"({"httpMethod":"GET","path":"/","requestContext":{"identity":{"sourceIp":"1.2.3.4"},"requestId":"id"}})");
  EXPECT_EQ(v1.client_address, "1.2.3.4");
  EXPECT_EQ(v1.gateway_request_id, "id");
  const HttpEvent v2 = read(
      R"({"version":"2.0","requestContext":{"http":{"method":"GET","sourceIp":"1.2.3.4"},"requestId":"id"}})");
  EXPECT_EQ(v2.client_address, "1.2.3.4");
  EXPECT_EQ(v2.gateway_request_id, "id");
  const HttpEvent none =
      read(R"({"httpMethod":"GET","path":"/","requestContext":{"identity":{},"requestId":7}})");
  EXPECT_EQ(none.client_address, "");
  EXPECT_EQ(none.gateway_request_id, "");
}

TEST(AnswerForm, FollowsTheRequest) {
  EXPECT_TRUE(read(alb(R"("path":"/","multiValueHeaders":{})")).answer.multi_value_headers);
  EXPECT_FALSE(read(alb(R"("path":"/","multiValueHeaders":null)")).answer.multi_value_headers);
  EXPECT_FALSE(read(alb(R"("path":"/","headers":{})")).answer.multi_value_headers);
  EXPECT_FALSE(read(alb(R"("path":"/")")).answer.head);
  EXPECT_TRUE(
      read(R"({"httpMethod":"HEAD","path":"/","requestContext":{"stage":"s"}})").answer.head);
  EXPECT_EQ(read(rest(R"("path":"/")")).answer.kind, EventKind::kRest);
}

TEST(ContextHeaders, ReplaceWhatTheClientForged) {
  const json::Document event = parse(alb(
      R"("path":"/","headers":{"X-Amzn-Request-Context":"forged","x-amzn-lambda-context":"forged","a":"b"})"));
  HttpEvent http = *read_http_event(EventKind::kAlb, event.root(), {});
  add_context_headers(http, event.root(), R"({"request_id":"1"})", "Root=1");
  EXPECT_EQ(lines(http.headers),
            "a=b\n"
            "x-amzn-request-context={\"elb\":{\"targetGroupArn\":\"arn\"}}\n"
            "x-amzn-lambda-context={\"request_id\":\"1\"}\n"
            "x-amzn-trace-id=Root=1\n");
}

TEST(HttpEvent, OfARawKindIsRefused) {
  EXPECT_FALSE(try_read("{}"));
  EXPECT_FALSE(try_read("[]"));
}

TEST(HttpEvent, WithManyHeadersTakesNoLongerThanItsParsing) {
  std::string members = R"("path":"/","headers":{"a":"0")";
  for (int i = 0; i < 100'000; ++i)
    members.append(",\"h").append(std::to_string(i)).append("\":\"\"");
  members.append("}");
  EXPECT_EQ(narrow(read(alb(members))).header.size(), 100'001u);
}

}  // namespace
}  // namespace wascc::lambda
