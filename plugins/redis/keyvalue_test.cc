#include "redis/keyvalue.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "conformance/keyvalue_conformance.h"
#include "conformance/provider_cases.h"
#include "support/redis_server.h"

namespace wascc {
namespace {

using namespace keyvalue;

struct RedisUnderTest final : test::KeyValueUnderTest {
  const SystemClock clock{};
  test::RedisServer server;
  redis::RedisKeyValue redis{clock};

  Provider& provider() override { return redis; }
  StringMap values() override { return {{"URL", server.url()}}; }
  // Takes it off what the server says is left.
  void pass(std::chrono::seconds time) override {
    const auto keys = server.ask({"KEYS", "*"});
    for (std::size_t i = 0; i < keys->elements; ++i) {
      const std::string_view key(keys->element[i]->str, keys->element[i]->len);
      const long long left = server.ask({"PTTL", key})->integer;
      if (left < 0) continue;  // it never expires
      const auto passed = std::chrono::milliseconds(time).count();
      server.ask({"PEXPIRE", key, std::to_string(left - passed)});
    }
  }
};

struct RedisCase final : test::AnyKeyValue {
  const SystemClock clock{};
  test::RedisServer server;

  std::unique_ptr<Provider> make() override {
    return std::make_unique<redis::RedisKeyValue>(clock);
  }
  StringMap values(int place) override {
    return {{"URL", server.url() + "/" + std::to_string(place)}};
  }
};

std::unique_ptr<test::KeyValueUnderTest> make_redis() { return std::make_unique<RedisUnderTest>(); }

struct RedisKeyValueTest : testing::Test {
  const SystemClock clock{};
  redis::RedisKeyValue provider{clock};
  test::KeyValueCalls kv{provider, "M1"};

  Status bind(StringMap values, const std::string& actor = "M1") {
    return provider.bind({actor, std::move(values)});
  }
};

TEST_F(RedisKeyValueTest, BindingsWithOtherSettingsAreApart) {
  test::RedisServer server(
      {"--requirepass", "top secret", "--user", "alice", "on", ">wonder", "~*", "+@all"});
  ASSERT_TRUE(server.process().running()) << server.process().output();
  const std::string at = "@" + server.process().address();
  ASSERT_TRUE(bind({{"URL", "redis://:top%20secret" + at}}, "M1"));
  ASSERT_TRUE(bind({{"URL", "redis://alice:wonder" + at + "/3"}}, "M2"));
  test::KeyValueCalls other(provider, "M2");
  kv.set("k", "one");
  other.set("k", "two");
  EXPECT_EQ(kv.get("k"), "one");
  EXPECT_EQ(other.get("k"), "two");
  ASSERT_TRUE(bind({{"URL", "redis://:top%20secret" + at + "/3"}}, "M1"));
  EXPECT_EQ(kv.get("k"), "two") << "bound again: an update";
}

TEST_F(RedisKeyValueTest, SaysWhyTheServerDoesNotLetItIn) {
  test::RedisServer server({"--requirepass", "top secret"});
  const std::string address = server.process().address();
  const std::string cannot = "Cannot connect: Redis at " + address + ": ";
  ASSERT_TRUE(bind({{"URL", "redis://:wrong@" + address}}));
  EXPECT_EQ(kv.error(kOpGet, GetRequest{"k"}),
            cannot + "WRONGPASS invalid username-password pair or user is disabled.");
  ASSERT_TRUE(bind({{"URL", "redis://" + address}}));
  EXPECT_EQ(kv.error(kOpGet, GetRequest{"k"}), "NOAUTH Authentication required.");
  ASSERT_TRUE(bind({{"URL", "redis://:top%20secret@" + address + "/99"}}));
  EXPECT_EQ(kv.error(kOpGet, GetRequest{"k"}), cannot + "ERR DB index is out of range");
  EXPECT_EQ(bind({{"URL", "redis//" + address}}).error().message(),
            "URL: it must begin with redis:// or, for TLS, rediss://");
  EXPECT_EQ(kv.error(kOpGet, GetRequest{"k"}), cannot + "ERR DB index is out of range")
      << "a refused update leaves the binding as it was";
}

TEST_F(RedisKeyValueTest, RefusesValuesThatNoActorCouldRead) {
  test::RedisServer server;
  ASSERT_TRUE(bind({{"URL", server.url()}}));
  server.ask({"SET", "k", "\xff\xfe"});
  EXPECT_EQ(kv.error(kOpGet, GetRequest{"k"}), "Redis holds a value here that is not UTF-8");
  server.ask({"LPUSH", "l", "\xff\xfe"});
  EXPECT_EQ(kv.error(kOpRange, RangeRequest{"l", 0, -1}),
            "Redis holds a value here that is not UTF-8");
}

}  // namespace

namespace test {
INSTANTIATE_TEST_SUITE_P(OnRedis, KeyValueConformance, testing::Values(&make_redis));
INSTANTIATE_TEST_SUITE_P(OnRedis, ProviderConformance,
                         testing::Values(ProviderCase::of<RedisCase>("keyvalue")));
}  // namespace test

}  // namespace wascc
