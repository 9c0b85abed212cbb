// wascc:messaging on NATS.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "nats/client.h"
#include "system_clock.h"
#include "wascc/provider.h"
#include "wascc/provider.hpp"

namespace wascc::nats {

// Any thread. While one of them is started the library has threads of its own. Messages come in on
// threads of the library's, one for each subscription.
class NatsMessaging final : public Provider {
 public:
  // The clock outlives the provider.
  explicit NatsMessaging(ProviderLog log, const Clock& clock = system_clock())
      : log_(log), clock_(clock) {}
  ~NatsMessaging() override { stop(); }

  CapabilityDescriptor descriptor() const override;
  Status start(Dispatcher& dispatcher) override;
  Status bind(const CapabilityConfiguration& configuration) override;
  Status unbind(std::string_view actor) override;
  Result<Bytes> handle_call(const ProviderCall& call) override;
  void stop() override;

 private:
  // A client belongs to its binding, and to the calls that use it while the binding ends.
  using ClientPtr = std::shared_ptr<Client>;

  Listener listener(const std::string& actor);
  void deliver(const std::string& actor, const Message& message);

  const ProviderLog log_;
  const Clock& clock_;
  Dispatcher* dispatcher_ = nullptr;
  std::mutex mutex_;
  std::condition_variable delivered_;
  std::map<std::string, ClientPtr, std::less<>> clients_;
  int delivering_ = 0;
  bool stopped_ = false;
};

}  // namespace wascc::nats
