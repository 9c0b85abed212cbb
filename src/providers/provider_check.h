// What provider_abi.h asks of every provider, tried on one: life cycle, threads, errors, large and
// bad input (docs/providers-native.md, "Check it").
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "wascc/msgpack.h"
#include "wascc/provider_abi.h"

namespace wascc::providers {

struct ProviderVerdict {
  enum class Outcome : std::uint8_t { kPassed, kFailed, kSkipped };
  std::string rule;  // a sentence that holds of a good provider
  Outcome outcome;
  std::string detail;  // why it does not, or why it was not tried
};

struct ProviderCheckOptions {
  StringMap values;  // of the binding that is tried
};

// Told before a rule is tried, so that a crash or an endless call can be put down to it; and after.
struct ProviderCheckObserver {
  std::function<void(std::string_view rule)> trying;
  std::function<void(const ProviderVerdict&)> tried;
};

// Runs the provider's code in this process: whoever does not trust it gives it a process of its
// own. Operations that it describes are called with payloads that mean nothing. The table is one
// that check_table accepts.
void check_provider(const wascc_provider_api& table, const ProviderCheckOptions& options,
                    const ProviderCheckObserver& observer);

}  // namespace wascc::providers
