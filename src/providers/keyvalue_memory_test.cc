#include "providers/keyvalue_memory.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "conformance/keyvalue_conformance.h"
#include "support/manual_clock.h"

namespace wascc {
namespace {

using namespace keyvalue;

struct MemoryUnderTest final : test::KeyValueUnderTest {
  test::ManualClock clock;
  providers::MemoryKeyValueProvider memory{clock};

  Provider& provider() override { return memory; }
  StringMap values() override { return {}; }
  void pass(std::chrono::seconds time) override { clock.advance(time); }
};

std::unique_ptr<test::KeyValueUnderTest> make_memory() {
  return std::make_unique<MemoryUnderTest>();
}

struct MemoryKeyValue : testing::Test {
  test::ManualClock clock;
  providers::MemoryKeyValueProvider provider{clock, {10'000}};
  test::KeyValueCalls kv{provider, "M1"};

  void SetUp() override { bind("M1", {}); }
  void bind(const std::string& actor, StringMap values) {
    ASSERT_TRUE(provider.bind({actor, std::move(values)}));
  }
};

TEST_F(MemoryKeyValue, HoldsNoMoreThanItMay) {
  constexpr std::string_view kFull = "OOM the key-value store in memory holds at most 10000 bytes";
  const std::string big(4'000, 'x');
  kv.set("one", big);
  kv.set("two", big, 10);
  EXPECT_EQ(kv.error(kOpSet, SetRequest{"three", big, 0}), kFull);
  EXPECT_EQ(kv.error(kOpPush, PushRequest{"l", big}), kFull);
  EXPECT_EQ(kv.error(kOpSetAdd, SetAddRequest{"s", big}), kFull);
  EXPECT_FALSE(kv.exists("three"));
  EXPECT_FALSE(kv.exists("l"));
  clock.advance(std::chrono::seconds(10));
  kv.set("three", big);
  kv.call<DelResponse>(kOpDel, DelRequest{"one"}).value();
  for (int i = 0; i < 50; ++i) {
    kv.push("l", big);
    kv.remove_item("l", big);
    kv.set_add("s", big);
    kv.set_remove("s", big);
  }
}

TEST_F(MemoryKeyValue, OneUrlIsOneStore) {
  bind("M2", {});
  bind("M3", {{"URL", "mem:other"}});
  kv.set("k", "v");
  EXPECT_EQ(test::KeyValueCalls(provider, "M2").get("k"), "v");
  EXPECT_EQ(test::KeyValueCalls(provider, "M3").get("k"), "(none)");
}

}  // namespace

namespace test {
INSTANTIATE_TEST_SUITE_P(InMemory, KeyValueConformance, testing::Values(&make_memory));
}

}  // namespace wascc
