// What every provider of wascc:keyvalue answers (docs/providers.md, "Key-value"), as tests that run
// on each of them. A program defines one KeyValueUnderTest and
//   INSTANTIATE_TEST_SUITE_P(InMemory, KeyValueConformance, testing::Values(&make_memory));
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wascc/messages/keyvalue.h"
#include "wascc/provider.h"

namespace wascc::test {

// A started provider to which nobody is bound, and nothing is stored yet.
struct KeyValueUnderTest {
  virtual ~KeyValueUnderTest() = default;
  virtual Provider& provider() = 0;
  virtual StringMap values() = 0;  // of a binding
  // Lets that much time pass for all that expires.
  virtual void pass(std::chrono::seconds time) = 0;
};

// Calls of one actor, typed.
class KeyValueCalls {
 public:
  using Strings = std::vector<std::string>;

  KeyValueCalls(Provider& provider, std::string actor)
      : provider_(&provider), actor_(std::move(actor)) {}

  template <class Response, class Request>
  Result<Response> call(std::string_view operation, const Request& request) {
    WASCC_TRY(const Bytes answer, provider_->handle_call({actor_, operation, encode(request)}));
    return decode<Response>(answer);
  }
  template <class Request>
  std::string error(std::string_view operation, const Request& request) {
    const auto answer = provider_->handle_call({actor_, operation, encode(request)});
    return answer ? "no error" : answer.error().message();
  }

  std::int32_t add(const std::string& key, std::int32_t value) {
    return call<keyvalue::AddResponse>(keyvalue::kOpAdd, keyvalue::AddRequest{key, value})->value;
  }
  void set(const std::string& key, const std::string& value, std::int32_t expires_s = 0) {
    EXPECT_EQ(
        call<keyvalue::SetResponse>(keyvalue::kOpSet, keyvalue::SetRequest{key, value, expires_s})
            ->value,
        value);
  }
  std::string get(const std::string& key) {
    const auto got = call<keyvalue::GetResponse>(keyvalue::kOpGet, keyvalue::GetRequest{key});
    return got->exists ? got->value : "(none)" + got->value;
  }
  bool exists(const std::string& key) {
    const auto answer =
        call<keyvalue::GetResponse>(keyvalue::kOpKeyExists, keyvalue::KeyExistsRequest{key});
    EXPECT_EQ(answer->value, "");
    return answer->exists;
  }
  std::int32_t push(const std::string& key, const std::string& value) {
    return call<keyvalue::ListResponse>(keyvalue::kOpPush, keyvalue::PushRequest{key, value})
        ->new_count;
  }
  Strings range(const std::string& key, std::int32_t start, std::int32_t stop) {
    return call<keyvalue::RangeResponse>(keyvalue::kOpRange,
                                         keyvalue::RangeRequest{key, start, stop})
        ->values;
  }
  std::int32_t remove_item(const std::string& key, const std::string& value) {
    return call<keyvalue::ListResponse>(keyvalue::kOpListItemDelete,
                                        keyvalue::ListItemDeleteRequest{key, value})
        ->new_count;
  }
  std::int32_t set_add(const std::string& key, const std::string& value) {
    return call<keyvalue::SetOperationResponse>(keyvalue::kOpSetAdd,
                                                keyvalue::SetAddRequest{key, value})
        ->new_count;
  }
  std::int32_t set_remove(const std::string& key, const std::string& value) {
    return call<keyvalue::SetOperationResponse>(keyvalue::kOpSetRemove,
                                                keyvalue::SetRemoveRequest{key, value})
        ->new_count;
  }
  // A set has no order.
  Strings members(const std::string& key) {
    return sorted(
        call<keyvalue::SetQueryResponse>(keyvalue::kOpSetQuery, keyvalue::SetQueryRequest{key})
            ->values);
  }
  Strings combined(std::string_view operation, Strings keys) {
    return sorted(
        call<keyvalue::SetQueryResponse>(operation, keyvalue::SetCombineRequest{std::move(keys)})
            ->values);
  }

