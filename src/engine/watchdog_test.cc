#include "engine/watchdog.h"

#include <gtest/gtest.h>

#include <chrono>
#include <latch>
#include <memory>
#include <vector>

namespace wascc::engine {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

TEST(Watchdog, TellsOfADeadlineThatPassed) {
  std::latch passed(1);
  Watchdog watchdog([&] { passed.count_down(); });
  Watchdog::Slot slot(watchdog);
  slot.set(steady_clock::now() + milliseconds(1));
  passed.wait();
}

TEST(Watchdog, TellsOfAnEarlierDeadlineSetLater) {
  std::latch passed(1);
  Watchdog watchdog([&] { passed.count_down(); });
  Watchdog::Slot late(watchdog), early(watchdog);
  late.set(steady_clock::now() + hours(1));
  early.set(steady_clock::now() + milliseconds(1));
  passed.wait();
}

TEST(Watchdog, TellsOfADeadlineThatIsInThePastWhenSet) {
  std::latch passed(1);
  Watchdog watchdog([&] { passed.count_down(); });
  Watchdog::Slot slot(watchdog);
  slot.set(steady_clock::now() - hours(1));
  passed.wait();
}

TEST(Watchdog, TellsOfEachOfManySlots) {
  constexpr int kSlots = 50;
  std::atomic<int> told{0};
  std::latch last(1);
  Watchdog watchdog([&] {
    ++told;
    last.count_down(told == 1 ? 1 : 0);
  });
  std::vector<std::unique_ptr<Watchdog::Slot>> slots;
  for (int i = 0; i < kSlots; ++i) slots.push_back(std::make_unique<Watchdog::Slot>(watchdog));
  for (auto& slot : slots) slot->set(steady_clock::now() + milliseconds(2));
  last.wait();
  EXPECT_GE(told, 1);
}

TEST(Watchdog, IsQuietAboutACallThatEndedInTime) {
  std::latch passed(1);
  std::atomic<int> told{0};
  Watchdog watchdog([&] {
    ++told;
    passed.count_down(told == 1 ? 1 : 0);
  });
  Watchdog::Slot ended(watchdog), waiting(watchdog);
  ended.set(steady_clock::now() + milliseconds(2));
  ended.clear();
  waiting.set(steady_clock::now() + milliseconds(4));
  passed.wait();
  EXPECT_EQ(told, 1);
}

TEST(Watchdog, StopsWithADeadlineStillAhead) {
  Watchdog watchdog([] { FAIL() << "nothing passed"; });
  Watchdog::Slot slot(watchdog);
  slot.set(steady_clock::now() + hours(1));
}

}  // namespace
}  // namespace wascc::engine
