// Calls between actors, providers and the embedder: who reaches whom, and what failures read.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "support/host_fixture.h"

namespace wascc {
namespace {

using namespace test;  // the words of support/host_fixture.h

struct RouterTest : HostTest {};

TEST_F(RouterTest, CallsAnActorAndAnswersWhatItAnswers) {
  add(claims_of(kA, {}));
  EXPECT_EQ(call(kA, "Echo", "ÄÖ"), "ÄÖ");
  EXPECT_EQ(call(kB, "Echo"), "waSCC Host Error: No such actor");
}

TEST_F(RouterTest, CarriesAHostCallToTheBoundProvider) {
  add(claims_of(kA, {"wascc:keyvalue"}));
  auto echo = provider("wascc:keyvalue");
  echo->on_call = [](const ProviderCall& seen) -> Result<Bytes> {
    return to_bytes(std::string(seen.actor) + " " + std::string(seen.operation) + " " +
                    to_text(seen.payload));
  };
  add(std::move(echo));
  ASSERT_EQ(bind(kA, "wascc:keyvalue"), "bound");
  EXPECT_EQ(call(kA, "Add@wascc:keyvalue"), kA + " Add hello");
  EXPECT_EQ(call(kA, "Add@wascc:keyvalue@ \t"), kA + " Add hello") << "a blank binding is default";
  EXPECT_EQ(call(kA, "Add@wascc:keyvalue@default"), kA + " Add hello");
}

TEST_F(RouterTest, RefusesWithTheTextsThatActorsKnow) {
  add(claims_of(kA, {"wascc:keyvalue", "Wasmcloud Odd:KV", "Mine", kC}));
  add(claims_of(kB, {}));
  Claims portable = claims_of(key('P'), {});
  portable.provider = true;
  add(portable);
  auto broken = provider("wascc:keyvalue");
  broken->on_call = [](const ProviderCall&) -> Result<Bytes> {
    return Error(Errc::kProvider, "größer");
  };
  add(std::move(broken));
  ASSERT_EQ(bind(kA, "wascc:keyvalue"), "bound");

  struct Case {
    std::string actor, operation, error;
  };
  const std::string denied = "WebAssembly module authorization failure: ";
  const std::string lost =
      "Error occurred during host call: waSCC Host Error: Attempted bus call for ";
  const Case cases[] = {
      {kA, "Op@wascc:messaging@ x",
       denied + "Actor " + kA + " attempted to call Op on wascc:messaging, x - PERMISSION DENIED."},
      {kA, "Op@wascc:keyvalue:more",
       denied + "Actor " + kA +
           " attempted to call Op on wascc:keyvalue:more, - PERMISSION DENIED."},
      {kB, "Op@" + kA + "@b",
       denied + "Actor " + kB + " attempted to call Op on " + kA + ",b - PERMISSION DENIED."},
      {key('P'), "Op@wascc:keyvalue@b",
       denied + "Provider " + key('P') +
           " attempted to call Op on wascc:keyvalue,b - PERMISSION DENIED."},
      {kA, "Op@wascc:keyvalue@Other",
       lost + "wasmbus.provider.wascc.keyvalue.Other." + kA + " with no subscribers"},
      {kA, "Op@wasmcloud:keyvalue@other",
       lost + "wasmbus.provider.wasmcloud.keyvalue.other." + kA + " with no subscribers"},
      {kA, "Op@Wasmcloud Odd:KV",
       lost + "wasmbus.provider.wasmcloud_odd.kv.default." + kA + " with no subscribers"},
      {kA, "Op@Mine", lost + "wasmbus.provider.mine.default." + kA + " with no subscribers"},
      {kA, "Op@" + kC, lost + "wasmbus.actor." + kC + " with no subscribers"},
      {kA, "Op@wascc:keyvalue",
       "Invocation failure: failed to invoke capability: Error occurred during host call: größer"},
  };
  for (const Case& c : cases) EXPECT_EQ(call(c.actor, c.operation), kGuestFailed + c.error);
}

TEST_F(RouterTest, PassesAnActorsErrorOnToTheActorThatCalledIt) {
  add(claims_of(kA, {kB}));
  add(claims_of(kB, {}), [](FakeCall&) -> Result<Bytes> {
    return Error(Errc::kGuest, "Guest call failed: bad dispatch");
  });
  EXPECT_EQ(call(kA, "Op@" + kB),
            kGuestFailed +
                "Invocation failure: failed to invoke actor: Guest call failure: Guest call "
                "failed: bad dispatch");
}

TEST_F(RouterTest, CallsNestThroughActorsAndProviders) {
  add(claims_of(kA, {kB}), [](FakeCall& call) -> Result<Bytes> {
    const auto nested = call.host_call("", kB, "Add@wascc:keyvalue", call.payload());
    return nested ? to_bytes("A:" + to_text(*nested) + ":" + to_text(call.payload()))
                  : Result<Bytes>(nested.error());
  });
  add(claims_of(kB, {"wascc:keyvalue"}));
  add(provider("wascc:keyvalue"));
  ASSERT_EQ(bind(kB, "wascc:keyvalue"), "bound");
  EXPECT_EQ(call(kA, "Start"), "A:hello:hello") << "the outer actor still has its own request";
}

TEST_F(RouterTest, RefusesCallsThatComeBackToAnActorThatWaits) {
  add(claims_of(kA, {kA, kB}), [](FakeCall& call) -> Result<Bytes> {
    return call.host_call("", call.operation() == "self" ? kA : kB, "Op", {});
  });
  add(claims_of(kB, {kA}),
      [](FakeCall& call) -> Result<Bytes> { return call.host_call("", kA, "self", {}); });
  const std::string refused =
      "Error occurred during host call: waSCC Host Error: Refused a call that would wait for "
      "itself: ";
  const std::string nested = "Invocation failure: failed to invoke actor: Guest call failure: ";
  EXPECT_EQ(call(kA, "self"), kGuestFailed + refused + kA + " -> " + kA);
  EXPECT_EQ(call(kA, "other"), kGuestFailed + nested + refused + kA + " -> " + kB + " -> " + kA);
}

TEST_F(RouterTest, ASelfCallNeedsNoCapabilityAndIsStillACycle) {
  add(claims_of(kA, {}));
  EXPECT_EQ(call(kA, "Op@" + kA),
            kGuestFailed +
                "Error occurred during host call: waSCC Host Error: Refused a call that would "
                "wait for itself: " +
                kA + " -> " + kA);
}

TEST_F(RouterTest, RefusesACycleThroughAProvider) {
  add(claims_of(kA, {"x:back"}));
  auto back = provider("x:back");
  back->on_call = [this](const ProviderCall& call) {
    return record.dispatcher->dispatch({call.actor, "Op", {}});
  };
  add(std::move(back));
  ASSERT_EQ(bind(kA, "x:back"), "bound");
  EXPECT_EQ(call(kA, "Op@x:back"),
            kGuestFailed +
                "Invocation failure: failed to invoke capability: Error occurred during host "
                "call: waSCC Host Error: Refused a call that would wait for itself: " +
                kA + " -> " + kA);
}

TEST_F(RouterTest, RefusesChainsDeeperThanSixteenActors) {
  const auto nth = [](int n) { return key(static_cast<char>('A' + n)); };
  const auto chain = [&](FakeCall& call, int n) -> Result<Bytes> {
    if (as_text(call.payload()) == std::to_string(n)) return to_bytes("end");
    return call.host_call("", nth(n + 1), "Op", call.payload());
  };
  for (int n = 0; n <= 16; ++n)
    add(claims_of(nth(n), {nth(n + 1)}), [chain, n](FakeCall& call) { return chain(call, n); });
  EXPECT_EQ(call(nth(0), "Op", "15"), "end");
  EXPECT_NE(call(nth(0), "Op", "16").find("Refused a call nested deeper than 16 actors"),
            std::string::npos);
}

TEST_F(RouterTest, NestedCallsKeepTheDeadlineOfTheOutermost) {
  const Deadline deadline = std::chrono::steady_clock::now() + std::chrono::hours(1);
  Deadline seen = kNoDeadline;
  add(claims_of(kA, {"x:back", "x:see"}));
  add(claims_of(kB, {"x:back", "x:see"}));
  auto see = provider("x:see");
  see->on_call = [&](const ProviderCall& call) -> Result<Bytes> {
    seen = call.deadline;
    return Bytes();
  };
  add(std::move(see));
  auto back = provider("x:back");
  back->on_call = [this](const ProviderCall&) {
    return record.dispatcher->dispatch({kB, "Op@x:see", {}, kNoDeadline});
  };
  add(std::move(back));
  for (const char* capability : {"x:see", "x:back"}) {
    ASSERT_EQ(bind(kA, capability), "bound");
    ASSERT_EQ(bind(kB, capability), "bound");
  }
  ASSERT_TRUE(host().call_actor(kA, "Op@x:back", {}, deadline));
  EXPECT_EQ(seen, deadline);
}

TEST_F(RouterTest, EachOfManyParallelCallsGetsItsOwnAnswer) {
  add(claims_of(kA, {kB, "wascc:keyvalue"}), [](FakeCall& call) -> Result<Bytes> {
    WASCC_TRY(const Bytes first, call.host_call("", "wascc:keyvalue", "Op", call.payload()));
    return call.host_call("", kB, "Op", first);
  });
  add(claims_of(kB, {}));
  add(provider("wascc:keyvalue"));
  ASSERT_EQ(bind(kA, "wascc:keyvalue"), "bound");
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 200; ++i) {
          const std::string text = std::to_string(t) + "/" + std::to_string(i);
          const auto answer = host().call_actor(kA, "Op", as_bytes(text));
          if (!answer || to_text(*answer) != text) ++wrong;
        }
      });
  }
  EXPECT_EQ(wrong, 0);
}

