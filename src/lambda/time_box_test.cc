#include "lambda/time_box.h"

#include <gtest/gtest.h>

namespace wascc::lambda {
namespace {

TEST(TimeBox, LeavesTheSmallerOf100MillisecondsAnd5PercentUnlessASettingSaysOtherwise) {
  using Milliseconds = std::chrono::milliseconds;
  struct Case {
    const char* name;
    int left_ms;
    std::optional<Milliseconds> setting;
    int margin_ms;
  };
  const Case cases[] = {
      {"three seconds", 3000, {}, 100},
      {"fifteen minutes", 900'000, {}, 100},
      {"one second", 1000, {}, 50},
      {"setting", 3000, Milliseconds(500), 500},
      {"setting of nothing", 3000, Milliseconds(0), 0},
      {"setting that leaves the actor nothing", 600, Milliseconds(500), 300},
      {"no time", 0, {}, 0},
  };
  const Deadline now(std::chrono::hours(1));
  for (const Case& c : cases) {
    const Deadline platform = now + Milliseconds(c.left_ms);
    const TimeBox box = time_box(platform, now, c.setting);
    EXPECT_EQ(box.actor, platform - Milliseconds(c.margin_ms)) << c.name;
    EXPECT_EQ(box.process, platform - Milliseconds(c.margin_ms) / 2) << c.name;
  }
}

TEST(TimeBox, IsNoneWhereTheDeadlineIsUnknown) {
  const TimeBox box =
      time_box(kNoDeadline, Deadline(std::chrono::hours(1)), std::chrono::milliseconds(5));
  EXPECT_EQ(box.actor, kNoDeadline);
  EXPECT_EQ(box.process, kNoDeadline);
}

TEST(TimeBox, IsOverWhereTheDeadlineHasPassed) {
  const Deadline now(std::chrono::hours(1));
  EXPECT_LE(time_box(now - std::chrono::seconds(1), now, {}).actor, now);
}

}  // namespace
}  // namespace wascc::lambda
