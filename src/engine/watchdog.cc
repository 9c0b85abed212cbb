#include "engine/watchdog.h"

#include <algorithm>
#include <utility>

namespace wascc::engine {

Watchdog::~Watchdog() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

Watchdog::Slot::Slot(Watchdog& watchdog) : watchdog_(watchdog) {
  const std::scoped_lock lock(watchdog_.mutex_);
  watchdog_.slots_.push_back(this);
}

Watchdog::Slot::~Slot() {
  const std::scoped_lock lock(watchdog_.mutex_);
  std::erase(watchdog_.slots_, this);
}

void Watchdog::Slot::set(Deadline deadline) {
  const std::int64_t at =
      deadline == kNoDeadline
          ? kNever
          : std::chrono::duration_cast<std::chrono::nanoseconds>(deadline.time_since_epoch())
                .count();
  // Stored before wake_at_ is read, and the thread does the opposite: one of the two sees the
  // other.
  deadline_.store(at, std::memory_order_seq_cst);
  if (at < watchdog_.wake_at_.load(std::memory_order_seq_cst)) watchdog_.wake_before(at);
}

bool Watchdog::Slot::may_look_alone() const {
  return !watchdog_.started_.load(std::memory_order_relaxed) &&
         watchdog_.looks_left_.load(std::memory_order_relaxed) > 0;
}

bool Watchdog::Slot::look_alone() {
  return may_look_alone() && watchdog_.looks_left_.fetch_sub(1, std::memory_order_relaxed) > 0;
}

void Watchdog::start() {
  if (!started_.exchange(true)) thread_ = std::jthread([this] { run(); });
}

void Watchdog::wake_before(std::int64_t deadline) {
  {
    const std::scoped_lock lock(mutex_);
    if (deadline >= wake_at_.load(std::memory_order_relaxed)) return;
    wake_at_.store(deadline, std::memory_order_seq_cst);
  }
  // Without the lock, which is the first thing that a new thread takes.
  start();
  changed_.notify_one();
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const std::int64_t wake_at = wake_at_.load(std::memory_order_relaxed);
    if (wake_at == kNever) {
      changed_.wait(lock);
      continue;
    }
    const Deadline until{std::chrono::nanoseconds(wake_at)};
    if (std::chrono::steady_clock::now() < until) {
      changed_.wait_until(lock, until);
      continue;
    }
    // Time to look. Until the new time is known, every new deadline has to call wake_before, which
    // waits for the lock.
    wake_at_.store(kNever, std::memory_order_seq_cst);
    const std::int64_t now = std::chrono::duration_cast<std::chrono::nanoseconds>(
                                 std::chrono::steady_clock::now().time_since_epoch())
                                 .count();
    std::int64_t next = kNever;
    bool any_passed = false;
    for (Slot* slot : slots_) {
      std::int64_t at = slot->deadline_.load(std::memory_order_seq_cst);
      if (at <= now) {
        any_passed = true;
        slot->deadline_.compare_exchange_strong(at, kNever);  // told once
      } else {
        next = std::min(next, at);
      }
    }
    wake_at_.store(next, std::memory_order_seq_cst);
    if (any_passed) passed_();
  }
}

}  // namespace wascc::engine
