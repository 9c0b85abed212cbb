// Raises an engine's epoch when a deadline passes, so that guest code notices
// (docs/decisions/deadline.md).
//
// Setting a deadline is two atomic operations and almost never a system call: the thread sleeps
// until the earliest deadline it knows and looks again when it wakes. Deadlines grow from event to
// event, so it is rarely called earlier.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "wascc/deadline.h"

namespace wascc::engine {

class Watchdog {
 public:
  // `passed` is called on the watchdog's thread, once for each deadline that passed.
  explicit Watchdog(std::function<void()> passed) : passed_(std::move(passed)) {}
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // Makes the thread, which otherwise the first deadline that is set does.
  void start();

  // One deadline at a time, for one instance; used by one thread at a time.
  class Slot {
   public:
    explicit Slot(Watchdog& watchdog);
    ~Slot();
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;

    void set(Deadline deadline);
    void clear() { deadline_.store(kNever, std::memory_order_release); }
    // Whether this instance may do without set() and look at the clock itself. A thread costs as
    // much as a thousand looks, so that many are had without one, by all instances together.
    bool may_look_alone() const;
    // Counts one look; false if that was one too many or a thread has come.
    bool look_alone();

   private:
    friend class Watchdog;
    Watchdog& watchdog_;
    std::atomic<std::int64_t> deadline_{kNever};  // nanoseconds of the monotonic clock
  };

 private:
  static constexpr std::int64_t kNever = INT64_MAX;

  void run();
  void wake_before(std::int64_t deadline);

  std::function<void()> passed_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Slot*> slots_;                   // under mutex_
  std::atomic<bool> started_ = false;          // whoever set it makes the thread
  std::atomic<int> looks_left_ = 1000;         // without a thread
  bool stopping_ = false;                      // under mutex_
  std::atomic<std::int64_t> wake_at_{kNever};  // when the thread looks next
  std::jthread thread_;
};

}  // namespace wascc::engine
