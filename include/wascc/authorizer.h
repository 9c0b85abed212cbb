// What a host asks before it loads a module or carries a call: a second opinion on what tokens
// allow. It can only narrow.
#pragma once

#include <string_view>

#include "wascc/claims.h"
#include "wascc/entity.h"
#include "wascc/result.h"

namespace wascc {

// Asked from any thread.
class Authorizer {
 public:
  virtual ~Authorizer() = default;
  // Whether a module with these verified claims may be loaded, or take the place of a running
  // actor, at all. The message of an error says why not.
  virtual Status can_load(const claims::Claims& actor) const = 0;
  // Whether it may call this operation of the target. Asked for each host call that its token
  // allows, and with operation BindActor for each binding.
  virtual bool can_invoke(const claims::Claims& actor, const Entity& target,
                          std::string_view operation) const = 0;
};

}  // namespace wascc
