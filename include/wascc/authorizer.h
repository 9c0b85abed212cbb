// What a host asks before it loads a module or carries a call: a second opinion on what tokens
// allow. It can only narrow.
#pragma once

#include <string_view>

#include "wascc/claims.h"
#include "wascc/result.h"

namespace wascc {

// What a call goes to: an actor, or the capability behind a binding. A view, for the call.
struct CallTarget {
  std::string_view actor;       // public key; empty for a capability
  std::string_view capability;  // the wascc: id, also where the caller used its wasmcloud: name
  std::string_view binding;
};

// Asked from any thread.
class Authorizer {
 public:
  virtual ~Authorizer() = default;
  // Whether a module with these verified claims may be loaded, or take the place of a running
  // actor, at all. The message of an error says why not.
  virtual Status can_load(const claims::Claims& actor) const = 0;
  // Whether it may call this operation of the target. Asked for each host call that its token
  // allows, and with operation BindActor for each binding.
  virtual bool can_invoke(const claims::Claims& actor, const CallTarget& target,
                          std::string_view operation) const = 0;
};

}  // namespace wascc
