#include "oci/https_url.h"

#include <gtest/gtest.h>

namespace wascc::oci {
namespace {

TEST(HttpsUrl, IsHttpsAndNothingOfAUser) {
  struct Case {
    const char *text, *is;
    Errc code;
  };
  const Case cases[] = {
      {"https://example.com", "https://example.com/", {}},
      {"HTTPS://Example.com:443/A?b#c", "https://example.com/A?b", {}},
      {"https://127.0.0.1:5000?x=1", "https://127.0.0.1:5000/?x=1", {}},
      {"https://[::1]:5000/", "https://[::1]:5000/", {}},
      {"http://example.com/", "", Errc::kDenied},
      {"ftp://example.com/", "", Errc::kDenied},
      {"/token", "", Errc::kDenied},
      {"https://user:secret@example.com/", "", Errc::kMalformed},
      {"https://example.com\\@other.example/", "", Errc::kMalformed},
      {"https://example.com/a b", "", Errc::kMalformed},
      {"https://example.com/\r\nx: y", "", Errc::kMalformed},
      {"https://", "", Errc::kMalformed},
      {"https:///path", "", Errc::kMalformed},
  };
  for (const Case& c : cases) {
    const auto url = HttpsUrl::parse(c.text);
    ASSERT_EQ(bool(url), *c.is != '\0') << c.text;
    if (url)
      EXPECT_EQ(url->text(), c.is);
    else
      EXPECT_EQ(url.error().code(), c.code) << c.text;
  }
}

TEST(HttpsUrl, FollowsToAnAddressOrAPath) {
  const HttpsUrl here{"example.com:5000", "/v2/?a"};
  EXPECT_EQ(here.follow("/other?b")->text(), "https://example.com:5000/other?b");
  EXPECT_EQ(here.follow("//other.example/x")->text(), "https://other.example/x");
  EXPECT_EQ(here.follow("https://other.example/x")->text(), "https://other.example/x");
  EXPECT_FALSE(here.follow("http://example.com:5000/x"));
  EXPECT_FALSE(here.follow("x"));
  EXPECT_FALSE(here.follow(""));
}

TEST(HttpsUrl, IsShownWithoutItsQuery) {
  EXPECT_EQ((HttpsUrl{"example.com", "/blob?signature=secret"}.shown()),
            "https://example.com/blob");
}

}  // namespace
}  // namespace wascc::oci
