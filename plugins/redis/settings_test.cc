#include "redis/settings.h"

#include <gtest/gtest.h>

namespace wascc::redis {
namespace {

using namespace std::chrono_literals;

TEST(RedisSettings, UrlSaysWhereAndWho) {
  struct Case {
    const char* url;
    Address expected;
  };
  const Case cases[] = {
      {"redis://", {"127.0.0.1", 6379, false, "", "", 0}},
      {"redis://cache", {"cache", 6379, false, "", "", 0}},
      {"redis://cache:7000/", {"cache", 7000, false, "", "", 0}},
      {"rediss://cache.example:6380/3", {"cache.example", 6380, true, "", "", 3}},
      {"redis://:pa%40ss@cache", {"cache", 6379, false, "", "pa@ss", 0}},
      {"redis://me:pa/s@s@cache:1/2", {"cache", 1, false, "me", "pa/s@s", 2}},
      {"redis://gr%C3%B6%C3%9Fe:x@[::1]:7000/15", {"::1", 7000, false, "größe", "x", 15}},
  };
  for (const Case& c : cases) {
    const auto address = parse_url(c.url);
    ASSERT_TRUE(address) << c.url << ": " << address.error().message();
    EXPECT_EQ(address->host, c.expected.host) << c.url;
    EXPECT_EQ(address->port, c.expected.port) << c.url;
    EXPECT_EQ(address->tls, c.expected.tls) << c.url;
    EXPECT_EQ(address->user, c.expected.user) << c.url;
    EXPECT_EQ(address->password, c.expected.password) << c.url;
    EXPECT_EQ(address->database, c.expected.database) << c.url;
  }
}

TEST(RedisSettings, RefusesUrlsWithoutRepeatingThem) {
  struct Case {
    const char* url;
    const char* message;
  };
  constexpr Case kCases[] = {
      {"", "URL: it must begin with redis:// or, for TLS, rediss://"},
      {"http://s3cret", "URL: it must begin with redis:// or, for TLS, rediss://"},
      {"redis://s3cret@h", "URL: a user without a password"},
      {"redis://s3cret:@h", "URL: an empty password"},
      {"redis://u:s3cret%4@h",
       "URL: a % in user or password needs two hexadecimal digits after it"},
      {"redis://u:s3cret@h:0", "URL: the port must be a number from 1 to 65535"},
      {"redis://u:s3cret@h:65536", "URL: the port must be a number from 1 to 65535"},
      {"redis://u:s3cret@:1", "URL: a port without a host"},
      {"redis://u:s3cret@[::1", "URL: a [ without its ]"},
      {"redis://u:s3cret@[::1]7", "URL: the port must be a number from 1 to 65535"},
      {"redis://h/s3cret", "URL: what follows the host must be the number of a database"},
      {"redis://h/-1", "URL: what follows the host must be the number of a database"},
  };
  for (const Case& c : kCases) {
    const auto address = parse_url(c.url);
    ASSERT_FALSE(address) << c.url;
    EXPECT_EQ(address.error().code(), Errc::kInvalid);
    EXPECT_EQ(address.error().message(), c.message) << c.url;
  }
  EXPECT_FALSE(parse_url(std::string_view("redis://ho\0st", 13)));
}

TEST(RedisSettings, ComeFromTheValuesOfABinding) {
  const auto defaults = parse_settings({{"__wascc_name", "counter"}});
  ASSERT_TRUE(defaults);
  EXPECT_EQ(defaults->address.name(), "127.0.0.1:6379");
  EXPECT_EQ(defaults->connect_timeout, 2000ms);
  EXPECT_EQ(defaults->command_timeout, 5000ms);
  EXPECT_EQ(defaults->ca_file, "");

  const auto all = parse_settings({{"URL", "rediss://[::1]:7"},
                                   {"CA_FILE", "/etc/hostname"},
                                   {"CONNECT_TIMEOUT_MS", "1"},
                                   {"COMMAND_TIMEOUT_MS", "3600000"}});
  ASSERT_TRUE(all) << all.error().message();
  EXPECT_EQ(all->address.name(), "[::1]:7");
  EXPECT_EQ(all->connect_timeout, 1ms);
  EXPECT_EQ(all->command_timeout, 1h);
  EXPECT_EQ(all->ca_file, "/etc/hostname");

  for (const char* wrong : {"0", "3600001", "1s", "-1", "", " 5"}) {
    const auto refused = parse_settings({{"COMMAND_TIMEOUT_MS", wrong}});
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().message(),
              "COMMAND_TIMEOUT_MS: it must be a number from 1 to 3600000");
  }
  EXPECT_EQ(parse_settings({{"URL", "rediss://h"}, {"CA_FILE", "/no/such"}}).error().message(),
            "CA_FILE /no/such: No such file or directory");
}

}  // namespace
}  // namespace wascc::redis
