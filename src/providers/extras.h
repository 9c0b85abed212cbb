// wascc:extras: unique ids, random numbers and a sequence for each actor (docs/host.md, "Extras").
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/guarded.h"
#include "wascc/provider.h"

namespace wascc::providers {

// Needs no configuration. Sequences live as long as the provider. Any thread.
class ExtrasProvider final : public Provider {
 public:
  CapabilityDescriptor descriptor() const override;
  Status start(Dispatcher& /*dispatcher*/) override { return {}; }
  Status bind(const CapabilityConfiguration& /*configuration*/) override { return {}; }
  Status unbind(std::string_view /*actor*/) override { return {}; }
  Result<Bytes> handle_call(const ProviderCall& call) override;
  void stop() override {}

 private:
  std::uint64_t next_in_sequence(std::string_view actor);

  Guarded<std::map<std::string, std::uint64_t, std::less<>>> sequences_;
};

}  // namespace wascc::providers
