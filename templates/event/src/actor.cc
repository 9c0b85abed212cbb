// Takes raw Lambda events, such as those of a queue or a bucket, and answers how many records each
// brought.
#include "wascc/actor.h"

#include <string>

#include "wascc/actor_json.h"
#include "wascc/messages/event.h"

namespace {

using namespace wascc;

Result<EventResponse> count_records(const Event& event) {
  const auto records = actor::json_member(as_text(event.body), "Records");
  const auto count = records ? actor::json_array_size(*records) : std::nullopt;
  if (!count) return Error(Errc::kInvalid, "the event has no list of Records");
  return EventResponse{to_bytes(R"({"records":)" + std::to_string(*count) + "}")};
}

}  // namespace

// Which function answers which operation.
std::span<const actor::Operation> wascc::actor::operations() {
  static constexpr Operation kOperations[] = {on<count_records>(kOpHandleEvent)};
  return kOperations;
}
