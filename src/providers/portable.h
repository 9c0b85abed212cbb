// A portable provider: a capability that is itself a signed WebAssembly module. It speaks waPC like
// an actor, and what an actor asks of the capability becomes a guest call (docs/host.md, "Portable
// providers").
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "base/guarded.h"
#include "base/log.h"
#include "wapc/guest.h"
#include "wascc/claims.h"
#include "wascc/messages/core.h"
#include "wascc/provider.h"

namespace wascc::providers {

// Any thread. What it keeps lies in one instance, so its calls wait for each other, each no longer
// than to its own deadline; a call that comes back to it on the same thread is refused. After a
// trap the next call gets a fresh instance, bound as before.
class PortableProvider final : public Provider, private wapc::GuestHost {
 public:
  // Starts the instance and asks it what it is. The claims are verified; kDenied unless they say
  // that the module is a provider, kMalformed where it does not describe itself.
  static Result<std::unique_ptr<Provider>> load(claims::Claims claims,
                                                std::shared_ptr<const wapc::GuestModule> module,
                                                wapc::GuestOptions options, const Log& log,
                                                Deadline deadline);

  CapabilityDescriptor descriptor() const override { return descriptor_; }
  const claims::Claims* claims() const override { return &claims_; }
  // From here on the module may make host calls, as far as its token and its bindings allow.
  Status start(Dispatcher& dispatcher) override {
    host_ = &dispatcher;
    return {};
  }
  Status bind(const CapabilityConfiguration& configuration) override;
  Status unbind(std::string_view actor) override;
  Result<Bytes> handle_call(const ProviderCall& call) override;
  void stop() override {}

 private:
  PortableProvider(claims::Claims claims, std::shared_ptr<const wapc::GuestModule> module,
                   wapc::GuestOptions options, const Log& log);

  Status start_instance(Deadline deadline);
  Result<Bytes> call(std::string_view operation, ByteView payload, Deadline deadline);

  Result<Bytes> host_call(const wapc::HostCall& call) override;
  void console_log(std::string_view text) override { log_.info(text); }
  void output(int stream, std::string_view text) override;

  const claims::Claims claims_;
  const std::shared_ptr<const wapc::GuestModule> module_;
  const wapc::GuestOptions options_;
  const Log log_;  // what the provider itself says
  Dispatcher* host_ = nullptr;
  CapabilityDescriptor descriptor_;

  std::timed_mutex running_;                     // held by the call that the instance serves
  std::atomic<std::thread::id> runs_on_;         // whose that is
  Deadline deadline_ = kNoDeadline;              // of that call; under running_
  Guarded<std::map<std::string, Bytes>> bound_;  // by actor: the configuration as sent
  std::unique_ptr<wapc::Guest> guest_;  // under running_; last: its end may still write output
};

}  // namespace wascc::providers
