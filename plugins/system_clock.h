// The clock of this machine, for what a library exports and nobody can pass another to.
#pragma once

#include "base/clock.h"

namespace wascc {

inline const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

}  // namespace wascc
