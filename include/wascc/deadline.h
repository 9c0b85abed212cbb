// When a call must have ended. Absolute, on the monotonic clock; it travels with the call, so that
// a nested call never gets more time than the one that made it.
#pragma once

#include <chrono>

namespace wascc {

using Deadline = std::chrono::steady_clock::time_point;

inline constexpr Deadline kNoDeadline = Deadline::max();

}  // namespace wascc
