#include "s3/settings.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "s3/address.h"
#include "s3/answers.h"

namespace wascc::s3 {
namespace {

// The settings of a binding with these values, in a process with these variables.
Result<Settings> settings(StringMap values, const std::map<std::string, std::string>& variables = {
                                                {"AWS_ACCESS_KEY_ID", "ENVKEY"},
                                                {"AWS_SECRET_ACCESS_KEY", "env/secret"}}) {
  return Settings::from(values, [&](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  });
}

std::string url(const StringMap& values, std::string_view bucket, std::string_view key = "") {
  const auto parsed = settings(values);
  return parsed ? url_of(*parsed, bucket, key) : parsed.error().message();
}

TEST(S3Settings, AddressesABucketByHostOnAwsAndByPathElsewhereUnlessStyleSaysOtherwise) {
  EXPECT_EQ(url({}, "photos", "a b/ü"), "https://photos.s3.us-east-1.amazonaws.com/a%20b/%C3%BC");
  EXPECT_EQ(url({{"REGION", "eu-west-1"}}, "photos"), "https://photos.s3.eu-west-1.amazonaws.com/");
  EXPECT_EQ(url({{"STYLE", "path"}}, "photos", "k"), "https://s3.us-east-1.amazonaws.com/photos/k");
  EXPECT_EQ(url({{"ENDPOINT", "http://store.example:9000/"}}, "photos", "k"),
            "http://store.example:9000/photos/k");
  EXPECT_EQ(url({{"ENDPOINT", "http://store.example:9000"}, {"STYLE", "host"}}, "photos"),
            "http://photos.store.example:9000/");
  EXPECT_EQ(url({}, "my.photos", "k"), "https://s3.us-east-1.amazonaws.com/my.photos/k")
      << "no certificate holds for two labels";
}

TEST(S3Settings, TakeRegionAndKeysFromTheBindingElseFromTheEnvironment) {
  const std::map<std::string, std::string> lambda = {{"AWS_ACCESS_KEY_ID", "ROLE"},
                                                     {"AWS_SECRET_ACCESS_KEY", "role/secret"},
                                                     {"AWS_SESSION_TOKEN", "role/token"},
                                                     {"AWS_REGION", "eu-central-1"},
                                                     {"AWS_DEFAULT_REGION", "us-west-2"}};
  const auto role = settings({}, lambda);
  EXPECT_EQ(role->keys.id + " " + role->keys.secret + " " + role->keys.token,
            "ROLE role/secret role/token");
  EXPECT_EQ(role->region, "eu-central-1");
  const auto bound = settings({{"AWS_ACCESS_KEY_ID", "MINE"},
                               {"AWS_SECRET_ACCESS_KEY", "my/secret"},
                               {"REGION", "sa-east-1"}},
                              lambda);
  EXPECT_EQ(bound->keys.id + " " + bound->keys.secret, "MINE my/secret");
  EXPECT_EQ(bound->keys.token, "") << "the token of other keys is no help";
  EXPECT_EQ(bound->region, "sa-east-1");
  const auto of_2020 = settings({{"AWS_ACCESS_KEY", "MINE"},
                                 {"AWS_SECRET_ACCESS_KEY", "my/secret"},
                                 {"AWS_TOKEN", "my/token"},
                                 {"TOKEN_VALID_FOR", "3600"}});
  EXPECT_EQ(of_2020->keys.id + " " + of_2020->keys.token, "MINE my/token");
}

TEST(S3Settings, RefuseWhatMakesNoSenseAndRepeatNoSecret) {
  const StringMap bad[] = {{{"ENDPOINT", "store.example"}},
                           {{"ENDPOINT", "ftp://store.example"}},
                           {{"ENDPOINT", "https://"}},
                           {{"ENDPOINT", "https://user:pw@store.example"}},
                           {{"ENDPOINT", "https://store.example/base"}},
                           {{"STYLE", "virtual"}},
                           {{"REGION", "eu west"}},
                           {{"REGION", "eu/west"}},
                           {{"TIMEOUT_MS", "0"}},
                           {{"TIMEOUT_MS", "soon"}},
                           {{"CA_FILE", "/nowhere/ca.pem"}},
                           {{"AWS_ACCESS_KEY_ID", "ONLY"}},
                           {{"AWS_SECRET_ACCESS_KEY", "hush"}},
                           {{"AWS_SESSION_TOKEN", "hush"}},
                           {{"AWS_ACCESS_KEY_ID", "A:B"}, {"AWS_SECRET_ACCESS_KEY", "hush"}},
                           {{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "hu\r\nsh"}}};
  for (const StringMap& values : bad) {
    const auto refused = settings(values);
    ASSERT_FALSE(refused) << values[0].first << "=" << values[0].second;
    EXPECT_EQ(refused.error().message().find("hush"), std::string::npos);
    EXPECT_EQ(refused.error().message().find("hu\r"), std::string::npos);
  }
  const auto none = settings({}, {{"AWS_ACCESS_KEY_ID", "HALF"}});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message().rfind("no keys for S3", 0), 0U);
}

TEST(S3Address, NamesOnlyWhatABucketOrAnObjectCanBe) {
  for (const char* id : {"abc", "my-photos", "my.photos", "0ab"})
    EXPECT_TRUE(bucket_name(id)) << id;
  for (const std::string& id : {std::string("ab"), std::string(64, 'a'), std::string("Photos"),
                                std::string("-abc"), std::string("abc."), std::string("a..b"),
                                std::string("a/b"), std::string("a@b"), std::string("a\0bc", 4)})
    EXPECT_FALSE(bucket_name(id)) << id;
  for (const char* id : {"a", "a/b/c", "/a", "a//b", "..a", "größe", "a b+c%20"})
    EXPECT_TRUE(object_key(id)) << id;
  for (const std::string& id :
       {std::string(), std::string(1025, 'a'), std::string("../a"), std::string("a/../b"),
        std::string("a/."), std::string("a\nb"), std::string("a\0b", 3), std::string("\xFF")})
    EXPECT_FALSE(object_key(id)) << id;
}

TEST(S3Answers, ReadsAPageAndWhereTheNextOneIs) {
  const auto page = parse_page(as_bytes(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult "
      "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>photos</Name>"
      "<IsTruncated>true</IsTruncated><Contents><Key>a&amp;b &#x1F;&lt;</Key><Size>5</Size>"
      "</Contents><Contents><Size>18446744073709551615</Size><Key> </Key></Contents>"
      "<NextContinuationToken>1/a+b==</NextContinuationToken></ListBucketResult>"));
  ASSERT_TRUE(page) << page.error().message();
  ASSERT_EQ(page->blobs.size(), 2U);
  EXPECT_EQ(page->blobs[0].id, "a&b \x1F<");
  EXPECT_EQ(page->blobs[0].bytes, 5U);
  EXPECT_EQ(page->blobs[1].id, " ");
  EXPECT_EQ(page->blobs[1].bytes, ~std::uint64_t{0});
  EXPECT_EQ(page->next, "1/a+b==");
}

TEST(S3Answers, RefusesWhatIsNoPage) {
  const std::string begin = "<ListBucketResult>", end = "</ListBucketResult>";
  const std::string bad[] = {
      "",
      "{}",
      "<html><body>Welcome</body></html>",
      begin,
      begin + "<Contents><Key>a</Key></Contents>" + end,
      begin + "<Contents><Size>5</Size></Contents>" + end,
      begin + "<Contents><Key>a</Key><Size>-5</Size></Contents>" + end,
      begin + "<Contents><Key>a</Key><Size>5 </Size></Contents>" + end,
      begin + "<Contents><Key>a</Key><Size>18446744073709551616</Size></Contents>" + end,
      begin + "<Contents><Key>\xFF</Key><Size>5</Size></Contents>" + end,
      begin + "<IsTruncated>true</IsTruncated>" + end};
  for (const std::string& xml : bad) {
    const auto page = parse_page(as_bytes(xml));
    ASSERT_FALSE(page) << xml;
    EXPECT_EQ(page.error().code(), Errc::kProvider) << xml;
  }
  std::string nested;
  for (int i = 0; i < 200'000; ++i) nested += "<a>";
  EXPECT_FALSE(parse_page(as_bytes(begin + nested))) << "depth costs no stack";
}

TEST(S3Answers, KeepsWordsOfTheServerToOneBoundedLine) {
  const Refusal refusal =
      parse_refusal(as_bytes("<Error><Code>AccessDenied</Code><Message>no\r\n"
                             "level=error msg=forged" +
                             std::string(1000, 'x') + "</Message></Error>"));
  EXPECT_EQ(refusal.code, "AccessDenied");
  EXPECT_EQ(refusal.message.find('\n'), std::string::npos);
  EXPECT_LE(refusal.message.size(), 300U);
  EXPECT_EQ(parse_refusal(as_bytes("no XML")).code, "");
}

}  // namespace
}  // namespace wascc::s3
