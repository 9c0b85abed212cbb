// Counts the calls that are inside, so that an end can wait for the last of them. Any thread.
#pragma once

#include <atomic>
#include <cstdint>

namespace wascc::host {

class CallGate {
 public:
  // One call's stay.
  class Stay {
   public:
    explicit Stay(CallGate& gate) : gate_(gate), inside_(gate.enter()) {}
    ~Stay() {
      if (inside_) gate_.leave();
    }
    Stay(const Stay&) = delete;
    Stay& operator=(const Stay&) = delete;

    explicit operator bool() const { return inside_; }  // false: the gate is closed

   private:
    CallGate& gate_;
    const bool inside_;
  };

  // For one that is inside: counts as one more until `leave`.
  void prolong() { state_.fetch_add(kOne); }
  void leave() {
    if ((state_.fetch_sub(kOne) & kClosed) != 0) state_.notify_all();
  }

  // Lets nobody in any more, and returns when nobody is inside. Not from inside: it would wait for
  // itself.
  void close() {
    std::uint32_t now = state_.fetch_or(kClosed) | kClosed;
    while (now != kClosed) {
      state_.wait(now);
      now = state_.load();
    }
  }

 private:
  static constexpr std::uint32_t kClosed = 1;
  static constexpr std::uint32_t kOne = 2;

  bool enter() {
    if ((state_.fetch_add(kOne) & kClosed) == 0) return true;
    leave();
    return false;
  }

  std::atomic<std::uint32_t> state_ = 0;  // closed or not, and kOne for each that is inside
};

}  // namespace wascc::host
