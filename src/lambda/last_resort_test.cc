#include "lambda/last_resort.h"

#include <gtest/gtest.h>

#include <latch>
#include <string>
#include <vector>

#include "support/memory_log.h"

namespace wascc::lambda {
namespace {

constexpr Deadline kPast{std::chrono::nanoseconds(1)};

Deadline in_an_hour() { return std::chrono::steady_clock::now() + std::chrono::hours(1); }

Invocation invocation(std::string id) {
  Invocation event;
  event.request_id = std::move(id);
  return event;
}

TEST(LastResort, GivesUpOnAnEventWhoseDeadlineHasPassed) {
  std::latch gave_up(1);
  std::string late;
  LastResort last_resort([&](const Invocation& event) {
    late = event.request_id;
    gave_up.count_down();
  });
  const Invocation event = invocation("1");
  last_resort.arm(event, kPast);
  gave_up.wait();
  EXPECT_EQ(late, "1");
}

TEST(LastResort, IsToldOfADeadlineBeforeTheOneItWaitsFor) {
  std::latch gave_up(1);
  LastResort last_resort([&](const Invocation& event) {
    EXPECT_EQ(event.request_id, "2");
    gave_up.count_down();
  });
  const Invocation first = invocation("1");
  last_resort.arm(first, in_an_hour());
  last_resort.disarm();
  const Invocation second = invocation("2");
  last_resort.arm(second, kPast);
  gave_up.wait();
}

TEST(LastResort, LeavesEventsAloneThatAreDone) {
  LastResort last_resort([](const Invocation&) { ADD_FAILURE(); });
  for (int i = 0; i < 100; ++i) {
    const Invocation event = invocation("1");
    last_resort.arm(event, in_an_hour());
    last_resort.disarm();
  }
  const Invocation endless = invocation("2");
  last_resort.arm(endless, kNoDeadline);
}

class OneErrorApi final : public RuntimeApi {
 public:
  explicit OneErrorApi(std::vector<std::string>& posted) : posted_(posted) {}
  Result<Invocation> next() override { return Error(Errc::kUnavailable, "not used"); }
  Status respond(const Invocation&, ByteView, std::string_view) override { return {}; }
  Status fail(const Invocation& event, const InvocationError& error) override {
    posted_.push_back(event.request_id + " " + error.type);
    return Error(Errc::kUnavailable, "no connection");
  }

 private:
  std::vector<std::string>& posted_;
};

TEST(LastResort, AnswersTheLateEventAndEndsTheProcess) {
  test::MemoryLog log;
  std::vector<std::string> steps;
  const LastResort::GiveUp give_up = answer_and_end(
      [&]() -> std::unique_ptr<RuntimeApi> { return std::make_unique<OneErrorApi>(steps); },
      [&](int code) { steps.push_back("exit " + std::to_string(code)); }, Log(log));
  give_up(invocation("1"));
  EXPECT_EQ(steps, (std::vector<std::string>{"1 Function.ActorTimeout", "exit 1"}));
  EXPECT_EQ(log.count("error lambda event failed requestId=1 errorType=Function.ActorTimeout"), 1);
  EXPECT_EQ(log.count("no connection"), 1);
}

}  // namespace
}  // namespace wascc::lambda