TEST_F(RouterTest, AProviderReachesOnlyActorsThatClaimItAndAreBoundToIt) {
  add(claims_of(kA, {"wascc:http_server"}));
  add(claims_of(kB, {}));
  add(claims_of(kC, {"wasmcloud:httpserver"}),
      [](FakeCall&) -> Result<Bytes> { return Error(Errc::kGuest, "bad dispatch"); });
  add(provider("wascc:http_server"));
  ASSERT_EQ(bind(kC, "wascc:http_server"), "bound");
  EXPECT_EQ(dispatch(key('X'), "Op"), "waSCC Host Error: Attempted bus call for wasmbus.actor." +
                                          key('X') + " with no subscribers");
  EXPECT_EQ(dispatch(kB, "Op"),
            "Dispatch between actor and unauthorized capability: " + kB + " <-> wascc:http_server");
  EXPECT_EQ(dispatch(kA, "Op"),
            "waSCC Host Error: Actor " + kA + " is not bound to wascc:http_server,default");
  ASSERT_EQ(bind(kA, "wascc:http_server"), "bound");
  EXPECT_EQ(dispatch(kA, "Op"), "hello");
  EXPECT_EQ(dispatch(kC, "Op"),
            "Invocation failure: failed to invoke actor: Guest call failure: bad dispatch");
}