 private:
  static Strings sorted(Strings values) {
    std::ranges::sort(values);
    return values;
  }

  Provider* provider_;
  std::string actor_;
};

class KeyValueConformance
    : public testing::TestWithParam<std::function<std::unique_ptr<KeyValueUnderTest>()>> {
 protected:
  using Strings = KeyValueCalls::Strings;
  static constexpr std::string_view kWrongType =
      "WRONGTYPE Operation against a key holding the wrong kind of value";
  static constexpr std::string_view kNoNumber = "ERR value is not an integer or out of range";
  static constexpr std::string_view kOverflow = "ERR increment or decrement would overflow";
  static constexpr std::string_view kNoClient =
      "No client for this actor. Did the host configure it?";

  void SetUp() override {
    ASSERT_TRUE(under_test) << "it could not be started";
    bind("M1");
  }
  Provider& provider() { return under_test->provider(); }
  void bind(const std::string& actor) {
    const Status bound = provider().bind({actor, under_test->values()});
    ASSERT_TRUE(bound) << bound.error().message();
  }

  std::unique_ptr<KeyValueUnderTest> under_test = GetParam()();
  KeyValueCalls kv{under_test->provider(), "M1"};
};

TEST_P(KeyValueConformance, DescribesItself) {
  const CapabilityDescriptor descriptor = provider().descriptor();
  EXPECT_EQ(descriptor.id, "wascc:keyvalue");
  Strings names;
  for (const OperationDescriptor& operation : descriptor.supported_operations)
    names.push_back(operation.name);
  std::ranges::sort(names);
  EXPECT_EQ(names,
            (Strings{"Add", "Clear", "Del", "Get", "KeyExists", "ListItemDelete", "Push", "Range",
                     "Set", "SetAdd", "SetIntersection", "SetQuery", "SetRemove", "SetUnion"}));
}

TEST_P(KeyValueConformance, AddsToNumbersAndStartsAtZero) {
  EXPECT_EQ(kv.add("n", 5), 5);
  EXPECT_EQ(kv.add("n", -7), -2);
  EXPECT_EQ(kv.get("n"), "-2");
  EXPECT_EQ(kv.add("n", 0), -2);
  kv.set("n", "40");
  EXPECT_EQ(kv.add("n", 2), 42);
}

TEST_P(KeyValueConformance, RefusesSumsThatAreNoneAndChangesNothing) {
  constexpr auto kMax = std::numeric_limits<std::int32_t>::max();
  constexpr auto kMin = std::numeric_limits<std::int32_t>::min();
  const auto add_error = [&](const char* key, std::int32_t value) {
    return kv.error(keyvalue::kOpAdd, keyvalue::AddRequest{key, value});
  };
  for (const char* text :
       {"forty", "", "4.0", " 4", "4 ", "+4", "04", "-0", "0x4", "-", "9223372036854775808"}) {
    kv.set("text", text);
    EXPECT_EQ(add_error("text", 1), kNoNumber) << text;
    EXPECT_EQ(kv.get("text"), text);
  }
  EXPECT_EQ(kv.add("n", kMax), kMax);
  EXPECT_EQ(add_error("n", 1), kOverflow);
  EXPECT_EQ(kv.get("n"), std::to_string(kMax));
  EXPECT_EQ(kv.add("m", kMin), kMin);
  EXPECT_EQ(add_error("m", -1), kOverflow);
  EXPECT_EQ(add_error("m", kMin), kOverflow);
  EXPECT_EQ(kv.get("m"), std::to_string(kMin));
  for (const char* far : {"9223372036854775807", "-9223372036854775808", "3000000000"}) {
    kv.set("far", far);
    EXPECT_EQ(add_error("far", 1), kOverflow) << far;
    EXPECT_EQ(kv.get("far"), far);
  }
}

TEST_P(KeyValueConformance, GetsWhatWasSetUntilItIsDeleted) {
  EXPECT_EQ(kv.get("k"), "(none)");
  kv.set("k", "größer");
  EXPECT_EQ(kv.get("k"), "größer");
  EXPECT_TRUE(kv.exists("k"));
  const auto deleted = [&](std::string_view operation, const char* key) {
    return kv.call<keyvalue::DelResponse>(operation, keyvalue::DelRequest{key})->key;
  };
  EXPECT_EQ(deleted(keyvalue::kOpDel, "k"), "k");
  EXPECT_FALSE(kv.exists("k"));
  kv.push("list", "x");
  EXPECT_EQ(deleted(keyvalue::kOpClear, "list"), "list");
  EXPECT_FALSE(kv.exists("list"));
  EXPECT_EQ(deleted(keyvalue::kOpDel, "never"), "never");
}

TEST_P(KeyValueConformance, KeepsAnyTextUnderAnyKey) {
  const std::string odd("a\0b\r\n$3\r\n\"'% *", 14);
  for (const std::string& text : {std::string(), odd, std::string(300'000, 'x')}) {
    kv.set(odd, text);
    EXPECT_EQ(kv.get(odd), text);
    kv.set(text, "under it");
    EXPECT_EQ(kv.get(text), "under it");
  }
}

TEST_P(KeyValueConformance, ForgetsWhatHasExpired) {
  using std::chrono::seconds;
  kv.set("k", "1", 1000);
  under_test->pass(seconds(900));
  EXPECT_EQ(kv.add("k", 1), 2) << "and keeps the time";
  under_test->pass(seconds(100));
  EXPECT_EQ(kv.get("k"), "(none)");
  EXPECT_FALSE(kv.exists("k"));
  EXPECT_EQ(kv.add("k", 1), 1);
  kv.set("k", "2", 1000);
  kv.set("k", "3");
  under_test->pass(seconds(2000));
  EXPECT_EQ(kv.get("k"), "3") << "set without a time takes the time away";
  EXPECT_EQ(kv.error(keyvalue::kOpSet, keyvalue::SetRequest{"k", "4", -1}),
            "ERR invalid expire time in 'set' command");
  EXPECT_EQ(kv.get("k"), "3");
}

TEST_P(KeyValueConformance, ListsGrowAtTheirHead) {
  EXPECT_EQ(kv.push("l", "a"), 1);
  EXPECT_EQ(kv.push("l", "b"), 2);
  EXPECT_EQ(kv.push("l", "a"), 3);
  struct Case {
    std::int32_t start, stop;
    Strings expected;
  };
  const Case cases[] = {
      {0, -1, {"a", "b", "a"}}, {0, 0, {"a"}}, {1, 99, {"b", "a"}}, {-2, -1, {"b", "a"}},
      {-99, 0, {"a"}},          {2, 1, {}},    {3, 5, {}},          {0, -99, {}}};
  for (const Case& c : cases) EXPECT_EQ(kv.range("l", c.start, c.stop), c.expected) << c.start;
  EXPECT_EQ(kv.range("never", 0, -1), Strings());
  EXPECT_EQ(kv.remove_item("l", "a"), 2);
  EXPECT_EQ(kv.remove_item("l", "a"), 0);
  EXPECT_EQ(kv.range("l", 0, -1), Strings{"b"});
  EXPECT_EQ(kv.remove_item("l", "b"), 1);
  EXPECT_FALSE(kv.exists("l")) << "an empty list is no list";
}

TEST_P(KeyValueConformance, SetsHoldEachValueOnce) {
  EXPECT_EQ(kv.set_add("s", "a"), 1);
  EXPECT_EQ(kv.set_add("s", "a"), 0);
  EXPECT_EQ(kv.set_add("s", "b"), 1);
  EXPECT_EQ(kv.set_add("t", "b"), 1);
  EXPECT_EQ(kv.set_add("t", "c"), 1);
  EXPECT_EQ(kv.combined(keyvalue::kOpSetUnion, {"s", "t", "never"}), (Strings{"a", "b", "c"}));
  EXPECT_EQ(kv.combined(keyvalue::kOpSetIntersection, {"s", "t"}), Strings{"b"});
  EXPECT_EQ(kv.combined(keyvalue::kOpSetIntersection, {"s", "never"}), Strings());
  EXPECT_EQ(kv.combined(keyvalue::kOpSetIntersection, {}), Strings());
  EXPECT_EQ(kv.combined(keyvalue::kOpSetUnion, {}), Strings());
  EXPECT_EQ(kv.members("s"), (Strings{"a", "b"}));
  EXPECT_EQ(kv.members("never"), Strings());
  EXPECT_EQ(kv.set_remove("s", "a"), 1);
  EXPECT_EQ(kv.set_remove("s", "a"), 0);
  EXPECT_EQ(kv.set_remove("s", "b"), 1);
  EXPECT_FALSE(kv.exists("s"));
}

TEST_P(KeyValueConformance, RefusesOperationsOnAnotherKindOfValue) {
  kv.set("text", "x");
  kv.push("list", "x");
  EXPECT_EQ(kv.get("list"), "(none)") << "a list is no value";
  using namespace keyvalue;
  EXPECT_EQ(kv.error(kOpAdd, AddRequest{"list", 1}), kWrongType);
  EXPECT_EQ(kv.error(kOpPush, PushRequest{"text", "x"}), kWrongType);
  EXPECT_EQ(kv.error(kOpRange, RangeRequest{"text", 0, -1}), kWrongType);
  EXPECT_EQ(kv.error(kOpListItemDelete, ListItemDeleteRequest{"text", "x"}), kWrongType);
  EXPECT_EQ(kv.error(kOpSetAdd, SetAddRequest{"list", "x"}), kWrongType);
  EXPECT_EQ(kv.error(kOpSetRemove, SetRemoveRequest{"list", "x"}), kWrongType);
  EXPECT_EQ(kv.error(kOpSetUnion, SetCombineRequest{{"never", "list"}}), kWrongType);
  EXPECT_EQ(kv.error(kOpSetIntersection, SetCombineRequest{{"never", "list"}}), kWrongType);
  EXPECT_EQ(kv.error(kOpSetQuery, SetQueryRequest{"text"}), kWrongType);
  kv.set("list", "now a text");
  EXPECT_EQ(kv.get("list"), "now a text");
}

TEST_P(KeyValueConformance, ServesAnActorFromItsBindingToItsRemoval) {
  KeyValueCalls other(provider(), "M2");
  EXPECT_EQ(other.error(keyvalue::kOpGet, keyvalue::GetRequest{"k"}), kNoClient);
  bind("M2");
  kv.set("k", "v");
  EXPECT_EQ(other.get("k"), "v") << "one store for both";
  bind("M1");  // again: an update
  EXPECT_EQ(kv.get("k"), "v");
  ASSERT_TRUE(provider().unbind("M1"));
  EXPECT_EQ(kv.error(keyvalue::kOpGet, keyvalue::GetRequest{"k"}), kNoClient);
  EXPECT_EQ(other.get("k"), "v");
  ASSERT_TRUE(provider().unbind("M1")) << "a second time is no error";
  bind("M1");
  EXPECT_EQ(kv.get("k"), "v");
}

TEST_P(KeyValueConformance, RefusesWhatItDoesNotKnow) {
  using namespace keyvalue;
  for (const char* operation : {"Explode", "", "get", "BindActor"})
    EXPECT_EQ(kv.error(operation, GetRequest{"k"}), "bad dispatch") << operation;
  for (const OperationDescriptor& operation : provider().descriptor().supported_operations) {
    for (const std::string_view payload :
         {std::string_view(), std::string_view("\x81"), std::string_view("\xa1x"),
          std::string_view("\x91\x05")}) {
      const auto answer = provider().handle_call({"M1", operation.name, as_bytes(payload)});
      ASSERT_FALSE(answer) << operation.name;
      EXPECT_EQ(answer.error().code(), Errc::kMalformed) << operation.name;
      EXPECT_EQ(answer.error().message().rfind("Failed to de-serialize: ", 0), 0U);
    }
  }
}

}  // namespace wascc::test
