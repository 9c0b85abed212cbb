// Called by ping, another actor. `Ping` returns the number plus 42; `PingBack` asks ping for it
// instead, which the host refuses while ping itself waits for the answer: a chain of calls never
// comes back to an actor that is on it. PING_KEY is ping's public key.
#include <limits>

#include "../ping-cpp/ping.h"
#include "wascc/actor.h"

namespace {

using namespace wascc;

constexpr std::int32_t kAdded = 42;

Result<ping::Ball> pong(const ping::Ball& ball) {
  if (ball.value > std::numeric_limits<std::int32_t>::max() - kAdded)
    return Error(Errc::kInvalid, "the number is too large");
  return ping::Ball{ball.value + kAdded};
}

Result<ping::Ball> return_to_ping(const ping::Ball& ball) {
  return actor::call_actor<ping::Ball>(PING_KEY, ping::kOpPing, ball);
}

}  // namespace

std::span<const actor::Operation> wascc::actor::operations() {
  static constexpr Operation kOperations[] = {
      on<pong>(ping::kOpPing),
      on<return_to_ping>(ping::kOpPingBack),
  };
  return kOperations;
}
