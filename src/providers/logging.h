// wascc:logging: what actors log goes into the host's log, unread (docs/host.md, "Logging").
#pragma once

#include <string_view>

#include "base/log.h"
#include "wascc/provider.h"

namespace wascc::providers {

// Needs no configuration. Any thread.
class LoggingProvider final : public Provider {
 public:
  explicit LoggingProvider(const Log& log) : log_(log.target("actor")) {}

  CapabilityDescriptor descriptor() const override;
  Status start(Dispatcher& /*dispatcher*/) override { return {}; }
  Status bind(const CapabilityConfiguration& /*configuration*/) override { return {}; }
  Status unbind(std::string_view /*actor*/) override { return {}; }
  Result<Bytes> handle_call(const ProviderCall& call) override;
  void stop() override {}

 private:
  Log log_;
};

}  // namespace wascc::providers
