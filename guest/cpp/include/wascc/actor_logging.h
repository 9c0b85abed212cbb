// wascc:logging for actors: lines with a level. The actor's token must claim the capability.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wascc/actor.h"
#include "wascc/messages/logging.h"

namespace wascc::actor {

// `level` is one of kWriteLogError to kWriteLogTrace.
inline Status write_log(std::uint32_t level, std::string_view text) {
  const WriteLogRequest request{level, std::string(text)};
  auto answer = host_call(kDefaultBinding, kLogging, kOpWriteLog, encode(request));
  if (!answer) return std::move(answer).error();
  return {};
}

}  // namespace wascc::actor
