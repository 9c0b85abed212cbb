// When memory that large events took goes back to the system. Not after each of them: the next one
// would fault it in anew, which is most of its time (docs/performance.md, "Large events"). But once
// a number of small events in a row shows that none is coming for now.
//
// One worker's; belongs to its thread.
#pragma once

#include <cstddef>
#include <functional>
#include <utility>

namespace wascc::lambda {

class SpareMemory {
 public:
  static constexpr std::size_t kLargeBytes = std::size_t{512} << 10;  // of an event and its answer
  static constexpr int kSmallEvents = 16;

  // Absent: nothing goes back.
  explicit SpareMemory(std::function<void()> give_back) : give_back_(std::move(give_back)) {}

  // After an event was answered, and before the next one is asked for.
  void served(std::size_t bytes) {
    if (bytes >= kLargeBytes)
      small_events_left_ = kSmallEvents;
    else if (small_events_left_ > 0 && --small_events_left_ == 0 && give_back_)
      give_back_();
  }

 private:
  const std::function<void()> give_back_;
  int small_events_left_ = 0;  // 0: nothing to give back
};

}  // namespace wascc::lambda
