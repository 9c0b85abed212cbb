#include "runtime/expiry.h"

#include <cstdint>
#include <string>

namespace wascc::runtime {

void warn_of_expiry(const std::vector<claims::Claims>& actors,
                    std::chrono::system_clock::time_point now, const Log& log) {
  const std::int64_t today =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  const std::int64_t notice = std::chrono::seconds(kExpiryNotice).count();
  for (const claims::Claims& actor : actors) {
    if (!actor.expires || *actor.expires > static_cast<std::uint64_t>(today + notice)) continue;
    const std::int64_t left = static_cast<std::int64_t>(*actor.expires) - today;
    log.warn("token expires soon: sign the actor again with a later --expires",
             {{"actor", actor.subject},
              {"name", std::string(actor.display_name())},
              {"hours", std::to_string(left < 0 ? 0 : left / 3600)}});
  }
}

}  // namespace wascc::runtime
