// One end of a call: an actor, or the capability behind a binding. A view, for the call.
#pragma once

#include <string_view>

namespace wascc {

struct Entity {
  std::string_view actor;       // public key, or "system"; empty for a capability
  std::string_view capability;  // the wascc: id, also where the caller used its wasmcloud: name
  std::string_view binding;
};

}  // namespace wascc
