// Time as the rest of the code sees it, so that tests can set it.
#pragma once

#include <chrono>

namespace wascc {

// Safe to call from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  // Wall clock: token times, Lambda deadlines, log lines.
  virtual std::chrono::system_clock::time_point now() const = 0;
  // Monotonic clock: deadlines and durations.
  virtual std::chrono::steady_clock::time_point steady_now() const = 0;
};

class SystemClock final : public Clock {
 public:
  std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::now();
  }
  std::chrono::steady_clock::time_point steady_now() const override {
    return std::chrono::steady_clock::now();
  }
};

}  // namespace wascc
