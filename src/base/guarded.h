// A value and the mutex that guards it: whoever reaches the value holds the lock.
#pragma once

#include <mutex>
#include <utility>

namespace wascc {

// Any thread. The function runs under the lock: it must not call out, and what it answers must not
// refer into the value.
template <class T>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(T value) : value_(std::move(value)) {}

  template <class Function>
  auto with(Function&& function) {
    const std::scoped_lock lock(mutex_);
    return std::forward<Function>(function)(value_);
  }
  template <class Function>
  auto with(Function&& function) const {
    const std::scoped_lock lock(mutex_);
    return std::forward<Function>(function)(value_);
  }

 private:
  mutable std::mutex mutex_;
  T value_;
};

}  // namespace wascc
