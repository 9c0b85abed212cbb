// Changes of a running host: actors replaced and removed, providers removed, what it is asked.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "support/guests.h"
#include "support/host_fixture.h"
#include "wascc/host.h"

namespace wascc {
namespace {

using namespace test;  // the words of support/host_fixture.h

const std::string kSwapFailed = "waSCC Host Error: Failed to perform hot swap: ";

struct HostChangeTest : HostTest {
  // A module that must be there before calls run (FakeEngine's rule).
  engine::ModulePtr module(const std::string& name, FakeModule fake) {
    auto compiled = engine.compile(engine.add(name, std::move(fake)));
    EXPECT_TRUE(compiled);
    return compiled ? *compiled : nullptr;
  }
  engine::ModulePtr saying(const std::string& text) {
    return module(text, wapc_module([text](FakeCall& call) -> Result<Bytes> {
                    if (call.operation().find('@') != std::string::npos) return obedient(call);
                    return to_bytes(text);
                  }));
  }
  std::string replace(Claims claims, engine::ModulePtr module) {
    const auto replaced = host().replace_actor(kA, std::move(claims), std::move(module));
    return replaced ? "replaced" : replaced.error().message();
  }
};

TEST_F(HostChangeTest, AReplacedActorAnswersWithTheNewModuleAndTheNewClaims) {
  add(claims_of(kA, {}));
  add(claims_of(kB, {}));
  Claims claims = claims_of(kA, {kB});
  claims.revision = 7;
  ASSERT_EQ(replace(claims, saying("new")), "replaced");
  EXPECT_EQ(call(kA, "Op"), "new");
  EXPECT_EQ(call(kA, "Op@" + kB), "hello") << "the new token claims it";
  ASSERT_EQ(host().actors().size(), 2U);
  EXPECT_EQ(host().actors()[0].revision, 7) << "in its old place";
}

TEST_F(HostChangeTest, ARefusedReplacementLeavesTheOldActorAndSaysWhy) {
  add(claims_of(kA, {"x:old"}));
  const auto good = saying("new");
  Claims stranger = claims_of(kA, {});
  stranger.issuer = "A" + std::string(55, 'S');
  auto unlinkable = wapc_module(obedient);
  unlinkable.imports.push_back({"other", "thing", engine::FunctionType{}});
  auto broken = wapc_module(obedient);
  broken.exports = [inner = broken.exports] {
    auto exports = inner();
    exports.push_back({"wapc_init", {}, [](auto&, auto) -> Result<std::uint32_t> {
                         return Error(Errc::kTrap, "größer");
                       }});
    return exports;
  };

  EXPECT_EQ(replace(claims_of(kB, {}), good),
            kSwapFailed + "the new module is another actor, " + kB);
  EXPECT_EQ(replace(stranger, good), kSwapFailed + "the new module's issuer is " + stranger.issuer +
                                         ", that of the running one " + claims_of(kA, {}).issuer);
  EXPECT_TRUE(
      replace(claims_of(kA, {}), module("unlinkable", unlinkable)).starts_with(kSwapFailed));
  EXPECT_EQ(replace(claims_of(kA, {}), module("broken", broken)),
            kSwapFailed + "waPC failure: start function wapc_init: größer");
  EXPECT_EQ(host().replace_actor(kB, claims_of(kB, {}), good).error().message(),
            "waSCC Host Error: No such actor");
  EXPECT_EQ(call(kA, "Op"), "hello");
  EXPECT_EQ(host().actor(kA)->capabilities, (Strings{"x:old"}));
}

TEST_F(HostChangeTest, AnotherIssuerMayReplaceAnActorWhereTheHostAllowsIt) {
  options.replace_by_any_issuer = true;
  add(claims_of(kA, {}));
  Claims stranger = claims_of(kA, {});
  stranger.issuer = "A" + std::string(55, 'S');
  EXPECT_EQ(replace(stranger, saying("new")), "replaced");
}

TEST_F(HostChangeTest, TheAuthorizerIsAskedAboutTheNewModule) {
  struct NoRevisionTwo final : Authorizer {
    Status can_load(const Claims& actor) const override {
      if (actor.revision != 2) return {};
      return Error(Errc::kDenied, "größer");
    }
    bool can_invoke(const Claims&, const Entity&, std::string_view) const override { return true; }
  };
  options.authorizer = std::make_shared<NoRevisionTwo>();
  add(claims_of(kA, {}));
  Claims claims = claims_of(kA, {});
  claims.revision = 2;
  EXPECT_EQ(replace(claims, saying("new")),
            kSwapFailed +
                "WebAssembly module authorization failure: Authorization hook denied access to "
                "module: größer");
  EXPECT_EQ(call(kA, "Op"), "hello");
}

TEST_F(HostChangeTest, BindingsStayUnlessTheNewTokenDoesNotAllowThem) {
  add(claims_of(kA, {"x:stays", "x:goes"}));
  for (const char* capability : {"x:stays", "x:goes"}) {
    add(provider(capability));
    ASSERT_EQ(bind(kA, capability), "bound");
  }
  add(provider("x:comes"), {"default", true});
  (void)record.taken();
  ASSERT_EQ(replace(claims_of(kA, {"x:stays", "x:comes"}), saying("new")), "replaced");
  EXPECT_EQ(record.taken(), (Strings{"unbind " + kA, "bind " + kA}));
  EXPECT_EQ(call(kA, "Op@x:stays"), "hello");
  EXPECT_EQ(call(kA, "Op@x:comes"), "hello") << "binds by itself";
  EXPECT_NE(call(kA, "Op@x:goes").find("PERMISSION DENIED"), std::string::npos);
  ASSERT_EQ(host().bindings().size(), 2U);
}

// Tells what it was configured with.
FakeModule configurable() {
  return wapc_module([] {
    return FakeGuest([color = std::string("none")](FakeCall& call) mutable -> Result<Bytes> {
      if (call.operation() == "trap") return Error(Errc::kTrap, "unreachable");
      if (call.operation() != kOpBind) return to_bytes(color);
      WASCC_TRY(const auto told, decode<CapabilityConfiguration>(call.payload()));
      if (told.values.front().second == "no") return Error(Errc::kGuest, "no");
      color = told.values.front().second;
      return Bytes();
    });
  });
}

TEST_F(HostChangeTest, WhatAnActorWasToldReachesEveryInstanceAndTheModuleThatReplacesIt) {
  ASSERT_TRUE(load(claims_of(kA, {}), configurable()));
  ASSERT_EQ(bind(kA, kA, "default", {{"color", "red"}}), "bound");
  EXPECT_EQ(call(kA, "Op"), "red");
  call(kA, "trap");
  EXPECT_EQ(call(kA, "Op"), "red") << "a fresh instance";
  ASSERT_EQ(replace(claims_of(kA, {}), module("again", configurable())), "replaced");
  EXPECT_EQ(call(kA, "Op"), "red") << "the new module";
  EXPECT_NE(bind(kA, kA, "default", {{"color", "no"}}), "bound");
  EXPECT_EQ(call(kA, "Op"), "red") << "a refused update changes nothing";
  ASSERT_EQ(bind(kA, kA, "default", {{"color", "blue"}}), "bound");
  EXPECT_EQ(call(kA, "Op"), "blue");
}

TEST_F(HostChangeTest, ACallThatRunsEndsOnTheModuleOnWhichItBegan) {
  std::latch running(1), replaced(1);
  add(claims_of(kA, {"x:y"}), [&](FakeCall& call) -> Result<Bytes> {
    running.count_down();
    replaced.wait();
    return call.host_call("", "x:y", "Op", as_bytes("old"));
  });
  add(provider("x:y"));
  ASSERT_EQ(bind(kA, "x:y"), "bound");
  const auto next = saying("new");
  std::string answer;
  std::jthread caller([&] { answer = call(kA, "Op"); });
  running.wait();
  EXPECT_EQ(replace(claims_of(kA, {"x:y"}), next), "replaced");
  EXPECT_EQ(call(kA, "Op"), "new");
  replaced.count_down();
  caller.join();
  EXPECT_EQ(answer, "old");
}

// Calls from several threads while `change` runs; answers how many failed.
template <class Change>
int failures_under_load(Host& host, const std::string& actor, Change change) {
  std::atomic<bool> over = false;
  std::atomic<int> failed = 0;
  std::latch begun(3);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      for (int n = 0; !over; ++n) {
        if (!host.call_actor(actor, "Op", {})) ++failed;
        if (n == 0) begun.count_down();
      }
    });
  begun.wait();
  change();
  over = true;
  threads.clear();
  return failed;
}

