// What every provider of wascc:eventstreams answers (docs/providers.md, "Event streams"), as tests
// that run on each of them. A program defines one EventStreamsUnderTest and
//   INSTANTIATE_TEST_SUITE_P(InMemory, EventStreamsConformance, testing::Values(&make_memory));
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <functional>
#include <latch>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "wascc/messages/eventstreams.h"
#include "wascc/provider.h"

namespace wascc::test {

// A started provider to which nobody is bound, and nothing is stored yet.
struct EventStreamsUnderTest {
  virtual ~EventStreamsUnderTest() = default;
  virtual Provider& provider() = 0;
  virtual StringMap values() = 0;  // of a binding
  virtual void next_millisecond() = 0;
};

class EventStreamsConformance
    : public testing::TestWithParam<std::function<std::unique_ptr<EventStreamsUnderTest>()>> {
 protected:
  using Events = std::vector<eventstreams::Event>;
  using Range = eventstreams::TimeRange;

  void SetUp() override { bind("M1"); }
  Provider& provider() { return under_test->provider(); }
  void bind(const std::string& actor) {
    const Status bound = provider().bind({actor, under_test->values()});
    ASSERT_TRUE(bound) << bound.error().message();
  }

  std::string write(const std::string& stream, StringMap values, std::string_view actor = "M1") {
    const eventstreams::Event event{"", stream, std::move(values)};
    const auto answer = provider().handle_call({actor, eventstreams::kOpWriteEvent, encode(event)});
    if (!answer) return answer.error().message();
    return decode<eventstreams::WriteResponse>(*answer)->event_id;
  }
  Events query(const std::string& stream, std::optional<Range> range = {},
               std::uint64_t count = 0) {
    const eventstreams::StreamQuery query{stream, range, count};
    const auto answer = provider().handle_call({"M1", eventstreams::kOpQueryStream, encode(query)});
    EXPECT_TRUE(answer) << answer.error().message();
    return decode<eventstreams::StreamResults>(*answer)->events;
  }
  static std::vector<std::string> ids(const Events& events) {
    std::vector<std::string> all;
    for (const eventstreams::Event& event : events) all.push_back(event.event_id);
    return all;
  }
  static std::pair<std::uint64_t, std::uint64_t> parts(const std::string& id) {
    std::pair<std::uint64_t, std::uint64_t> numbers;
    const char* const end = id.data() + id.size();
    const auto [dash, first] = std::from_chars(id.data(), end, numbers.first);
    EXPECT_TRUE(first == std::errc() && dash != end && *dash == '-') << id;
    if (dash != end) std::from_chars(dash + 1, end, numbers.second);
    return numbers;
  }

  std::unique_ptr<EventStreamsUnderTest> under_test = GetParam()();
};

TEST_P(EventStreamsConformance, DescribesItself) {
  const CapabilityDescriptor descriptor = provider().descriptor();
  EXPECT_EQ(descriptor.id, "wascc:eventstreams");
  ASSERT_EQ(descriptor.supported_operations.size(), 2U);
  EXPECT_EQ(descriptor.supported_operations[0].name, "WriteEvent");
  EXPECT_EQ(descriptor.supported_operations[1].name, "QueryStream");
}

TEST_P(EventStreamsConformance, AnswersWhatWasWrittenInItsOrder) {
  const std::string odd("a\0b\r\n", 5);
  const StringMap first = {{"name", "größer"}, {"", ""}, {odd, odd}};
  const std::string a = write("s", first);
  const std::string b = write("s", {{"big", std::string(100'000, 'x')}});
  const std::string other = write("t", {{"k", "v"}});
  EXPECT_LT(parts(a), parts(b));
  const Events events = query("s");
  ASSERT_EQ(ids(events), (std::vector<std::string>{a, b}));
  EXPECT_EQ(events[0].stream, "s");
  EXPECT_EQ(events[0].values, first);
  EXPECT_EQ(events[1].values[0].second.size(), 100'000U);
  EXPECT_EQ(ids(query("t")), std::vector<std::string>{other});
  EXPECT_TRUE(query("never").empty());
}

TEST_P(EventStreamsConformance, AnswersTheRangeAndTheNumberThatWereAsked) {
  std::vector<std::string> all;
  for (const char* value : {"0", "1", "2"}) {
    all.push_back(write("s", {{"n", value}}));
    under_test->next_millisecond();
  }
  const auto ms = [&](std::size_t i) { return parts(all[i]).first; };
  using Ids = std::vector<std::string>;
  EXPECT_EQ(ids(query("s", {}, 2)), (Ids{all[0], all[1]}));
  EXPECT_EQ(ids(query("s", {}, 99)), all);
  EXPECT_EQ(ids(query("s", {}, ~std::uint64_t{0})), all);
  EXPECT_EQ(ids(query("s", Range{ms(1), ms(2)})), (Ids{all[1], all[2]})) << "both ends included";
  EXPECT_EQ(ids(query("s", Range{ms(1), ms(1)})), Ids{all[1]});
  EXPECT_EQ(ids(query("s", Range{0, ~std::uint64_t{0}})), all);
  EXPECT_EQ(ids(query("s", Range{0, ~std::uint64_t{0}}, 1)), Ids{all[0]});
  EXPECT_EQ(ids(query("s", Range{ms(2) + 1, ~std::uint64_t{0}})), Ids());
  EXPECT_EQ(ids(query("s", Range{0, ms(0) - 1})), Ids());
  EXPECT_EQ(ids(query("s", Range{ms(2), ms(0)})), Ids());
}

TEST_P(EventStreamsConformance, RefusesAnEventOfNothing) {
  EXPECT_EQ(write("s", {}), "ERR wrong number of arguments for 'xadd' command");
  EXPECT_TRUE(query("s").empty());
}

TEST_P(EventStreamsConformance, GivesEveryEventItsOwnIdUnderParallelLoad) {
  constexpr int kThreads = 8, kEach = 50;
  std::latch together(kThreads);
  std::vector<std::vector<std::string>> written(kThreads);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < kThreads; ++t)
      threads.emplace_back([&, t] {
        together.arrive_and_wait();
        for (int i = 0; i < kEach; ++i)
          written[t].push_back(write("s", {{"by", std::to_string(t)}, {"n", std::to_string(i)}}));
      });
  }
  const Events events = query("s");
  ASSERT_EQ(events.size(), std::size_t{kThreads} * kEach);
  std::vector<std::vector<std::string>> found(kThreads);
  for (const eventstreams::Event& event : events)
    found[std::stoul(event.values[0].second)].push_back(event.event_id);
  EXPECT_EQ(found, written) << "each id belongs to the event it was answered for";
}

TEST_P(EventStreamsConformance, ServesAnActorFromItsBindingToItsRemoval) {
  constexpr std::string_view kNoClient = "No client for this actor. Did the host configure it?";
  EXPECT_EQ(write("s", {{"k", "v"}}, "M2"), kNoClient);
  bind("M2");
  const std::string id = write("s", {{"k", "v"}}, "M2");
  EXPECT_EQ(ids(query("s")), std::vector<std::string>{id}) << "one store for both";
  bind("M1");  // again: an update
  EXPECT_EQ(query("s").size(), 1U);
  ASSERT_TRUE(provider().unbind("M1"));
  EXPECT_EQ(write("s", {{"k", "v"}}), kNoClient);
  ASSERT_TRUE(provider().unbind("M1")) << "a second time is no error";
  bind("M1");
  EXPECT_EQ(query("s").size(), 1U);
}

TEST_P(EventStreamsConformance, RefusesWhatItDoesNotKnow) {
  for (const char* operation : {"Explode", "", "DeliverEvent"}) {
    const auto answer = provider().handle_call({"M1", operation, as_bytes("\x80")});
    ASSERT_FALSE(answer) << operation;
    EXPECT_EQ(answer.error().message(), "bad dispatch") << operation;
  }
  for (const std::string_view operation :
       {eventstreams::kOpWriteEvent, eventstreams::kOpQueryStream}) {
    const auto answer = provider().handle_call({"M1", operation, as_bytes("\x81")});
    ASSERT_FALSE(answer) << operation;
    EXPECT_EQ(answer.error().code(), Errc::kMalformed);
    EXPECT_EQ(answer.error().message().rfind("Failed to de-serialize: ", 0), 0U);
  }
}

}  // namespace wascc::test
