#include "wascc/host.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "codec/positional.h"
#include "support/host_fixture.h"
#include "wascc/messages/event.h"
#include "wascc/messages/extras.h"
#include "wascc/messages/http.h"
#include "wascc/messages/keyvalue.h"

namespace wascc {
namespace {

using namespace test;  // the words of support/host_fixture.h

TEST_F(HostTest, CallsAnActorAndAnswersWhatItAnswers) {
  add(claims_of(kA, {}));
  EXPECT_EQ(call(kA, "Echo", "ÄÖ"), "ÄÖ");
  EXPECT_EQ(call(kB, "Echo"), "waSCC Host Error: No such actor");
}

TEST_F(HostTest, CarriesAHostCallToTheBoundProvider) {
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

TEST_F(HostTest, RefusesWithTheTextsThatActorsKnow) {
  add(claims_of(kA, {"wascc:keyvalue", "Wasmcloud Odd:KV", kC}));
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
      {kA, "Op@" + kC, lost + "wasmbus.actor." + kC + " with no subscribers"},
      {kA, "Op@wascc:keyvalue",
       "Invocation failure: failed to invoke capability: Error occurred during host call: größer"},
  };
  for (const Case& c : cases) EXPECT_EQ(call(c.actor, c.operation), kGuestFailed + c.error);
}

TEST_F(HostTest, PassesAnActorsErrorOnToTheActorThatCalledIt) {
  add(claims_of(kA, {kB}));
  add(claims_of(kB, {}), [](FakeCall&) -> Result<Bytes> {
    return Error(Errc::kGuest, "Guest call failed: bad dispatch");
  });
  EXPECT_EQ(call(kA, "Op@" + kB),
            kGuestFailed +
                "Invocation failure: failed to invoke actor: Guest call failure: Guest call "
                "failed: bad dispatch");
}

TEST_F(HostTest, CallsNestThroughActorsAndProviders) {
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

TEST_F(HostTest, RefusesCallsThatComeBackToAnActorThatWaits) {
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

TEST_F(HostTest, ASelfCallNeedsNoCapabilityAndIsStillACycle) {
  add(claims_of(kA, {}));
  EXPECT_EQ(call(kA, "Op@" + kA),
            kGuestFailed +
                "Error occurred during host call: waSCC Host Error: Refused a call that would "
                "wait for itself: " +
                kA + " -> " + kA);
}

TEST_F(HostTest, RefusesACycleThroughAProvider) {
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

TEST_F(HostTest, RefusesChainsDeeperThanSixteenActors) {
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

TEST_F(HostTest, NestedCallsKeepTheDeadlineOfTheOutermost) {
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

TEST_F(HostTest, AnswersATrapWithItsCodeAndTheNextCallWithAFreshInstance) {
  const auto counting = [] {
    return FakeGuest([served = 0](FakeCall& call) mutable -> Result<Bytes> {
      if (call.operation() == "trap") return Error(Errc::kTrap, "unreachable", {"f", "g"});
      return to_bytes(std::to_string(++served));
    });
  };
  ASSERT_TRUE(load(claims_of(kA, {}), wapc_module(std::function<FakeGuest()>(counting))));
  EXPECT_EQ(call(kA, "count"), "1");
  EXPECT_EQ(call(kA, "count"), "2") << "an instance is kept";
  const auto trapped = host().call_actor(kA, "trap", {});
  ASSERT_FALSE(trapped);
  EXPECT_EQ(trapped.error().code(), Errc::kTrap);
  EXPECT_EQ(trapped.error().message(), kGuestFailed + "unreachable");
  EXPECT_EQ(trapped.error().trace(), (Strings{"f", "g"}));
  EXPECT_EQ(call(kA, "count"), "1");
}

TEST_F(HostTest, GivesEveryCallAFreshInstanceWhenNoneIsKept) {
  options.kept_instances = 0;
  const auto counting = [] {
    return FakeGuest([served = 0](FakeCall&) mutable -> Result<Bytes> {
      return to_bytes(std::to_string(++served));
    });
  };
  ASSERT_TRUE(load(claims_of(kA, {}), wapc_module(std::function<FakeGuest()>(counting))));
  EXPECT_EQ(call(kA, "count"), "1");
  EXPECT_EQ(call(kA, "count"), "1");
}

TEST_F(HostTest, RefusesMoreCallsOfOneActorThanItMay) {
  options.calls_per_actor = 1;
  add(claims_of(kA, {"x:back"}));
  auto back = provider("x:back");
  back->on_call = [this](const ProviderCall&) -> Result<Bytes> {
    Result<Bytes> answer = Bytes();
    std::jthread([&] { answer = record.dispatcher->dispatch({kA, "Op", {}}); }).join();
    return answer;
  };
  add(std::move(back));
  ASSERT_EQ(bind(kA, "x:back"), "bound");
  EXPECT_NE(call(kA, "Op@x:back").find("actor " + kA + " already serves 1 calls"),
            std::string::npos);
  EXPECT_EQ(call(kA, "Op"), "hello");
}

// Counts the calls that its instance has served, and makes the host call that an operation asks
// for.
test::FakeModule counting() {
  return test::wapc_module([] {
    return [served = 0](FakeCall& call) mutable -> Result<Bytes> {
      ++served;
      if (call.operation().find('@') == std::string_view::npos)
        return to_bytes(std::string(call.operation()) + std::to_string(served));
      return obedient(call);
    };
  });
}

TEST_F(HostTest, WhatAProviderPutsOffRunsAfterTheCallOnItsInstanceAndBeforeItsAnswer) {
  options.kept_instances = 0;
  ASSERT_TRUE(load(claims_of(kA, {"wascc:blobstore"}), counting()));
  auto store = provider("wascc:blobstore");
  Strings seen;
  store->on_call = [&](const ProviderCall& call) -> Result<Bytes> {
    EXPECT_NE(dispatch(kA, "Chunk").find("wait for itself"), std::string::npos);
    record.dispatcher->after_call(kA, [&] {
      seen.push_back(dispatch(kA, "First"));
      record.dispatcher->after_call(kA, [&] { seen.push_back(dispatch(kA, "Third")); });
      seen.push_back(dispatch(kA, "Second"));
    });
    EXPECT_TRUE(seen.empty());
    return to_bytes(call.operation);
  };
  add(std::move(store));
  bind(kA, "wascc:blobstore");
  EXPECT_EQ(call(kA, "Download@wascc:blobstore"), "Download");
  EXPECT_EQ(seen, Strings({"First2", "Second3", "Third4"}));
}

TEST_F(HostTest, WhatAProviderPutsOffForAnInnerActorWaitsForThatActorAlone) {
  add(claims_of(kA, {kB}), [](FakeCall& call) { return call.host_call("", kB, "Ask", {}); });
  add(claims_of(kB, {"wascc:blobstore"}), [](FakeCall& call) -> Result<Bytes> {
    if (call.operation() == "Chunk") return to_bytes("chunk");
    return call.host_call("", "wascc:blobstore", "Download", {});
  });
  auto store = provider("wascc:blobstore");
  Strings seen;
  store->on_call = [&](const ProviderCall&) -> Result<Bytes> {
    record.dispatcher->after_call(kB, [&] { seen.push_back(dispatch(kB, "Chunk")); });
    return to_bytes("begun");
  };
  add(std::move(store));
  bind(kB, "wascc:blobstore");
  EXPECT_EQ(call(kA, "Any"), "begun");
  EXPECT_EQ(seen, Strings({"chunk"}));
}

TEST_F(HostTest, WhatAProviderPutsOffRunsAfterAFailureTooAndUnderTheCallsDeadline) {
  add(claims_of(kA, {"wascc:blobstore"}), [](FakeCall& call) -> Result<Bytes> {
    if (call.operation() == "Chunk") return to_bytes("chunk");
    WASCC_CHECK(call.host_call("", "wascc:blobstore", "Download", {}));
    return Error(Errc::kTrap, "broken");
  });
  auto store = provider("wascc:blobstore");
  Strings seen;
  Deadline left = kNoDeadline;
  store->on_call = [&](const ProviderCall& call) -> Result<Bytes> {
    left = call.deadline;
    record.dispatcher->after_call(kA, [&] { seen.push_back(dispatch(kA, "Chunk")); });
    return to_bytes("begun");
  };
  add(std::move(store));
  bind(kA, "wascc:blobstore");
  EXPECT_NE(call(kA, "Any").find("broken"), std::string::npos);
  EXPECT_EQ(seen, Strings({"chunk"}));
  const auto late = host().call_actor(kA, "Any", {}, std::chrono::steady_clock::time_point{});
  EXPECT_EQ(late.error().code(), Errc::kTimeout);
  EXPECT_EQ(seen.size(), 1U) << "nothing ran, so nothing was put off";
}

TEST_F(HostTest, WithoutACallInProgressNothingIsPutOff) {
  add(claims_of(kA, {"wascc:blobstore"}));
  add(provider("wascc:blobstore"));
  bind(kA, "wascc:blobstore");
  std::string seen;
  record.dispatcher->after_call(kA, [&] { seen = dispatch(kA, "Chunk"); });
  EXPECT_EQ(seen, "hello");
}

TEST_F(HostTest, EachOfManyParallelCallsGetsItsOwnAnswer) {
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

TEST_F(HostTest, AFailedLoadLeavesNoTrace) {
  auto module = wapc_module(obedient);
  module.imports.push_back({"other", "thing", engine::FunctionType{}});
  EXPECT_FALSE(load(claims_of(kA, {}), std::move(module)));

  auto starts = wapc_module(obedient);
  starts.exports = [inner = starts.exports] {
    auto exports = inner();
    exports.push_back({"wapc_init", {}, [](auto&, auto) -> Result<std::uint32_t> {
                         return Error(Errc::kTrap, "no");
                       }});
    return exports;
  };
  EXPECT_FALSE(load(claims_of(kA, {}), std::move(starts)));
  EXPECT_TRUE(host().actors().empty());
  EXPECT_EQ(call(kA, "Op"), "waSCC Host Error: No such actor");
  add(claims_of(kA, {}));
  EXPECT_EQ(call(kA, "Op"), "hello");
}

TEST_F(HostTest, RefusesTheSameActorTwice) {
  add(claims_of(kA, {}));
  const auto again = load(claims_of(kA, {}), wapc_module(obedient));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), Errc::kExists);
  EXPECT_EQ(again.error().message(),
            "waSCC Host Error: Actor " + kA +
                " is already in this host. Cannot host multiple instances of the same actor in "
                "the same host");
}

TEST_F(HostTest, TellsAProviderWhoseBindingItIs) {
  Claims actor = claims_of(kA, {"wascc:keyvalue", "x:y"});
  actor.expires = 1'700'000'000;
  actor.tags = {"one", "two"};
  add(actor);
  add(provider("wascc:keyvalue"));
  ASSERT_EQ(bind(kA, "wascc:keyvalue", " ", {{"URL", "größe"}, {"__wascc_name", "Forged"}}),
            "bound");
  ASSERT_EQ(record.configurations.size(), 1U);
  EXPECT_EQ(record.configurations[0].module, kA);
  EXPECT_EQ(record.configurations[0].values,
            (StringMap{{"URL", "größe"},
                       {"__wascc_name", "Größe"},
                       {"__wascc_issuer", actor.issuer},
                       {"__wascc_capabilities", "wascc:keyvalue,x:y"},
                       {"__wascc_expires", "1700000000"},
                       {"__wascc_tags", "one,two"}}));
  const auto bindings = host().bindings();
  ASSERT_EQ(bindings.size(), 1U);
  EXPECT_EQ(bindings[0].name, "default");
  EXPECT_EQ(bindings[0].values, (StringMap{{"URL", "größe"}, {"__wascc_name", "Forged"}}));
}

TEST_F(HostTest, RefusesBindingsWithTheTextsOfTheOriginal) {
  add(claims_of(kA, {"wascc:keyvalue", "wasmcloud:messaging"}));
  auto picky = provider("wascc:keyvalue");
  picky->on_bind = [](const CapabilityConfiguration&) -> Status {
    return Error(Errc::kInvalid, "no URL");
  };
  add(std::move(picky));
  const std::string configure = "Capability provider error: Failed to configure ";
  EXPECT_EQ(bind(kB, "wascc:keyvalue"), "waSCC Host Error: Attempted to bind non-existent actor");
  EXPECT_EQ(bind(kA, "wascc:http_server"),
            "WebAssembly module authorization failure: Unauthorized binding: actor " + kA +
                " is not authorized to use capability wascc:http_server.");
  EXPECT_EQ(bind(kA, "wascc:messaging", "two"),
            configure +
                "two,wascc:messaging - waSCC Host Error: Attempted bus call for "
                "wasmbus.provider.wascc.messaging.two with no subscribers");
  EXPECT_EQ(bind(kA, "wascc:keyvalue"), configure + "default,wascc:keyvalue - no URL");
  EXPECT_TRUE(host().bindings().empty());
  EXPECT_NE(call(kA, "Op@wascc:keyvalue").find("with no subscribers"), std::string::npos);
}

TEST_F(HostTest, BindingAgainIsAnUpdate) {
  add(claims_of(kA, {"wascc:keyvalue"}));
  bool refuse = false;
  auto moody = provider("wascc:keyvalue");
  moody->on_bind = [&](const CapabilityConfiguration&) -> Status {
    if (refuse) return Error(Errc::kInvalid, "no");
    return {};
  };
  add(std::move(moody));
  ASSERT_EQ(bind(kA, "wascc:keyvalue", "default", {{"URL", "one"}}), "bound");
  ASSERT_EQ(bind(kA, "wasmcloud:keyvalue", "default", {{"URL", "two"}}), "bound");
  refuse = true;
  EXPECT_NE(bind(kA, "wascc:keyvalue", "default", {{"URL", "three"}}), "bound");
  EXPECT_EQ(record.taken(), (Strings{"start", "bind " + kA, "bind " + kA, "bind " + kA}));
  ASSERT_EQ(host().bindings().size(), 1U);
  EXPECT_EQ(host().bindings()[0].values, (StringMap{{"URL", "two"}}));
  EXPECT_EQ(call(kA, "Op@wascc:keyvalue"), "hello") << "a refused update changes nothing";
}

TEST_F(HostTest, AProviderMayCallTheActorAsSoonAsItIsBound) {
  add(claims_of(kA, {"x:eager"}));
  std::string answer;
  auto eager = provider("x:eager");
  eager->on_bind = [&](const CapabilityConfiguration&) -> Status {
    answer = dispatch(kA, "Op");
    return {};
  };
  add(std::move(eager));
  ASSERT_EQ(bind(kA, "x:eager"), "bound");
  EXPECT_EQ(answer, "hello");
}

TEST_F(HostTest, UnbindingEndsTheRoute) {
  add(claims_of(kA, {"wascc:keyvalue"}));
  add(provider("wascc:keyvalue"));
  ASSERT_EQ(bind(kA, "wascc:keyvalue"), "bound");
  EXPECT_TRUE(host().unbind(kA, "wasmcloud:keyvalue"));
  EXPECT_NE(call(kA, "Op@wascc:keyvalue").find("with no subscribers"), std::string::npos);
  EXPECT_EQ(record.taken().back(), "unbind " + kA);
  EXPECT_EQ(host().unbind(kA, "wascc:keyvalue").error().message(),
            "waSCC Host Error: Failed to remove binding: there is none of " + kA +
                " to wascc:keyvalue,default");
}

TEST_F(HostTest, AnActorCanBeConfiguredItself) {
  std::string configured;
  add(claims_of(kA, {}), [&](FakeCall& call) -> Result<Bytes> {
    if (call.operation() != kOpBind) return Error(Errc::kGuest, "bad dispatch");
    WASCC_TRY(const auto configuration, decode<CapabilityConfiguration>(call.payload()));
    if (configuration.values.front().second == "no") return Error(Errc::kGuest, "no");
    configured = configuration.module + " " + configuration.values.front().second;
    return Bytes();
  });
  EXPECT_EQ(bind(kA, kA, "default", {{"color", "red"}}), "bound");
  EXPECT_EQ(configured, kA + " red");
  EXPECT_EQ(bind(kA, kA, "default", {{"color", "no"}}),
            "Capability provider error: Failed to configure default," + kA +
                " - Invocation failure: failed to invoke actor: Guest call failure: no");
}

TEST_F(HostTest, AProviderReachesOnlyActorsThatClaimItAndAreBoundToIt) {
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

TEST_F(HostTest, EveryNameOfACapabilityIsTheSameCapability) {
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

TEST_F(HostTest, ACallAliasReachesAnActorOfTheSameIssuerOrOneThatTheTokenNames) {
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

TEST_F(HostTest, NoAliasTakesTheNameOfACapability) {
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
  bool can_invoke(const Claims&, const CallTarget& target,
                  std::string_view operation) const override {
    return target.actor != kB && operation != "Del" && target.binding != "secret";
  }
};

TEST_F(HostTest, AnAuthorizerNarrowsWhatATokenAllows) {
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

TEST_F(HostTest, BindsByItselfWhatAsksForIt) {
  add(claims_of(kA, {"wasmcloud:extras"}));
  add(provider("wascc:extras"), {"default", true});
  add(claims_of(kB, {"wascc:extras"}));
  add(claims_of(kC, {}));
  EXPECT_EQ(record.taken(), (Strings{"start", "bind " + kA, "bind " + kB}));
  EXPECT_EQ(call(kA, "Op@wascc:extras"), "hello");
  EXPECT_EQ(call(kB, "Op@wascc:extras"), "hello");
}

TEST_F(HostTest, RefusesTwoProvidersOfOneCapabilityAndName) {
  add(provider("wascc:keyvalue"));
  add(provider("wascc:keyvalue"), {"other"});
  const auto twice = host().add_provider(provider("wasmcloud:keyvalue"));
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().message(),
            "Capability provider error: Capability provider wasmcloud:keyvalue cannot be bound to "
            "the same name (default) twice, loading failed.");
  auto broken = provider("x:broken");
  broken->on_start = []() -> Status { return Error(Errc::kUnavailable, "no server"); };
  EXPECT_EQ(host().add_provider(std::move(broken)).error().message(),
            "Capability provider error: Failed to start x:broken,default: no server");
  EXPECT_EQ(host().providers().size(), 2U);
}

TEST_F(HostTest, RemovingAnActorEndsItsBindingsWhateverTheProviderSays) {
  add(claims_of(kA, {"x:y"}));
  auto stubborn = provider("x:y");
  stubborn->on_unbind = []() -> Status { return Error(Errc::kProvider, "bad dispatch"); };
  add(std::move(stubborn));
  ASSERT_EQ(bind(kA, "x:y"), "bound");
  ASSERT_TRUE(host().remove_actor(kA));
  EXPECT_TRUE(host().bindings().empty());
  EXPECT_EQ(call(kA, "Op"), "waSCC Host Error: No such actor");
  EXPECT_EQ(log.count("provider failed to end a binding"), 1);
  EXPECT_EQ(host().remove_actor(kA).error().message(), "waSCC Host Error: No such actor");
}

TEST_F(HostTest, StoppingUnbindsThenStopsProvidersAndTakesNothingMore) {
  add(claims_of(kA, {"x:y"}));
  add(provider("x:y"));
  ASSERT_EQ(bind(kA, "x:y"), "bound");
  host().stop();
  host().stop();
  EXPECT_EQ(record.taken(), (Strings{"start", "bind " + kA, "unbind " + kA, "stop"}));
  EXPECT_FALSE(load(claims_of(kB, {}), wapc_module(obedient)));
  EXPECT_FALSE(host().add_provider(provider("x:z")));
  EXPECT_EQ(call(kA, "Op"), "waSCC Host Error: No such actor");
}

TEST_F(HostTest, LogsWhatAnActorSaysUnderItsName) {
  add(claims_of(kA, {}), [](FakeCall& call) -> Result<Bytes> {
    call.console_log("größer");
    call.output(2, "broken");
    return Bytes();
  });
  call(kA, "Op");
  EXPECT_EQ(log.count("info actor größer actor=" + kA + " name=Größe"), 1);
  EXPECT_EQ(log.count("info actor broken actor=" + kA + " name=Größe stream=stderr"), 1);
}

// What an actor of codec 0.5 does: it reads arrays only.
Result<Bytes> of_codec_05(FakeCall& call, Strings& seen) {
  const bool positional =
      !call.payload().empty() && (static_cast<int>(call.payload()[0]) & 0xF0) == 0x90;
  seen.push_back(positional ? "array" : "map");
  if (call.operation() != kOpHandleRequest || !positional)
    return Error(Errc::kGuest, "Guest call failed: Failed to de-serialize: expected a sequence");
  return call.host_call("", "wasmcloud:keyvalue", keyvalue::kOpAdd, {});
}

TEST_F(HostTest, AnActorOfCodec05IsFoundOutOnceAndSpokenToInItsForm) {
  Strings seen;
  add(claims_of(kA, {"wascc:keyvalue"}), [&](FakeCall& call) { return of_codec_05(call, seen); });
  auto store = provider("wascc:keyvalue");
  store->on_call = [](const ProviderCall&) -> Result<Bytes> {
    return encode(keyvalue::AddResponse{5});
  };
  add(std::move(store));
  ASSERT_EQ(bind(kA, "wascc:keyvalue"), "bound");
  const Bytes request = encode(HttpRequest{"GET", "/", "", {}, to_bytes("Hi")});
  const Bytes expected = encode_positional(keyvalue::AddResponse{5});
  for (int i = 0; i < 2; ++i) {
    const auto answer = host().call_actor(kA, kOpHandleRequest, request);
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ(*answer, expected);
  }
  EXPECT_EQ(seen, (Strings{"map", "array", "array"}));
}

TEST_F(HostTest, NoCallIsRepeatedThatMayHaveDoneSomething) {
  int runs = 0;
  add(claims_of(kA, {"x:y"}), [&](FakeCall& call) -> Result<Bytes> {
    ++runs;
    if (call.operation() == kOpHandleEvent) (void)call.host_call("", "x:y", "Op", {});
    return Error(Errc::kGuest, "Failed to de-serialize: a reply");
  });
  const Bytes event = encode(Event{to_bytes("{}")});
  EXPECT_FALSE(host().call_actor(kA, kOpHandleEvent, event));
  EXPECT_EQ(runs, 1) << "after a host call";
  EXPECT_FALSE(host().call_actor(kA, "Custom", event));
  EXPECT_EQ(runs, 2) << "a message whose other form is not known";
  EXPECT_FALSE(host().call_actor(kA, kOpHealth, encode(HealthRequest{})));
  EXPECT_EQ(runs, 4) << "it reads neither form";
  EXPECT_EQ(call(kA, "Custom"), kGuestFailed + "Failed to de-serialize: a reply");
}

}  // namespace
}  // namespace wascc