TEST_F(HostChangeTest, NoCallIsLostWhileAnActorIsReplacedAgainAndAgain) {
  const engine::ModulePtr modules[] = {saying("one"), saying("two")};
  add(claims_of(kA, {}));
  EXPECT_EQ(failures_under_load(host(), kA,
                                [&] {
                                  for (int n = 0; n < 100; ++n)
                                    EXPECT_EQ(replace(claims_of(kA, {}), modules[n % 2]),
                                              "replaced");
                                }),
            0);
  EXPECT_EQ(call(kA, "Op"), "two");
}

// A real guest that answers each call with one letter.
std::string one_letter(char letter) {
  return std::string(R"((module (import "wapc" "__guest_response" (func $answer (param i32 i32)))
    (memory (export "memory") 1) (data (i32.const 0) ")") +
         letter + R"(")
    (func (export "__guest_call") (param i32 i32) (result i32)
      (call $answer (i32.const 0) (i32.const 1)) (i32.const 1))))";
}

TEST(HostOnTheRealEngine, LosesNoCallWhileAnActorIsReplaced) {
  const auto engine = real_engine();
  ASSERT_TRUE(engine);
  const engine::ModulePtr modules[] = {*engine->compile(assemble(one_letter('a'))),
                                       *engine->compile(assemble(one_letter('b')))};
  HostOptions options;
  options.kept_instances = 3;
  Host host(*engine, options, Log());
  ASSERT_TRUE(host.add_actor(claims_of(kA, {}), modules[0]));
  EXPECT_EQ(failures_under_load(
                host, kA,
                [&] {
                  for (int n = 1; n < 50; ++n) {
                    ASSERT_TRUE(host.replace_actor(kA, claims_of(kA, {}), modules[n % 2]));
                    EXPECT_EQ(to_text(*host.call_actor(kA, "Op", {})), n % 2 == 0 ? "a" : "b");
                  }
                }),
            0);
}

