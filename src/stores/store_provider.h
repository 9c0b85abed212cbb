// A provider whose operations are each one question to a store: which store an actor's binding
// opened, and which function serves which operation.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/guarded.h"
#include "wascc/provider.h"

namespace wascc::stores {

template <class Store>
struct Operation {
  std::string_view name;
  Result<Bytes> (*run)(Store& store, ByteView payload, Deadline deadline);
};

// Decodes a request, runs it and encodes the answer: a row's function.
template <class Store, class Request, auto kRun>
Result<Bytes> run(Store& store, ByteView payload, Deadline deadline) {
  WASCC_TRY(Request request, decode<Request>(payload));
  WASCC_TRY(const auto response, kRun(store, request, deadline));
  return encode(response);
}

// Any thread, and so is the store.
template <class Store>
class StoreProvider : public Provider {
 public:
  CapabilityDescriptor descriptor() const final {
    CapabilityDescriptor descriptor = about_;
    for (const Operation<Store>& operation : operations_)
      descriptor.supported_operations.push_back(
          {std::string(operation.name), Direction::kToProvider, ""});
    return descriptor;
  }
  Status start(Dispatcher& /*dispatcher*/) override { return {}; }
  Status bind(const CapabilityConfiguration& configuration) final {
    WASCC_TRY(std::shared_ptr<Store> store, open(configuration));
    stores_.with([&](Stores& stores) { stores[configuration.module].swap(store); });
    return {};  // what was bound before ends here
  }
  Status unbind(std::string_view actor) final {
    const auto ended = stores_.with([&](Stores& stores) -> std::shared_ptr<Store> {
      const auto found = stores.find(actor);
      if (found == stores.end()) return nullptr;
      auto store = std::move(found->second);
      stores.erase(found);
      return store;
    });
    return {};
  }
  Result<Bytes> handle_call(const ProviderCall& call) final {
    const auto operation = std::ranges::find(operations_, call.operation, &Operation<Store>::name);
    if (operation == operations_.end()) return Error(Errc::kUnsupported, "bad dispatch");
    const auto store = stores_.with([&](const Stores& stores) {
      const auto found = stores.find(call.actor);
      return found == stores.end() ? nullptr : found->second;
    });
    if (!store)
      return Error(Errc::kNotFound, "No client for this actor. Did the host configure it?");
    return operation->run(*store, call.payload, call.deadline);
  }
  void stop() final {
    stores_.with([](Stores& stores) { stores.clear(); });
  }

 protected:
  // `about` has no operations yet; `operations` are static.
  StoreProvider(CapabilityDescriptor about, std::span<const Operation<Store>> operations)
      : about_(std::move(about)), operations_(operations) {}

  // For a binding; may be one that others have, too.
  virtual Result<std::shared_ptr<Store>> open(const CapabilityConfiguration& configuration) = 0;

 private:
  // A store belongs to its bindings, and to the calls that use it while a binding ends.
  using Stores = std::map<std::string, std::shared_ptr<Store>, std::less<>>;

  const CapabilityDescriptor about_;
  const std::span<const Operation<Store>> operations_;
  Guarded<Stores> stores_;
};

}  // namespace wascc::stores
