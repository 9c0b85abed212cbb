#include "oci/challenge.h"

#include <gtest/gtest.h>

namespace wascc::oci {
namespace {

TEST(OciChallenge, IsReadAsRegistriesWriteIt) {
  const auto plain = parse_challenge(
      "Bearer realm=\"https://auth.example/token\",service=\"registry.example\",scope=\"a:b:c\"");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->scheme, Challenge::Scheme::kBearer);
  EXPECT_EQ(plain->realm, "https://auth.example/token");
  EXPECT_EQ(plain->service, "registry.example");

  const auto odd = parse_challenge(R"(  bEARER Service = one , REALM="https://a/\"b\"" , Basic)");
  ASSERT_TRUE(odd);
  EXPECT_EQ(odd->realm, "https://a/\"b\"");
  EXPECT_EQ(odd->service, "one");

  const auto basic = parse_challenge("Basic realm=\"Registry Realm\"");
  ASSERT_TRUE(basic);
  EXPECT_EQ(basic->scheme, Challenge::Scheme::kBasic);
}

TEST(OciChallenge, IsNoneIfItIsOfAnotherSchemeOrCannotBeRead) {
  for (const char* value :
       {"", "Digest realm=\"x\"", "Bearer", "Bearer service=\"x\"",
        "Bearer realm=", "Bearer realm=\"never closed", "Bearer realm=\"x\\", "=", "Bearer realm"})
    EXPECT_FALSE(parse_challenge(value)) << value;
}

}  // namespace
}  // namespace wascc::oci