TEST_F(HostChangeTest, ARemovedProviderIsStoppedAfterItsBindingsAndCanBeAddedAgain) {
  add(claims_of(kA, {"x:y"}));
  add(provider("x:y"));
  add(provider("x:y"), {"other"});
  ASSERT_EQ(bind(kA, "x:y"), "bound");
  ASSERT_EQ(bind(kA, "x:y", "other"), "bound");
  (void)record.taken();
  ASSERT_TRUE(host().remove_provider("x:y"));
  EXPECT_EQ(record.taken(), (Strings{"unbind " + kA, "stop"}));
  ASSERT_EQ(host().bindings().size(), 1U) << "the binding to the other one stays";
  EXPECT_EQ(call(kA, "Op@x:y@other"), "hello");
  EXPECT_NE(call(kA, "Op@x:y").find("with no subscribers"), std::string::npos);
  ASSERT_EQ(host().providers().size(), 1U);
  EXPECT_EQ(host().remove_provider("x:y").error().message(),
            "waSCC Host Error: No such capability");
  add(provider("x:y"));
  ASSERT_EQ(bind(kA, "x:y"), "bound");
  EXPECT_EQ(call(kA, "Op@x:y"), "hello");
}

TEST_F(HostChangeTest, AProviderIsStoppedWhenTheCallsThatItServesAreOver) {
  add(claims_of(kA, {"x:y"}));
  std::latch running(1), go_on(1);
  auto slow = provider("x:y");
  slow->on_call = [&](const ProviderCall&) -> Result<Bytes> {
    running.count_down();
    go_on.wait();
    const std::scoped_lock lock(record.mutex);
    record.events.emplace_back("served");
    return to_bytes("served");
  };
  std::atomic<bool> unbound = false;
  slow->on_unbind = [&]() -> Status {
    unbound = true;
    unbound.notify_all();
    return {};
  };
  add(std::move(slow));
  ASSERT_EQ(bind(kA, "x:y"), "bound");
  (void)record.taken();
  std::string answer;
  std::jthread caller([&] { answer = call(kA, "Op@x:y"); });
  running.wait();
  std::jthread remover([&] { EXPECT_TRUE(host().remove_provider("x:y")); });
  unbound.wait(false);
  go_on.count_down();
  caller.join();
  remover.join();
  EXPECT_EQ(answer, "served");
  EXPECT_EQ(record.taken(), (Strings{"unbind " + kA, "served", "stop"}));
}

TEST_F(HostChangeTest, AProviderIsNotRemovedByACallThatItServes) {
  add(claims_of(kA, {"x:y"}));
  auto suicidal = provider("x:y");
  std::string refused;
  suicidal->on_call = [&](const ProviderCall&) -> Result<Bytes> {
    refused = host().remove_provider("x:y").error().message();
    return Bytes();
  };
  add(std::move(suicidal));
  ASSERT_EQ(bind(kA, "x:y"), "bound");
  call(kA, "Op@x:y");
  EXPECT_EQ(refused, "waSCC Host Error: A provider is not removed on behalf of an actor's call");
}

TEST_F(HostChangeTest, FindsActorsThatHaveAllOfSomeTags) {
  Claims claims = claims_of(kA, {});
  claims.tags = {"green", "groß"};
  add(claims);
  add(claims_of(kB, {}));
  const auto keys = [&](const Strings& tags) {
    Strings found;
    for (const Claims& actor : host().actors_tagged(tags)) found.push_back(actor.subject);
    return found;
  };
  EXPECT_EQ(keys({"groß", "green"}), (Strings{kA}));
  EXPECT_EQ(keys({"groß", "red"}), Strings());
  EXPECT_EQ(keys({}), (Strings{kA, kB}));
}

TEST_F(HostChangeTest, HasThreeLabelsOfItsOwnAndTheFirstOfEachThatItIsGiven) {
  options.labels = {{"zone", "one"}, {"hostcore.os", "plan9"}, {"zone", "two"}, {"a", "b"}};
  const StringMap labels = host().labels();
  ASSERT_EQ(labels.size(), 5U);
  EXPECT_EQ(labels[0], (std::pair<std::string, std::string>("a", "b")));
  EXPECT_EQ(labels[1].first, "hostcore.arch");
  EXPECT_EQ(labels[2].second, "linux");
  EXPECT_EQ(labels[3].second, "unix");
  EXPECT_EQ(labels[4].second, "one");
}

}  // namespace
}  // namespace wascc