TEST_F(RouterTest, EveryNameOfACapabilityIsTheSameCapability) {
  const std::pair<const char*, const char*> pairs[] = {
      {"wascc:http_server", "wasmcloud:httpserver"},
      {"wascc:http_client", "wasmcloud:httpclient"},
      {"wascc:keyvalue", "wasmcloud:keyvalue"},
      {"wascc:messaging", "wasmcloud:messaging"},
      {"wascc:blobstore", "wasmcloud:blobstore"},
      {"wascc:eventstreams", "wasmcloud:eventstreams"},
      {"wascc:extras", "wasmcloud:extras"},
      {"wascc:logging", "wasmcloud:logging"}};
  for (const auto& names : pairs)
    for (int mask = 0; mask < 16; ++mask) {
      const auto id = [&](int bit) {
        return std::string((mask & bit) != 0 ? names.second : names.first);
      };
      owned.reset();
      add(claims_of(kA, {id(1)}));
      add(provider(id(2)));
      ASSERT_EQ(bind(kA, id(4)), "bound") << names.first << mask;
      EXPECT_EQ(call(kA, "Op@" + id(8)), "hello") << names.first << mask;
      EXPECT_EQ(dispatch(kA, "Op"), "hello") << names.first << mask;
    }
}

TEST_F(RouterTest, ACallAliasReachesAnActorOfTheSameIssuerOrOneThatTheTokenNames) {
  Claims ponger = claims_of(kB, {});
  ponger.call_alias = "wasmcloud/examples/Ponger-1";
  add(ponger);
  add(claims_of(kA, {"wasmcloud:httpserver"}));
  EXPECT_EQ(call(kA, "Ping@wasmcloud/examples/ponger_1"), "hello") << "one issuer signed both";
  EXPECT_EQ(call(kA, "Ping@wasmcloud/examples/ponger 1"), "hello") << "as signers write it";

  Claims stranger = claims_of(kC, {});
  stranger.issuer = "A" + std::string(55, 'S');
  add(stranger);
  EXPECT_EQ(call(kC, "Ping@wasmcloud/examples/ponger_1"),
            kGuestFailed + "WebAssembly module authorization failure: Actor " + kC +
                " attempted to call Ping on wasmcloud/examples/ponger_1, - PERMISSION DENIED.");
  stranger.subject = key('D');
  stranger.capabilities = {kB};
  add(stranger);
  EXPECT_EQ(call(key('D'), "Ping@wasmcloud/examples/ponger_1"), "hello");
  stranger.subject = key('E');
  stranger.capabilities = {"wasmcloud/examples/ponger_1"};
  add(stranger);
  EXPECT_EQ(call(key('E'), "Ping@wasmcloud/examples/ponger_1"), "hello");
}

