// A clock that stands still until a test moves it. Its steady time lies a century after any
// machine's start, so that a thread which waits by the real clock never finds one of its deadlines
// passed.
#pragma once

#include <chrono>

#include "base/clock.h"

namespace wascc::test {

class ManualClock final : public Clock {
 public:
  explicit ManualClock(
      std::chrono::system_clock::time_point now =
          std::chrono::system_clock::time_point(std::chrono::seconds(1'600'000'000)))
      : now_(now) {}

  std::chrono::system_clock::time_point now() const override { return now_; }
  std::chrono::steady_clock::time_point steady_now() const override { return steady_; }
  void set(std::chrono::system_clock::time_point now) { now_ = now; }
  void advance(std::chrono::nanoseconds by) {
    now_ += std::chrono::duration_cast<std::chrono::system_clock::duration>(by);
    steady_ += by;
  }

 private:
  std::chrono::system_clock::time_point now_;
  std::chrono::steady_clock::time_point steady_{std::chrono::hours(24 * 36'500)};
};

}  // namespace wascc::test
