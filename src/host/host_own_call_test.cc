// Providers that have a token, and so may call others themselves.
#include <gtest/gtest.h>

#include "support/host_fixture.h"
#include "wascc/host.h"

namespace wascc {
namespace {

using namespace test;  // the words of support/host_fixture.h

const std::string kP = key('P');

// Answers a call with what another capability makes of it, in the provider's own name.
struct HostOwnCallTest : HostTest {
  FakeProvider::Record portable_record;

  std::unique_ptr<FakeProvider> portable(Strings capabilities) {
    auto made = std::make_unique<FakeProvider>("x:portable", portable_record);
    made->token = claims_of(kP, std::move(capabilities));
    made->token->provider = true;
    made->on_call = [this](const ProviderCall& call) {
      return portable_record.dispatcher->call(
          {"", std::string(call.operation), "Op", call.payload, call.deadline});
    };
    return made;
  }
  void add_actor_of_it() {
    add(claims_of(kA, {"x:portable"}));
    ASSERT_EQ(bind(kA, "x:portable"), "bound");
  }
  std::string through(const std::string& name_space) {
    return call(kA, name_space + "@x:portable");
  }
};

const std::string kCapabilityFailed =
    kGuestFailed +
    "Invocation failure: failed to invoke capability: Error occurred during host call: ";

TEST_F(HostOwnCallTest, ReachWhatTheirTokenClaimsAndABindingGives) {
  add(portable({"x:store", kB}));
  add(provider("x:store"));
  add(claims_of(kB, {}));
  add_actor_of_it();
  EXPECT_EQ(bind(kP, "x:store"), "bound");
  EXPECT_EQ(record.configurations.back().module, kP);
  EXPECT_EQ(through("x:store"), "hello");
  EXPECT_EQ(through(kB), "hello") << "an actor";
}

TEST_F(HostOwnCallTest, AreRefusedLikeActors) {
  add(portable({"x:store"}));
  add(provider("x:store"));
  add_actor_of_it();
  EXPECT_EQ(through("x:other"), kCapabilityFailed +
                                    "WebAssembly module authorization failure: Provider " + kP +
                                    " attempted to call Op on x:other, - PERMISSION DENIED.");
  EXPECT_NE(
      through("x:store").find("wasmbus.provider.x.store.default." + kP + " with no subscribers"),
      std::string::npos);
  EXPECT_NE(bind(kP, "x:other").find("Unauthorized binding"), std::string::npos);
  EXPECT_NE(through(kA).find("PERMISSION DENIED"), std::string::npos);
}

TEST_F(HostOwnCallTest, AreBoundByThemselvesLikeActorsWhicheverComesFirst) {
  auto extras = [&] { return provider("wascc:extras"); };
  add(extras(), {"default", true});
  add(portable({"wascc:extras", "wascc:logging"}));
  add(provider("wascc:logging"), {"default", true});
  add_actor_of_it();
  EXPECT_EQ(through("wascc:extras"), "hello");
  EXPECT_EQ(through("wascc:logging"), "hello");
}

TEST_F(HostOwnCallTest, LoseTheirBindingsWhenTheyAreRemoved) {
  add(portable({"x:store"}));
  add(provider("x:store"));
  ASSERT_EQ(bind(kP, "x:store"), "bound");
  (void)record.taken();
  ASSERT_TRUE(host().remove_provider("x:portable"));
  EXPECT_EQ(record.taken(), (Strings{"unbind " + kP}));
  EXPECT_TRUE(host().bindings().empty());
  EXPECT_EQ(bind(kP, "x:store"), "waSCC Host Error: Attempted to bind non-existent actor");
}

TEST_F(HostOwnCallTest, AModuleIsNotActorAndProviderAtOnce) {
  add(portable({}));
  EXPECT_EQ(load(claims_of(kP, {}), wapc_module(obedient)).error().code(), Errc::kExists);
  ASSERT_TRUE(host().remove_provider("x:portable"));
  add(claims_of(kP, {}));
  EXPECT_EQ(
      host().add_provider(portable({})).error().message(),
      "Capability provider error: the module of x:portable, " + kP + ", is an actor of this host");
}

TEST_F(HostOwnCallTest, TheAuthorizerIsAskedAboutThemToo) {
  struct NotThisOne final : Authorizer {
    Status can_load(const Claims& claims) const override {
      if (claims.subject != kP) return {};
      return Error(Errc::kDenied, "größer");
    }
    bool can_invoke(const Claims&, const Entity&, std::string_view) const override { return true; }
  };
  options.authorizer = std::make_shared<NotThisOne>();
  EXPECT_EQ(host().add_provider(portable({})).error().message(),
            "Capability provider error: WebAssembly module authorization failure: Authorization "
            "hook denied access to module: größer");
}

TEST_F(HostOwnCallTest, AProviderWithoutATokenCallsNothing) {
  add(provider("x:native"));
  const auto refused = record.dispatcher->call({"", "x:native", "Op", {}, kNoDeadline});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Errc::kDenied);
}

}  // namespace
}  // namespace wascc
