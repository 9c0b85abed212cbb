// A portable provider: the capability example:tally. It keeps its counters in wascc:keyvalue, which
// its own token claims and a binding of the manifest gives it. TALLY_STEP of its environment says
// how far it counts each time.
#include "tally.h"

#include <cstdlib>

#include "wascc/actor.h"
#include "wascc/actor_keyvalue.h"
#include "wascc/messages/core.h"

namespace {

using namespace wascc;

Result<CapabilityDescriptor> describe(const HealthRequest&) {
  return CapabilityDescriptor{std::string(tally::kCapability),
                              "Tally",
                              "1.0.0",
                              1,
                              "Counters by name",
                              {{std::string(tally::kOpCount), Direction::kToProvider,
                                "counts one more and answers how many"}}};
}

// Nothing has to be prepared for an actor, and nothing is left of it.
Status bound(const CapabilityConfiguration&) { return {}; }
Status removed(const CapabilityConfiguration&) { return {}; }

Result<tally::CountAnswer> count(const tally::CountRequest& request) {
  const char* step = std::getenv("TALLY_STEP");
  WASCC_TRY(const std::int32_t now,
            actor::KeyValue().add("tally:" + request.name, step != nullptr ? std::atoi(step) : 1));
  return tally::CountAnswer{now};
}

}  // namespace

std::span<const actor::Operation> wascc::actor::operations() {
  static constexpr Operation kOperations[] = {
      on<describe>(kOpDescribe),
      on<bound>(kOpBind),
      on<removed>(kOpRemove),
      on<count>(tally::kOpCount),
  };
  return kOperations;
}
