#include "oci/reference.h"

#include <gtest/gtest.h>

#include "support/temporary_folder.h"

namespace wascc::oci {
namespace {

const std::string kDigest =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(OciReference, IsTakenApartAsDockerWritesIt) {
  struct Case {
    std::string text, registry, repository, tag, digest;
  };
  const Case cases[] = {
      {"example.com/echo", "example.com", "echo", "", ""},
      {"example.com/shop/echo:1.2", "example.com", "shop/echo", "1.2", ""},
      {"localhost/echo", "localhost", "echo", "", ""},
      {"registry:5000/a/b/c_d/e__f/g--h:_x", "registry:5000", "a/b/c_d/e__f/g--h", "_x", ""},
      {"Example.COM:443/echo", "example.com:443", "echo", "", ""},
      {"127.0.0.1:5000/echo@" + kDigest, "127.0.0.1:5000", "echo", "", kDigest},
      {"example.com/echo:latest@" + kDigest, "example.com", "echo", "latest", kDigest},
  };
  for (const Case& c : cases) {
    const auto reference = Reference::parse(c.text);
    ASSERT_TRUE(reference) << reference.error().message();
    EXPECT_EQ(reference->registry, c.registry) << c.text;
    EXPECT_EQ(reference->repository, c.repository) << c.text;
    EXPECT_EQ(reference->tag, c.tag) << c.text;
    EXPECT_EQ(reference->digest, c.digest) << c.text;
    const auto again = Reference::parse(reference->text());
    ASSERT_TRUE(again) << c.text;
    EXPECT_EQ(again->text(), reference->text());
  }
}

TEST(OciReference, IsRefusedWithTheReason) {
  const std::pair<std::string, const char*> cases[] = {
      {"echo", "registry"},
      {"shop/echo:1", "registry"},
      {"/example.com/echo", "registry"},
      {"../example.com/echo", "registry"},
      {"example..com/echo", "no host"},
      {"-example.com/echo", "no host"},
      {"example.com./echo", "no host"},
      {"user@example.com/echo", "no host"},
      {"exa mple.com/echo", "no host"},
      {std::string(64, 'a') + ".com/echo", "no host"},
      {"example.com:/echo", "port"},
      {"example.com:0/echo", "port"},
      {"example.com:080/echo", "port"},
      {"example.com:65536/echo", "port"},
      {"example.com:5000:5000/echo", "port"},
      {"https://example.com/echo", "port"},
      {"example.com/", "repository"},
      {"example.com/Echo", "repository"},
      {"example.com/a//b", "repository"},
      {"example.com/a/", "repository"},
      {"example.com/../etc", "repository"},
      {"example.com/a..b", "repository"},
      {"example.com/a___b", "repository"},
      {"example.com/a-.b", "repository"},
      {"example.com/a%2f", "repository"},
      {"example.com/a\nb", "repository"},
      {"example.com/" + std::string(256, 'a'), "repository"},
      {"example.com/echo:", "tag"},
      {"example.com/echo:-a", "tag"},
      {"example.com/echo:a/b", "tag"},
      {"example.com/echo:" + std::string(129, 'a'), "tag"},
      {"example.com/echo@", "digest"},
      {"example.com/echo@sha512:00", "digest"},
      {"example.com/echo@" + kDigest + "0", "digest"},
      {"example.com/echo@SHA256:" + kDigest.substr(7), "digest"},
      {"example.com/" + std::string(2000, 'a'), "too long"},
  };
  for (const auto& [text, why] : cases) {
    const auto reference = Reference::parse(text);
    ASSERT_FALSE(reference) << text;
    EXPECT_EQ(reference.error().code(), Errc::kMalformed);
    EXPECT_TRUE(reference.error().message().starts_with(
        "waSCC Host Error: Failed to parse OCI distribution reference: "))
        << reference.error().message();
    EXPECT_NE(reference.error().message().find(why), std::string::npos)
        << text << ": " << reference.error().message();
  }
}

TEST(OciReference, IsNotWhatIsAFileOrLooksLikeAPath) {
  for (const char* path : {"echo.wasm", "./example.com/echo", "../example.com/echo",
                           "/example.com/echo", "actors/echo.wasm", ".hidden/echo", "", "/"})
    EXPECT_FALSE(looks_like_reference(path)) << path;
  const test::TemporaryFolder folder;
  const std::string missing = folder / "echo.wasm";
  EXPECT_TRUE(is_to_fetch("example.com/echo.wasm", missing));
  EXPECT_FALSE(is_to_fetch("actors/echo.wasm", missing));
  EXPECT_FALSE(is_to_fetch("example.com/echo.wasm", folder.path())) << "it is there";
}

}  // namespace
}  // namespace wascc::oci
