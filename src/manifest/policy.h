// Policy: what a deployment forbids beyond what tokens forbid, read from a YAML file of its own
// (docs/policy.md). A plain value.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wascc/result.h"

namespace wascc::manifest {

// Of the calls that it is about, only these operations.
struct PolicyRule {
  std::string actor;                   // public key; empty: of every actor
  std::string target;                  // a capability id, or an actor's key
  std::optional<std::string> binding;  // absent: under every name
  std::vector<std::string> operations;
};

struct Policy {
  std::vector<std::string> trusted_issuers;  // empty: any
  std::vector<std::string> denied_subjects;  // actors, and native providers in archives
  std::vector<std::string> denied_tokens;    // by id, `jti`
  std::map<std::string, std::int32_t, std::less<>> minimum_revisions;  // by subject
  std::vector<PolicyRule> rules;
};

// Errors begin with "file:line:column: "; an unknown key is one. `file` is only a name.
Result<Policy> parse_policy(std::string_view text, const std::string& file);
// kMalformed also for one that cannot be read.
Result<Policy> load_policy(const std::string& path);

}  // namespace wascc::manifest