TEST_F(RouterTest, NoAliasTakesTheNameOfACapability) {
  Claims thief = claims_of(kB, {});
  thief.call_alias = "wascc:keyvalue";
  add(thief);
  add(claims_of(kA, {"wascc:keyvalue"}));
  EXPECT_NE(call(kA, "Op@wascc:keyvalue").find("with no subscribers"), std::string::npos);
}

struct Narrow final : Authorizer {
  Status can_load(const Claims& actor) const override {
    if (actor.subject != kC) return {};
    return Error(Errc::kDenied, "größer");
  }
  bool can_invoke(const Claims&, const Entity& target, std::string_view operation) const override {
    return target.actor != kB && operation != "Del" && target.binding != "secret";
  }
};

TEST_F(RouterTest, AnAuthorizerNarrowsWhatATokenAllows) {
  options.authorizer = std::make_shared<Narrow>();
  add(claims_of(kA, {"wascc:keyvalue", kB}));
  add(claims_of(kB, {}));
  add(provider("wascc:keyvalue"));
  add(provider("wascc:keyvalue"), {"secret"});
  const auto refused = load(claims_of(kC, {}), wapc_module(obedient));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(),
            "WebAssembly module authorization failure: Authorization hook denied access to "
            "module: größer");
  EXPECT_EQ(bind(kA, "wascc:keyvalue", "secret"),
            "WebAssembly module authorization failure: Unauthorized binding: actor " + kA +
                " is not authorized to use capability wascc:keyvalue.");
  ASSERT_EQ(bind(kA, "wascc:keyvalue"), "bound");
  const std::string denied = kGuestFailed + "WebAssembly module authorization failure: Actor " +
                             kA + " attempted to call ";
  EXPECT_EQ(call(kA, "Add@wascc:keyvalue"), "hello");
  EXPECT_EQ(call(kA, "Del@wasmcloud:keyvalue"),
            denied +
                "Capability { capid: \"wasmcloud:keyvalue\", binding: \"default\" } - Authorizer "
                "denied access");
  EXPECT_EQ(call(kA, "Op@" + kB), denied + "Actor(\"" + kB + "\") - Authorizer denied access");
}

}  // namespace
}  // namespace wascc
