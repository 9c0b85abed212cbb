#include "providers/eventstreams_memory.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "conformance/eventstreams_conformance.h"
#include "support/manual_clock.h"

namespace wascc {
namespace {

using namespace eventstreams;
using namespace std::chrono_literals;

struct MemoryUnderTest final : test::EventStreamsUnderTest {
  test::ManualClock clock;
  providers::MemoryEventStreamsProvider memory{clock};

  Provider& provider() override { return memory; }
  StringMap values() override { return {}; }
  void next_millisecond() override { clock.advance(1ms); }
};

std::unique_ptr<test::EventStreamsUnderTest> make_memory() {
  return std::make_unique<MemoryUnderTest>();
}

struct MemoryEventStreams : testing::Test {
  test::ManualClock clock;
  providers::MemoryEventStreamsProvider provider{clock, {1'000}};

  void SetUp() override { ASSERT_TRUE(provider.bind({"M1", {}})); }
  std::string write(const std::string& stream, const std::string& value,
                    std::string_view actor = "M1") {
    const auto answer =
        provider.handle_call({actor, kOpWriteEvent, encode(Event{"", stream, {{"v", value}}})});
    return answer ? decode<WriteResponse>(*answer)->event_id : answer.error().message();
  }
  std::size_t size(const std::string& stream, std::string_view actor = "M1") {
    const auto answer =
        provider.handle_call({actor, kOpQueryStream, encode(StreamQuery{stream, {}, 0})});
    return decode<StreamResults>(*answer)->events.size();
  }
};

TEST_F(MemoryEventStreams, NumbersEventsByTheMillisecond) {
  EXPECT_EQ(write("s", "a"), "1600000000000-0");
  EXPECT_EQ(write("s", "b"), "1600000000000-1");
  EXPECT_EQ(write("t", "c"), "1600000000000-0");
  clock.advance(2ms);
  EXPECT_EQ(write("s", "d"), "1600000000002-0");
  clock.set(clock.now() - 1h);
  EXPECT_EQ(write("s", "e"), "1600000000002-1") << "though the clock went back";
}

TEST_F(MemoryEventStreams, RefusesWhatItCannotHoldAndDropsNothing) {
  constexpr std::string_view kFull = "OOM the event streams in memory hold at most 1000 bytes";
  EXPECT_EQ(write("s", std::string(1'000, 'x')), kFull);
  EXPECT_NE(write("s", std::string(500, 'x')), kFull);
  EXPECT_EQ(write("s", std::string(500, 'x')), kFull);
  EXPECT_NE(write("s", "x"), kFull);
  EXPECT_EQ(size("s"), 2U);
}

TEST_F(MemoryEventStreams, OneUrlIsOneStore) {
  ASSERT_TRUE(provider.bind({"M2", {{"URL", "mem:other"}}}));
  write("s", "x");
  EXPECT_EQ(size("s"), 1U);
  EXPECT_EQ(size("s", "M2"), 0U);
}

}  // namespace

namespace test {
INSTANTIATE_TEST_SUITE_P(InMemory, EventStreamsConformance, testing::Values(&make_memory));
}

}  // namespace wascc
