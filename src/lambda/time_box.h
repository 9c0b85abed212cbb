// When an event's work is cut short, so that we answer before the platform gives up on the process.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

#include "wascc/deadline.h"

namespace wascc::lambda {

struct TimeBox {
  Deadline actor = kNoDeadline;    // the actor is stopped
  Deadline process = kNoDeadline;  // and if that did not help, the process ends
};

// The actor gets all but a margin: 5 % of what is left, at most 100 ms, or what a setting says, but
// never more than half. The process ends half a margin later.
inline TimeBox time_box(Deadline platform, Deadline now,
                        std::optional<std::chrono::milliseconds> setting) {
  if (platform == kNoDeadline) return {};
  const Deadline::duration left = std::max(platform - now, Deadline::duration::zero());
  const Deadline::duration margin =
      setting ? std::min<Deadline::duration>(*setting, left / 2)
              : std::min<Deadline::duration>(std::chrono::milliseconds(100), left / 20);
  return {platform - margin, platform - margin / 2};
}

}  // namespace wascc::lambda
