#include "wascc/host.h"

#include <gtest/gtest.h>

#include <latch>
#include <string>
#include <thread>

#include "support/host_fixture.h"

namespace wascc {
namespace {

using namespace test;  // the words of support/host_fixture.h

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
  add(provider("x:y"), {"other"});
  ASSERT_EQ(bind(kA, "x:y"), "bound");
  ASSERT_EQ(bind(kA, "x:y", "other"), "bound");
  ASSERT_TRUE(host().remove_actor(kA));
  EXPECT_TRUE(host().bindings().empty());
  EXPECT_EQ(call(kA, "Op"), "waSCC Host Error: No such actor");
  EXPECT_EQ(log.count("provider failed to end a binding"), 1);
  EXPECT_EQ(record.taken().back(), "unbind " + kA) << "the other one is told";
  EXPECT_EQ(host().remove_actor(kA).error().message(), "waSCC Host Error: No such actor");
}

// An actor that calls x:y twice, and a provider whose first call waits for `go_on`.
struct RemovalTest : HostTest {
  std::latch running{1}, go_on{1};
  std::string answer;

  void begin_a_call(std::jthread& caller) {
    add(claims_of(kA, {"x:y"}), [](FakeCall& call) -> Result<Bytes> {
      if (call.operation() != "Op") return Bytes();
      WASCC_CHECK(call.host_call("", "x:y", "Op", {}));
      return call.host_call("", "x:y", "Op", as_bytes("still bound"));
    });
    auto slow = provider("x:y");
    slow->on_call = [&](const ProviderCall& call) -> Result<Bytes> {
      if (!call.payload.empty()) return to_bytes(call.payload);
      running.count_down();
      go_on.wait();
      return Bytes();
    };
    add(std::move(slow));
    ASSERT_EQ(bind(kA, "x:y"), "bound");
    caller = std::jthread([this] { answer = call(kA, "Op"); });
    running.wait();
  }
  // Until the actor takes no more calls, by which its removal has begun.
  void wait_until_closed() {
    while (call(kA, "Other") != "waSCC Host Error: No such actor") {
    }
  }
};

TEST_F(RemovalTest, ARemovedActorTakesNoMoreCallsAndKeepsItsBindingsForThoseInProgress) {
  std::jthread caller;
  begin_a_call(caller);
  std::jthread remover([&] { EXPECT_TRUE(host().remove_actor(kA)); });
  wait_until_closed();
  EXPECT_EQ(dispatch(kA, "Op"), "waSCC Host Error: Attempted bus call for wasmbus.actor." + kA +
                                    " with no subscribers");
  go_on.count_down();
  caller.join();
  remover.join();
  EXPECT_EQ(answer, "still bound");
  EXPECT_TRUE(host().bindings().empty());
}

TEST_F(RemovalTest, AHostThatStopsLetsCallsEndWithTheirBindings) {
  std::jthread caller;
  begin_a_call(caller);
  std::jthread stopper([&] { host().stop(); });
  wait_until_closed();
  go_on.count_down();
  caller.join();
  stopper.join();
  EXPECT_EQ(answer, "still bound");
  EXPECT_EQ(record.taken(), (Strings{"start", "bind " + kA, "unbind " + kA, "stop"}));
}

TEST_F(RemovalTest, ACallOnTheModuleOfBeforeIsWaitedForToo) {
  const auto next = engine.compile(engine.add("next", wapc_module(obedient)));
  ASSERT_TRUE(next);
  std::jthread caller;
  begin_a_call(caller);
  ASSERT_TRUE(host().replace_actor(kA, claims_of(kA, {"x:y"}), *next));
  std::jthread remover([&] { EXPECT_TRUE(host().remove_actor(kA)); });
  wait_until_closed();
  go_on.count_down();
  caller.join();
  remover.join();
  EXPECT_EQ(answer, "still bound");
}

TEST_F(HostTest, WhatWasPutOffIsDoneBeforeAnActorIsRemoved) {
  add(claims_of(kA, {"x:y"}), [](FakeCall& call) -> Result<Bytes> {
    if (call.operation() == "Chunk") return to_bytes("chunk");
    return call.host_call("", "x:y", "Op", {});
  });
  auto store = provider("x:y");
  std::jthread remover;
  std::string chunk;
  store->on_call = [&](const ProviderCall&) -> Result<Bytes> {
    record.dispatcher->after_call(kA, [&] {
      remover = std::jthread([&] { EXPECT_TRUE(host().remove_actor(kA)); });
      std::jthread([&] {
        while (call(kA, "Chunk") != "waSCC Host Error: No such actor") {
        }
      }).join();
      chunk = dispatch(kA, "Chunk");
    });
    return to_bytes("begun");
  };
  add(std::move(store));
  ASSERT_EQ(bind(kA, "x:y"), "bound");
  EXPECT_EQ(call(kA, "Op"), "begun");
  remover.join();
  EXPECT_EQ(chunk, "chunk");
}

TEST_F(HostTest, AnActorIsNotRemovedByACallThatItServes) {
  add(claims_of(kA, {"x:y"}));
  auto removing = provider("x:y");
  std::string refused;
  removing->on_call = [&](const ProviderCall&) -> Result<Bytes> {
    refused = host().remove_actor(kA).error().message();
    return Bytes();
  };
  add(std::move(removing));
  ASSERT_EQ(bind(kA, "x:y"), "bound");
  EXPECT_EQ(call(kA, "Op@x:y"), "");
  EXPECT_EQ(refused, "waSCC Host Error: An actor is not removed on behalf of an actor's call");
}

TEST_F(HostTest, ARemovedActorCanBeAddedAgainAndKnowsNothingOfBefore) {
  const auto greeting = [](FakeCall& call) -> Result<Bytes> {
    if (call.operation() == kOpBind) return Error(Errc::kGuest, "configured");
    return obedient(call);
  };
  add(claims_of(kA, {"x:y"}));
  add(provider("x:y"));
  ASSERT_EQ(bind(kA, "x:y"), "bound");
  ASSERT_EQ(bind(kA, kA, "default", {{"color", "red"}}), "bound");
  ASSERT_TRUE(host().remove_actor(kA));
  add(claims_of(kA, {"x:y"}), greeting);
  EXPECT_NE(call(kA, "Op@x:y").find("with no subscribers"), std::string::npos);
  ASSERT_EQ(bind(kA, "x:y"), "bound");
  EXPECT_EQ(call(kA, "Op@x:y"), "hello");
}

TEST_F(HostTest, WhenProvidersAreStoppedNoActorIsThereAnyMore) {
  add(claims_of(kA, {"x:y"}));
  auto late = provider("x:y");
  std::string answer;
  late->on_stop = [&] { answer = dispatch(kA, "Op"); };
  add(std::move(late));
  ASSERT_EQ(bind(kA, "x:y"), "bound");
  host().stop();
  EXPECT_EQ(answer, "waSCC Host Error: Attempted bus call for wasmbus.actor." + kA +
                        " with no subscribers");
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

}  // namespace
}  // namespace wascc
