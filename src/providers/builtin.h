// What the built-in providers share. Pure functions.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "wascc/messages/core.h"
#include "wascc/provider.h"
#include "wascc/result.h"

namespace wascc::providers {

inline CapabilityDescriptor describe(std::string_view id, std::string_view name,
                                     std::string_view text,
                                     std::initializer_list<std::string_view> operations) {
  CapabilityDescriptor descriptor{
      std::string(id), std::string(name), "1.0.0", 0, std::string(text), {}};
  for (const std::string_view operation : operations)
    descriptor.supported_operations.push_back({std::string(operation), Direction::kToProvider, ""});
  return descriptor;
}

// What every provider but logging answers to an operation that it does not know.
inline Error bad_dispatch() { return Error(Errc::kUnsupported, "bad dispatch"); }

}  // namespace wascc::providers
