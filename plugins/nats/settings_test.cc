#include "nats/settings.h"

#include <gtest/gtest.h>

namespace wascc::nats {
namespace {

using namespace std::chrono_literals;
using Strings = std::vector<std::string>;

TEST(NatsSettings, ComeFromTheValuesOfABinding) {
  const auto defaults = parse_settings({{"__wascc_name", "x"}, {"SUBSCRIPTION", ""}});
  ASSERT_TRUE(defaults);
  EXPECT_EQ(defaults->servers, Strings{"nats://127.0.0.1:4222"});
  EXPECT_EQ(defaults->name, "127.0.0.1:4222");
  EXPECT_FALSE(defaults->tls);
  EXPECT_TRUE(defaults->subjects.empty());
  EXPECT_EQ(defaults->connect_timeout, 2000ms);

  const auto all = parse_settings({{"URL", "nats://m%65:s%40cr:t@a:1,tls://t0k%65n@b"},
                                   {"CA_FILE", "/etc/hostname"},
                                   {"SUBSCRIPTION", "orders.*,größe, x"},
                                   {"QUEUEGROUP_NAME", "workers"},
                                   {"CLIENT_JWT", "jwt"},
                                   {"CLIENT_SEED", "seed"},
                                   {"CONNECT_TIMEOUT_MS", "100"}});
  ASSERT_TRUE(all) << all.error().message();
  EXPECT_EQ(all->servers, (Strings{"nats://a:1", "nats://b"}));
  EXPECT_EQ(all->name, "a:1,b");
  EXPECT_EQ(all->user, "me");
  EXPECT_EQ(all->token, "t0ken");
  EXPECT_TRUE(all->tls);
  EXPECT_EQ(all->ca_file, "/etc/hostname");
  EXPECT_EQ(all->subjects, (Strings{"orders.*", "größe", " x"})) << "nothing trimmed";
  EXPECT_EQ(all->queue_group, "workers");
  EXPECT_EQ(all->jwt, "jwt");
  EXPECT_EQ(all->seed, "seed");
  EXPECT_EQ(all->connect_timeout, 100ms);
}

TEST(NatsSettings, RefusesWhatMakesNoSenseWithoutRepeatingIt) {
  struct Case {
    StringMap values;
    const char* message;
  };
  const Case cases[] = {
      {{{"URL", ""}}, "URL: each server must begin with nats:// or, for TLS, tls://"},
      {{{"URL", "s3cret@h"}}, "URL: each server must begin with nats:// or, for TLS, tls://"},
      {{{"URL", "nats://h,redis://s3cret@h"}},
       "URL: each server must begin with nats:// or, for TLS, tls://"},
      {{{"URL", "nats://u:s3cret%@h"}},
       "URL: a % in user, password or token needs two hexadecimal digits after it"},
      {{{"URL", "nats://s3cret@"}}, "URL: a server without a host"},
      {{{"URL", std::string("nats://h\0", 9)}}, "URL: it holds a zero byte"},
      {{{"SUBSCRIPTION", "a,,b"}}, "SUBSCRIPTION: an empty subject"},
      {{{"CLIENT_JWT", "s3cret"}},
       "Missing client seed, required for user credentials (JWT) authentication."},
      {{{"CLIENT_SEED", "s3cret"}}, "CLIENT_SEED: it needs CLIENT_JWT beside it"},
      {{{"CONNECT_TIMEOUT_MS", "0"}}, "CONNECT_TIMEOUT_MS: it must be a number from 1 to 3600000"},
      {{{"CONNECT_TIMEOUT_MS", "2s"}}, "CONNECT_TIMEOUT_MS: it must be a number from 1 to 3600000"},
      {{{"URL", "tls://h"}, {"CA_FILE", "/no/such"}},
       "CA_FILE /no/such: No such file or directory"},
  };
  for (const Case& c : cases) {
    const auto settings = parse_settings(c.values);
    ASSERT_FALSE(settings) << c.message;
    EXPECT_EQ(settings.error().message(), c.message);
  }
}

}  // namespace
}  // namespace wascc::nats
