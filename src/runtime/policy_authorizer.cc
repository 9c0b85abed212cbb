#include "runtime/policy_authorizer.h"

#include <algorithm>
#include <string>

#include "host/capability_id.h"
#include "wascc/messages/core.h"

namespace wascc::runtime {
namespace {

bool holds(const std::vector<std::string>& texts, std::string_view text) {
  return std::ranges::find(texts, text) != texts.end();
}

bool is_about(const manifest::PolicyRule& rule, const claims::Claims& actor, const Entity& target) {
  if (!rule.actor.empty() && rule.actor != actor.subject) return false;
  if (!target.actor.empty()) return rule.target == target.actor;
  return host::canonical_capability(rule.target) == target.capability &&
         (!rule.binding || *rule.binding == target.binding);
}

}  // namespace

Status PolicyAuthorizer::can_load(const claims::Claims& actor) const {
  const auto denied = [](std::string why) { return Error(Errc::kDenied, std::move(why)); };
  if (!policy_.trusted_issuers.empty() && !holds(policy_.trusted_issuers, actor.issuer))
    return denied("the policy does not trust the issuer " + actor.issuer);
  if (holds(policy_.denied_subjects, actor.subject))
    return denied("the policy denies " + actor.subject);
  if (holds(policy_.denied_tokens, actor.id))
    return denied("the policy denies the token " + actor.id);
  const auto least = policy_.minimum_revisions.find(actor.subject);
  if (least == policy_.minimum_revisions.end()) return {};
  const std::int32_t revision = actor.revision.value_or(0);
  if (revision >= least->second) return {};
  return denied("the policy demands revision " + std::to_string(least->second) + " of " +
                actor.subject + ", and this is " + std::to_string(revision));
}

// What no rule is about stays as the token has it. To be bound is of use as long as some operation
// is allowed.
bool PolicyAuthorizer::can_invoke(const claims::Claims& actor, const Entity& target,
                                  std::string_view operation) const {
  bool limited = false;
  for (const manifest::PolicyRule& rule : policy_.rules) {
    if (!is_about(rule, actor, target)) continue;
    if (holds(rule.operations, operation)) return true;
    if (operation == kOpBind && !rule.operations.empty()) return true;
    limited = true;
  }
  return !limited;
}

}  // namespace wascc::runtime
