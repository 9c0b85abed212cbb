// A provider's place in a host: the capability and binding name that it serves, and the door
// through which it calls actors.
//
// Any thread, as far as the provider allows it (wascc/provider.h).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "host/call_gate.h"
#include "wascc/host.h"
#include "wascc/provider.h"

namespace wascc::host {

class ProviderSlot;

// Carries what a provider asks of an actor.
class Dispatches {
 public:
  virtual ~Dispatches() = default;
  virtual Result<Bytes> dispatch(const ProviderSlot& from, const Dispatch& call) = 0;
  virtual void after_call(std::string_view actor, std::function<void()> work) = 0;
  virtual Result<Bytes> own_call(const claims::Claims& caller, const OwnCall& call) = 0;
};

class ProviderSlot final : public Dispatcher, public std::enable_shared_from_this<ProviderSlot> {
 public:
  // `capability` is the wascc: id. The dispatches outlive the slot.
  ProviderSlot(std::string capability, ProviderOptions options, Dispatches& dispatches,
               std::unique_ptr<Provider> provider)
      : capability_(std::move(capability)),
        options_(std::move(options)),
        dispatches_(dispatches),
        provider_(std::move(provider)) {}

  const std::string& capability() const { return capability_; }
  const std::string& binding() const { return options_.binding; }
  bool binds_by_itself() const { return options_.bind_by_itself; }
  Provider& provider() { return *provider_; }
  // Where calls of actors go through; closed before the provider is stopped.
  CallGate& gate() { return gate_; }

  Result<Bytes> dispatch(const Dispatch& call) override {
    return dispatches_.dispatch(*this, call);
  }
  // The provider stays until its work is done.
  void after_call(std::string_view actor, std::function<void()> work) override {
    gate_.prolong();
    dispatches_.after_call(actor, [self = shared_from_this(), work = std::move(work)] {
      work();
      self->gate_.leave();
    });
  }
  Result<Bytes> call(const OwnCall& call) override {
    const claims::Claims* caller = provider_->claims();
    return caller == nullptr ? Dispatcher::call(call) : dispatches_.own_call(*caller, call);
  }

 private:
  std::string capability_;
  ProviderOptions options_;
  Dispatches& dispatches_;
  CallGate gate_;
  std::unique_ptr<Provider> provider_;  // last: it ends before the dispatcher that it was given
};

// The host's, and that of each binding, call and work put off.
using ProviderPtr = std::shared_ptr<ProviderSlot>;

}  // namespace wascc::host
