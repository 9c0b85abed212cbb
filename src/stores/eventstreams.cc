#include "stores/eventstreams.h"

#include <utility>

namespace wascc::stores {
namespace {

namespace es = eventstreams;
using Store = EventStreamsStore;

Result<es::WriteResponse> write(Store& store, es::Event& event, Deadline at) {
  WASCC_TRY(std::string id, store.write(std::move(event), at));
  return es::WriteResponse{std::move(id)};
}
Result<es::StreamResults> query(Store& store, es::StreamQuery& asked, Deadline at) {
  WASCC_TRY(auto events, store.query(asked, at));
  return es::StreamResults{std::move(events)};
}

constexpr Operation<Store> kOperations[] = {
    {es::kOpWriteEvent, run<Store, es::Event, write>},
    {es::kOpQueryStream, run<Store, es::StreamQuery, query>},
};

}  // namespace

EventStreamsProvider::EventStreamsProvider(std::string name, std::string text)
    : StoreProvider({std::string(kEventStreams), std::move(name), "1.0.0", 0, std::move(text), {}},
                    kOperations) {}

}  // namespace wascc::stores
