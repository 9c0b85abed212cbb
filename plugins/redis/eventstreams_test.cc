#include "redis/eventstreams.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "conformance/eventstreams_conformance.h"
#include "conformance/provider_cases.h"
#include "support/redis_server.h"

namespace wascc {
namespace {

using namespace eventstreams;

struct RedisUnderTest final : test::EventStreamsUnderTest {
  const SystemClock clock{};
  test::RedisServer server;
  redis::RedisEventStreams redis{clock};

  Provider& provider() override { return redis; }
  StringMap values() override { return {{"URL", server.url()}}; }
  void next_millisecond() override {
    const auto now = [&] {
      const auto time = server.ask({"TIME"});  // seconds, and microseconds without leading zeros
      return std::stoll(time->element[0]->str) * 1000 + std::stoll(time->element[1]->str) / 1000;
    };
    const auto before = now();
    while (now() == before) {
    }
  }
};

struct RedisCase final : test::AnyEventStreams {
  const SystemClock clock{};
  test::RedisServer server;

  std::unique_ptr<Provider> make() override {
    return std::make_unique<redis::RedisEventStreams>(clock);
  }
  StringMap values(int place) override {
    return {{"URL", server.url() + "/" + std::to_string(place)}};
  }
};

std::unique_ptr<test::EventStreamsUnderTest> make_redis() {
  return std::make_unique<RedisUnderTest>();
}

TEST(RedisEventStreams, ReadsWhatOthersWrote) {
  const SystemClock clock{};
  test::RedisServer server;
  redis::RedisEventStreams provider(clock);
  ASSERT_TRUE(provider.bind({"M1", {{"URL", server.url()}}}));
  const auto query = [&](const char* stream) {
    return provider.handle_call({"M1", kOpQueryStream, encode(StreamQuery{stream, {}, 0})});
  };
  server.ask({"XADD", "s", "5-1", "k", "first", "other", "x", "k", "last"});
  const auto answer = query("s");
  ASSERT_TRUE(answer);
  const auto events = decode<StreamResults>(*answer)->events;
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].event_id, "5-1");
  EXPECT_EQ(events[0].values, (StringMap{{"k", "last"}, {"other", "x"}}));

  server.ask({"SET", "text", "x"});
  EXPECT_EQ(query("text").error().message(),
            "WRONGTYPE Operation against a key holding the wrong kind of value");
  server.ask({"XADD", "bytes", "*", "k", "\xff"});
  EXPECT_EQ(query("bytes").error().message(), "Redis holds a value here that is not UTF-8");
}

TEST(RedisEventStreams, LosesNothingAcknowledgedWhenTheServerIsAwayForAWhile) {
  const SystemClock clock{};
  test::RedisServer server;
  redis::RedisEventStreams provider(clock);
  ASSERT_TRUE(provider.bind({"M1", {{"URL", server.url()}}}));
  const auto write = [&] {
    return provider.handle_call({"M1", kOpWriteEvent, encode(Event{"", "s", {{"k", "v"}}})});
  };
  std::vector<std::string> acknowledged;
  const auto acknowledge = [&] {
    const auto answer = write();
    ASSERT_TRUE(answer) << answer.error().message();
    acknowledged.push_back(decode<WriteResponse>(*answer)->event_id);
  };
  for (const bool crash : {false, true}) {
    acknowledge();
    crash ? server.process().crash() : server.process().stop();
    EXPECT_EQ(write().error().code(), Errc::kUnavailable);
    EXPECT_EQ(provider.handle_call({"M1", kOpQueryStream, encode(StreamQuery{"s", {}, 0})})
                  .error()
                  .code(),
              Errc::kUnavailable);
    server.process().start();
    acknowledge();
  }
  const auto answer = provider.handle_call({"M1", kOpQueryStream, encode(StreamQuery{"s", {}, 0})});
  ASSERT_TRUE(answer) << answer.error().message();
  std::vector<std::string> found;
  const auto results = decode<StreamResults>(*answer);
  for (const Event& event : results->events) found.push_back(event.event_id);
  EXPECT_EQ(found, acknowledged) << "all of them, and none that was refused";
}

}  // namespace

namespace test {
INSTANTIATE_TEST_SUITE_P(OnRedis, EventStreamsConformance, testing::Values(&make_redis));
INSTANTIATE_TEST_SUITE_P(OnRedis, ProviderConformance,
                         testing::Values(ProviderCase::of<RedisCase>("eventstreams")));
}  // namespace test

}  // namespace wascc
