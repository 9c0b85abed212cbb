#include "runtime/policy_authorizer.h"

#include <gtest/gtest.h>

namespace wascc::runtime {
namespace {

const std::string kA = "M" + std::string(55, 'A');
const std::string kB = "M" + std::string(55, 'B');

claims::Claims claims_of(const std::string& subject) {
  claims::Claims claims;
  claims.subject = subject;
  claims.issuer = "A" + std::string(55, 'I');
  claims.id = "token";
  return claims;
}

std::string refusal(const manifest::Policy& policy, const claims::Claims& claims) {
  const Status loaded = PolicyAuthorizer(policy).can_load(claims);
  return loaded ? "" : loaded.error().message();
}

TEST(PolicyAuthorizer, LoadsWhatNothingSpeaksAgainst) {
  claims::Claims claims = claims_of(kA);
  EXPECT_EQ(refusal({}, claims), "");
  manifest::Policy policy;
  policy.trusted_issuers = {claims.issuer};
  policy.denied_subjects = {kB};
  policy.denied_tokens = {"another"};
  policy.minimum_revisions = {{kA, 2}, {kB, 9}};
  EXPECT_EQ(refusal(policy, claims), "the policy demands revision 2 of " + kA + ", and this is 0");
  claims.revision = 2;
  EXPECT_EQ(refusal(policy, claims), "");
  policy.denied_tokens = {"token"};
  EXPECT_EQ(refusal(policy, claims), "the policy denies the token token");
  policy.denied_subjects = {kA};
  EXPECT_EQ(refusal(policy, claims), "the policy denies " + kA);
  policy.trusted_issuers = {"A" + std::string(55, 'X')};
  EXPECT_EQ(refusal(policy, claims), "the policy does not trust the issuer " + claims.issuer);
}

TEST(PolicyAuthorizer, ARuleLimitsTheCallsThatItIsAboutAndNoOthers) {
  manifest::Policy policy;
  policy.rules = {{kA, "wasmcloud:keyvalue", {}, {"Get"}},
                  {kA, "wascc:keyvalue", "second", {"Set"}},
                  {"", kB, {}, {"Ping"}},
                  {"", "wascc:messaging", {}, {}}};
  const PolicyAuthorizer authorizer(policy);
  const auto may = [&](const std::string& actor, const Entity& target, std::string_view operation) {
    return authorizer.can_invoke(claims_of(actor), target, operation);
  };
  const Entity store{{}, "wascc:keyvalue", "default"};
  EXPECT_TRUE(may(kA, store, "Get"));
  EXPECT_FALSE(may(kA, store, "Set"));
  EXPECT_TRUE(may(kA, {{}, "wascc:keyvalue", "second"}, "Set"));
  EXPECT_TRUE(may(kA, store, "BindActor"));
  EXPECT_TRUE(may(kB, store, "Set")) << "a rule for another actor";
  EXPECT_TRUE(may(kA, {kB, {}, {}}, "Ping"));
  EXPECT_FALSE(may(kA, {kB, {}, {}}, "Pong"));
  EXPECT_FALSE(may(kA, {{}, "wascc:messaging", "default"}, "Publish"));
  EXPECT_FALSE(may(kA, {{}, "wascc:messaging", "default"}, "BindActor"));
  EXPECT_TRUE(may(kA, {{}, "wascc:logging", "default"}, "WriteLog"));
}

}  // namespace
}  // namespace wascc::runtime
