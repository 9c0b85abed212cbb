// A word of warning before an actor's token ends: from then on it cannot be loaded any more.
#pragma once

#include <chrono>
#include <vector>

#include "base/log.h"
#include "claims/claims.h"

namespace wascc::runtime {

inline constexpr std::chrono::hours kExpiryNotice{7 * 24};

// One warning for each actor whose token expires within the notice.
void warn_of_expiry(const std::vector<claims::Claims>& actors,
                    std::chrono::system_clock::time_point now, const Log& log);

}  // namespace wascc::runtime
