#include "wascc/host.h"

#include <gtest/gtest.h>

#include <string>

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
  ASSERT_EQ(bind(kA, "x:y"), "bound");
  ASSERT_TRUE(host().remove_actor(kA));
  EXPECT_TRUE(host().bindings().empty());
  EXPECT_EQ(call(kA, "Op"), "waSCC Host Error: No such actor");
  EXPECT_EQ(log.count("provider failed to end a binding"), 1);
  EXPECT_EQ(host().remove_actor(kA).error().message(), "waSCC Host Error: No such actor");
}

TEST_F(HostTest, ACallInProgressEndsUndisturbedWhenItsActorIsRemoved) {
  add(claims_of(kA, {"x:y"}), [](FakeCall& call) -> Result<Bytes> {
    if (!call.host_call("", "x:y", "Op", {})) return Error(Errc::kGuest, "no answer");
    const auto second = call.host_call("", "x:y", "Op", {});
    return to_bytes(second ? "bound" : "finished, and not bound");
  });
  auto removing = provider("x:y");
  removing->on_call = [&](const ProviderCall&) -> Result<Bytes> {
    EXPECT_TRUE(host().remove_actor(kA));
    return Bytes();
  };
  add(std::move(removing));
  ASSERT_EQ(bind(kA, "x:y"), "bound");
  EXPECT_EQ(call(kA, "Op"), "finished, and not bound");
  EXPECT_EQ(call(kA, "Op"), "waSCC Host Error: No such actor");
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
