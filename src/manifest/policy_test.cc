#include "manifest/policy.h"

#include <gtest/gtest.h>

namespace wascc::manifest {
namespace {

const std::string kActor = "M" + std::string(55, 'A');
const std::string kNative = "V" + std::string(55, 'A');
const std::string kIssuer = "A" + std::string(55, 'B');

TEST(Policy, ReadsEveryKey) {
  const auto policy =
      parse_policy("trusted_issuers: [" + kIssuer + "]\ndenied_subjects: [" + kActor + ", " +
                       kNative + "]\ndenied_tokens: [größe]\nminimum_revisions: {" + kActor +
                       ": 3}\nrules:\n  - actor: " + kActor +
                       "\n    target: wascc:keyvalue\n    binding: one\n"
                       "    operations: [Get]\n  - {target: x:y, operations: []}\n",
                   "p.yaml");
  ASSERT_TRUE(policy) << policy.error().message();
  EXPECT_EQ(policy->trusted_issuers, std::vector{kIssuer});
  EXPECT_EQ(policy->denied_subjects, (std::vector{kActor, kNative}));
  EXPECT_EQ(policy->denied_tokens, std::vector<std::string>{"größe"});
  EXPECT_EQ(policy->minimum_revisions.at(kActor), 3);
  ASSERT_EQ(policy->rules.size(), 2U);
  EXPECT_EQ(policy->rules[0].actor, kActor);
  EXPECT_EQ(policy->rules[0].binding, "one");
  EXPECT_EQ(policy->rules[0].operations, std::vector<std::string>{"Get"});
  EXPECT_TRUE(policy->rules[1].actor.empty());
  EXPECT_TRUE(policy->rules[1].operations.empty());
}

TEST(Policy, ASlipOfThePenIsAnErrorWithItsPlace) {
  const struct {
    std::string text;
    std::string error;
  } cases[] = {
      {"trusted_issuer: [x]", "p.yaml:1:1: unknown key 'trusted_issuer' in a policy"},
      {"trusted_issuers: []", "p.yaml:1:18: must be a list of at least one key"},
      {"trusted_issuers: [M1]", "p.yaml:1:19: must be a public key"},
      {"denied_subjects: " + kActor, "p.yaml:1:18: must be a list of keys"},
      {"denied_subjects: [" + kIssuer + "]",
       "p.yaml:1:19: must be a public key, 56 characters that "
       "begin with M or V, not '" +
           kIssuer},
      {"denied_tokens: {a: b}", "p.yaml:1:16: must be a list"},
      {"minimum_revisions: {" + kActor + ": two}", "must be a whole number"},
      {"rules:\n  - target: x:y\n    operation: [a]", "p.yaml:3:5: unknown key 'operation'"},
      {"rules:\n  - target: x:y", "p.yaml:2:5: this rule has no 'operations'"},
      {"rules:\n  - operations: [a]", "p.yaml:2:5: this rule has no 'target'"},
      {"rules:\n  - {target: keyvalue, operations: []}",
       "p.yaml:2:14: must be a capability, such as wascc:keyvalue, or an actor's public key, not"},
      {"rules:\n  - {target: " + kActor + ", binding: a, operations: []}",
       "p.yaml:2:5: a 'binding' is for a capability"},
      {"denied_tokens: [a]\ndenied_tokens: [b]", "p.yaml:2:1: "},
      {"", "p.yaml:1:1: this policy is empty"},
      {"[]", "p.yaml:1:1: a policy must be a map"},
  };
  for (const auto& c : cases) {
    const auto policy = parse_policy(c.text, "p.yaml");
    ASSERT_FALSE(policy) << c.text;
    EXPECT_NE(policy.error().message().find(c.error), std::string::npos)
        << policy.error().message();
  }
}

TEST(Policy, ListsOfWhatIsDeniedMayBeEmpty) {
  const auto policy = parse_policy("denied_subjects: []\ndenied_tokens: []\nrules: []\n", "p.yaml");
  ASSERT_TRUE(policy) << policy.error().message();
}

TEST(Policy, OneThatIsNotThereIsNoPolicyThatAllowsAll) {
  const auto policy = load_policy("/nonexistent/policy.yaml");
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().code(), Errc::kMalformed);
  EXPECT_NE(policy.error().message().find("the policy cannot be read: "), std::string::npos);
  EXPECT_NE(policy.error().message().find("/nonexistent/policy.yaml"), std::string::npos);
}

}  // namespace
}  // namespace wascc::manifest
