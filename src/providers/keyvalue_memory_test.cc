#include "providers/keyvalue_memory.h"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include "support/manual_clock.h"
#include "wascc/messages/keyvalue.h"

namespace wascc::providers {
namespace {

using namespace keyvalue;
using Strings = std::vector<std::string>;
constexpr std::string_view kActor = "M1";
constexpr std::string_view kWrongType =
    "WRONGTYPE Operation against a key holding the wrong kind of value";

struct KeyValueTest : testing::Test {
  test::ManualClock clock;
  MemoryKeyValueProvider provider{clock, {10'000}};

  void SetUp() override { bind("M1", {}); }
  void bind(const std::string& actor, StringMap values) {
    ASSERT_TRUE(provider.bind({actor, std::move(values)}));
  }

  template <class Response, class Request>
  Result<Response> call(std::string_view operation, const Request& request,
                        std::string_view actor = kActor) {
    WASCC_TRY(const Bytes answer, provider.handle_call({actor, operation, encode(request)}));
    return decode<Response>(answer);
  }
  template <class Request>
  std::string error(std::string_view operation, const Request& request) {
    const auto answer = provider.handle_call({kActor, operation, encode(request)});
    return answer ? "no error" : answer.error().message();
  }

  std::int32_t add(const std::string& key, std::int32_t value) {
    return call<AddResponse>(kOpAdd, AddRequest{key, value})->value;
  }
  void set(const std::string& key, const std::string& value, std::int32_t expires_s = 0) {
    EXPECT_EQ(call<SetResponse>(kOpSet, SetRequest{key, value, expires_s})->value, value);
  }
  std::string get(const std::string& key, std::string_view actor = kActor) {
    const auto got = call<GetResponse>(kOpGet, GetRequest{key}, actor);
    return got->exists ? got->value : "(none)" + got->value;
  }
  bool exists(const std::string& key) {
    const auto answer = call<GetResponse>(kOpKeyExists, KeyExistsRequest{key});
    EXPECT_EQ(answer->value, "");
    return answer->exists;
  }
  std::int32_t push(const std::string& key, const std::string& value) {
    return call<ListResponse>(kOpPush, PushRequest{key, value})->new_count;
  }
  Strings range(const std::string& key, std::int32_t start, std::int32_t stop) {
    return call<RangeResponse>(kOpRange, RangeRequest{key, start, stop})->values;
  }
  std::int32_t set_add(const std::string& key, const std::string& value) {
    return call<SetOperationResponse>(kOpSetAdd, SetAddRequest{key, value})->new_count;
  }
};

TEST_F(KeyValueTest, AddsToNumbersAndStartsAtZero) {
  EXPECT_EQ(add("n", 5), 5);
  EXPECT_EQ(add("n", -7), -2);
  EXPECT_EQ(get("n"), "-2");
  set("n", "40");
  EXPECT_EQ(add("n", 2), 42);
}

TEST_F(KeyValueTest, RefusesSumsThatAreNone) {
  constexpr auto kMax = std::numeric_limits<std::int32_t>::max();
  set("text", "forty");
  EXPECT_EQ(error(kOpAdd, AddRequest{"text", 1}), "ERR value is not an integer or out of range");
  EXPECT_EQ(add("n", kMax), kMax);
  EXPECT_EQ(error(kOpAdd, AddRequest{"n", 1}), "ERR increment or decrement would overflow");
  EXPECT_EQ(get("n"), std::to_string(kMax));
  set("far", "9223372036854775807");
  EXPECT_EQ(error(kOpAdd, AddRequest{"far", 1}), "ERR increment or decrement would overflow");
}

TEST_F(KeyValueTest, GetsWhatWasSetUntilItIsDeleted) {
  EXPECT_EQ(get("k"), "(none)");
  set("k", "größer");
  EXPECT_EQ(get("k"), "größer");
  EXPECT_TRUE(exists("k"));
  EXPECT_EQ(call<DelResponse>(kOpDel, DelRequest{"k"})->key, "k");
  EXPECT_FALSE(exists("k"));
  push("list", "x");
  EXPECT_EQ(call<DelResponse>(kOpClear, ClearRequest{"list"})->key, "list");
  EXPECT_FALSE(exists("list"));
  EXPECT_EQ(call<DelResponse>(kOpDel, DelRequest{"never"})->key, "never");
}

TEST_F(KeyValueTest, ForgetsWhatHasExpired) {
  set("k", "1", 10);
  clock.advance(std::chrono::milliseconds(9'999));
  EXPECT_EQ(add("k", 1), 2) << "and keeps the time";
  clock.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(get("k"), "(none)");
  EXPECT_EQ(add("k", 1), 1);
  set("k", "2", 10);
  set("k", "3");
  clock.advance(std::chrono::hours(1));
  EXPECT_EQ(get("k"), "3") << "set without a time takes the time away";
  EXPECT_EQ(error(kOpSet, SetRequest{"k", "4", -1}), "ERR invalid expire time in 'set' command");
}

TEST_F(KeyValueTest, ListsGrowAtTheirHead) {
  EXPECT_EQ(push("l", "a"), 1);
  EXPECT_EQ(push("l", "b"), 2);
  EXPECT_EQ(push("l", "a"), 3);
  struct Case {
    std::int32_t start, stop;
    Strings expected;
  };
  const Case cases[] = {
      {0, -1, {"a", "b", "a"}}, {0, 0, {"a"}}, {1, 99, {"b", "a"}}, {-2, -1, {"b", "a"}},
      {-99, 0, {"a"}},          {2, 1, {}},    {3, 5, {}},          {0, -99, {}}};
  for (const Case& c : cases) EXPECT_EQ(range("l", c.start, c.stop), c.expected) << c.start;
  EXPECT_EQ(range("never", 0, -1), Strings());
  const auto removed = [&](const char* value) {
    return call<ListResponse>(kOpListItemDelete, ListItemDeleteRequest{"l", value})->new_count;
  };
  EXPECT_EQ(removed("a"), 2);
  EXPECT_EQ(removed("a"), 0);
  EXPECT_EQ(range("l", 0, -1), Strings{"b"});
  EXPECT_EQ(removed("b"), 1);
  EXPECT_FALSE(exists("l")) << "an empty list is no list";
}

TEST_F(KeyValueTest, SetsHoldEachValueOnce) {
  EXPECT_EQ(set_add("s", "a"), 1);
  EXPECT_EQ(set_add("s", "a"), 0);
  EXPECT_EQ(set_add("s", "b"), 1);
  EXPECT_EQ(set_add("t", "b"), 1);
  EXPECT_EQ(set_add("t", "c"), 1);
  const auto combined = [&](std::string_view operation, Strings keys) {
    return call<SetQueryResponse>(operation, SetCombineRequest{std::move(keys)})->values;
  };
  EXPECT_EQ(combined(kOpSetUnion, {"s", "t", "never"}), (Strings{"a", "b", "c"}));
  EXPECT_EQ(combined(kOpSetIntersection, {"s", "t"}), Strings{"b"});
  EXPECT_EQ(combined(kOpSetIntersection, {"s", "never"}), Strings());
  EXPECT_EQ(combined(kOpSetIntersection, {}), Strings());
  EXPECT_EQ(call<SetQueryResponse>(kOpSetQuery, SetQueryRequest{"s"})->values, (Strings{"a", "b"}));
  const auto removed = [&](const char* value) {
    return call<SetOperationResponse>(kOpSetRemove, SetRemoveRequest{"s", value})->new_count;
  };
  EXPECT_EQ(removed("a"), 1);
  EXPECT_EQ(removed("a"), 0);
  EXPECT_EQ(removed("b"), 1);
  EXPECT_FALSE(exists("s"));
}

TEST_F(KeyValueTest, RefusesOperationsOnAnotherKindOfValue) {
  set("text", "x");
  push("list", "x");
  EXPECT_EQ(get("list"), "(none)") << "a list is no value";
  EXPECT_EQ(error(kOpAdd, AddRequest{"list", 1}), kWrongType);
  EXPECT_EQ(error(kOpPush, PushRequest{"text", "x"}), kWrongType);
  EXPECT_EQ(error(kOpRange, RangeRequest{"text", 0, -1}), kWrongType);
  EXPECT_EQ(error(kOpListItemDelete, ListItemDeleteRequest{"text", "x"}), kWrongType);
  EXPECT_EQ(error(kOpSetAdd, SetAddRequest{"list", "x"}), kWrongType);
  EXPECT_EQ(error(kOpSetRemove, SetRemoveRequest{"list", "x"}), kWrongType);
  EXPECT_EQ(error(kOpSetUnion, SetCombineRequest{{"never", "list"}}), kWrongType);
  EXPECT_EQ(error(kOpSetIntersection, SetCombineRequest{{"never", "list"}}), kWrongType);
  EXPECT_EQ(error(kOpSetQuery, SetQueryRequest{"text"}), kWrongType);
  set("list", "now a text");
  EXPECT_EQ(get("list"), "now a text");
}

TEST_F(KeyValueTest, HoldsNoMoreThanItMay) {
  const std::string big(4'000, 'x');
  set("one", big);
  set("two", big, 10);
  EXPECT_EQ(error(kOpSet, SetRequest{"three", big, 0}),
            "OOM the key-value store in memory holds at most 10000 bytes");
  EXPECT_EQ(error(kOpPush, PushRequest{"l", big}),
            "OOM the key-value store in memory holds at most 10000 bytes");
  EXPECT_EQ(error(kOpSetAdd, SetAddRequest{"s", big}),
            "OOM the key-value store in memory holds at most 10000 bytes");
  EXPECT_FALSE(exists("three"));
  EXPECT_FALSE(exists("l"));
  clock.advance(std::chrono::seconds(10));
  set("three", big);
  call<DelResponse>(kOpDel, DelRequest{"one"}).value();
  for (int i = 0; i < 50; ++i) {
    push("l", big);
    call<ListResponse>(kOpListItemDelete, ListItemDeleteRequest{"l", big}).value();
    set_add("s", big);
    call<SetOperationResponse>(kOpSetRemove, SetRemoveRequest{"s", big}).value();
  }
}

TEST_F(KeyValueTest, OneUrlIsOneStore) {
  bind("M2", {});
  bind("M3", {{"URL", "mem:other"}});
  set("k", "v");
  EXPECT_EQ(get("k", "M2"), "v");
  EXPECT_EQ(get("k", "M3"), "(none)");
  ASSERT_TRUE(provider.unbind("M1"));
  EXPECT_EQ(error(kOpGet, GetRequest{"k"}), "No client for this actor. Did the host configure it?");
  bind("M1", {});
  EXPECT_EQ(get("k"), "v");
}

TEST_F(KeyValueTest, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(error("Explode", GetRequest{"k"}), "bad dispatch");
  const auto malformed = provider.handle_call({kActor, kOpGet, as_bytes("\x81")});
  ASSERT_FALSE(malformed);
  EXPECT_EQ(malformed.error().code(), Errc::kMalformed);
  EXPECT_EQ(malformed.error().message().rfind("Failed to de-serialize: ", 0), 0U);
}

}  // namespace
}  // namespace wascc::providers
