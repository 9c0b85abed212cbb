// wascc:eventstreams over any store (docs/providers.md, "Event streams").
#pragma once

#include <string>
#include <vector>

#include "stores/store_provider.h"
#include "wascc/deadline.h"
#include "wascc/messages/eventstreams.h"
#include "wascc/result.h"

namespace wascc::stores {

// Streams under names, as Redis has them; its errors bear Redis's texts. Any thread.
class EventStreamsStore {
 public:
  virtual ~EventStreamsStore() = default;

  // XADD: the event's id.
  virtual Result<std::string> write(eventstreams::Event event, Deadline at) = 0;
  // XRANGE.
  virtual Result<std::vector<eventstreams::Event>> query(const eventstreams::StreamQuery& query,
                                                         Deadline at) = 0;
};

class EventStreamsProvider : public StoreProvider<EventStreamsStore> {
 protected:
  EventStreamsProvider(std::string name, std::string text);
};

}  // namespace wascc::stores
