#include "host/later_interface.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "host/capability_id.h"
#include "wascc/messages/extras.h"
#include "wascc/messages/keyvalue.h"
#include "wascc/messages/messaging.h"

namespace wascc::host {
namespace {

constexpr std::string_view kLaterMessaging = "wasmcloud:messaging";
constexpr std::string_view kOpHandleMessage = "HandleMessage";

// The original fields stay: some modules of 2021 were built before the names changed.
struct GeneratorResult {
  extras::GeneratorResult original;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    extras::GeneratorResult::fields(self.original, visit);
    visit.field("random_number", self.original.random_number);
  }
};

struct SetOperationResponse {
  keyvalue::SetOperationResponse original;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("newCount", self.original.new_count);
    visit.field("new_count", self.original.new_count);
  }
};

struct PublishResponse {
  bool published = true;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("published", self.published);
  }
};

template <class Later, class Original>
Result<Bytes> with_later_fields(const Bytes& answer) {
  WASCC_TRY(Original original, decode<Original>(answer));
  return encode(Later{std::move(original)});
}

}  // namespace

Result<Bytes> answer_for_sender(const wapc::HostCall& call, Bytes answer) {
  const std::string_view capability = canonical_capability(call.name_space);
  if (capability == call.name_space) return answer;
  const auto is = [&](std::string_view id, std::string_view operation) {
    return capability == id && call.operation == operation;
  };
  if (is(kExtras, extras::kOpRequestGuid) || is(kExtras, extras::kOpRequestSequence) ||
      is(kExtras, extras::kOpRequestRandom))
    return with_later_fields<GeneratorResult, extras::GeneratorResult>(answer);
  if (is(kKeyValue, keyvalue::kOpSetAdd) || is(kKeyValue, keyvalue::kOpSetRemove))
    return with_later_fields<SetOperationResponse, keyvalue::SetOperationResponse>(answer);
  if (is(kMessaging, messaging::kOpPublish)) return encode(PublishResponse{});
  if (is(kMessaging, messaging::kOpRequest))
    return encode(messaging::BrokerMessage{{}, {}, std::move(answer)});
  return answer;
}

std::string_view operation_for_actor(const claims::Claims& actor, std::string_view capability,
                                     std::string_view operation) {
  if (capability != kMessaging || operation != messaging::kOpDeliverMessage) return operation;
  const auto claimed = [&](std::string_view id) {
    return std::ranges::find(actor.capabilities, id) != actor.capabilities.end();
  };
  return claimed(kLaterMessaging) && !claimed(kMessaging) ? kOpHandleMessage : operation;
}

}  // namespace wascc::host
