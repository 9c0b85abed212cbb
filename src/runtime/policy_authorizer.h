// A policy file as the host's authorizer (docs/policy.md). Immutable; any thread.
#pragma once

#include <utility>

#include "manifest/policy.h"
#include "wascc/host.h"

namespace wascc::runtime {

class PolicyAuthorizer final : public Authorizer {
 public:
  explicit PolicyAuthorizer(manifest::Policy policy) : policy_(std::move(policy)) {}

  Status can_load(const claims::Claims& actor) const override;
  bool can_invoke(const claims::Claims& actor, const Entity& target,
                  std::string_view operation) const override;

 private:
  const manifest::Policy policy_;
};

}  // namespace wascc::runtime
