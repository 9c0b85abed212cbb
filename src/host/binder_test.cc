// Bindings: what a provider is told, when they are in effect, how they end.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

#include "support/host_fixture.h"

namespace wascc {
namespace {

using namespace test;  // the words of support/host_fixture.h

struct BinderTest : HostTest {};

TEST_F(BinderTest, TellsAProviderWhoseBindingItIs) {
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

TEST_F(BinderTest, RefusesBindingsWithTheTextsOfTheOriginal) {
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

TEST_F(BinderTest, BindingAgainIsAnUpdate) {
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

TEST_F(BinderTest, AProviderMayCallTheActorAsSoonAsItIsBound) {
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

TEST_F(BinderTest, UnbindingEndsTheRoute) {
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

TEST_F(BinderTest, WhatATokenDoesNotSayIsToldAllTheSame) {
  Claims actor = claims_of(kA, {});
  actor.name.reset();
  actor.capabilities.clear();
  std::string told;
  add(actor, [&](FakeCall& call) -> Result<Bytes> {
    WASCC_TRY(const auto configuration, decode<CapabilityConfiguration>(call.payload()));
    for (const auto& [name, value] : configuration.values) told.append(name + "=" + value + ";");
    return Bytes();
  });
  ASSERT_EQ(bind(kA, kA), "bound");
  EXPECT_EQ(told, "__wascc_issuer=" + actor.issuer +
                      ";__wascc_capabilities=;__wascc_name=Anonymous;__wascc_expires=0;"
                      "__wascc_tags=;");
}

TEST_F(BinderTest, AProviderThatRefusesToEndABindingKeepsIt) {
  add(claims_of(kA, {"wascc:keyvalue"}));
  auto stubborn = provider("wascc:keyvalue");
  stubborn->on_unbind = [] { return Status(Error(Errc::kProvider, "größer")); };
  add(std::move(stubborn));
  ASSERT_EQ(bind(kA, "wascc:keyvalue"), "bound");
  EXPECT_EQ(host().unbind(kA, "wascc:keyvalue").error().message(),
            "waSCC Host Error: Failed to remove binding: größer");
  EXPECT_EQ(call(kA, "Op@wascc:keyvalue"), "hello");
  EXPECT_EQ(host().bindings().size(), 1U);
}

TEST_F(BinderTest, ANameIsTakenAsItIsWrittenUnlessItIsBlank) {
  add(claims_of(kA, {"wascc:keyvalue"}));
  add(provider("wascc:keyvalue"), {" one"});
  add(provider("wascc:keyvalue"), {"\t "});
  ASSERT_EQ(bind(kA, "wascc:keyvalue", " one"), "bound");
  ASSERT_EQ(bind(kA, "wascc:keyvalue", ""), "bound");
  EXPECT_EQ(call(kA, "Op@wascc:keyvalue@ one"), "hello");
  EXPECT_NE(call(kA, "Op@wascc:keyvalue@one").find("with no subscribers"), std::string::npos);
  EXPECT_EQ(host().bindings()[0].name, " one");
  EXPECT_EQ(host().bindings()[1].name, "default");
}

TEST_F(BinderTest, BindingsAreListedByActorCapabilityAndName) {
  add(provider("x:one"));
  for (const char* name : {"a", "b", "c", "d"}) add(provider("x:two"), {name});
  for (const std::string& actor : {kC, kA, kB}) {
    add(claims_of(actor, {"x:one", "x:two"}));
    for (const char* name : {"d", "b", "a", "c"}) ASSERT_EQ(bind(actor, "x:two", name), "bound");
    ASSERT_EQ(bind(actor, "x:one"), "bound");
  }
  Strings listed, expected;
  for (const Binding& binding : host().bindings())
    listed.push_back(binding.actor + " " + binding.capability + " " + binding.name);
  for (const std::string& actor : {kA, kB, kC})
    for (const char* rest : {" x:one default", " x:two a", " x:two b", " x:two c", " x:two d"})
      expected.push_back(actor + rest);
  EXPECT_EQ(listed, expected);
}

TEST_F(BinderTest, AnActorCanBeConfiguredItself) {
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

TEST_F(BinderTest, AnActorsOwnConfigurationNeedsNobodysLeave) {
  struct Nothing final : Authorizer {
    Status can_load(const Claims&) const override { return {}; }
    bool can_invoke(const Claims&, const Entity&, std::string_view) const override { return false; }
  };
  options.authorizer = std::make_shared<Nothing>();
  add(claims_of(kA, {"wascc:keyvalue"}));
  add(provider("wascc:keyvalue"));
  EXPECT_EQ(bind(kA, kA), "bound");
  EXPECT_NE(bind(kA, "wascc:keyvalue").find("Unauthorized binding"), std::string::npos);
}

TEST_F(BinderTest, ABindingIsInEffectOnEveryThreadWhenBindReturns) {
  add(claims_of(kA, {"wascc:keyvalue"}));
  add(provider("wascc:keyvalue"));
  for (int n = 0; n < 50; ++n) {
    ASSERT_EQ(bind(kA, "wascc:keyvalue"), "bound");
    std::string answer;
    std::jthread([&] { answer = call(kA, "Op@wascc:keyvalue"); }).join();
    ASSERT_EQ(answer, "hello");
    ASSERT_TRUE(host().unbind(kA, "wascc:keyvalue"));
  }
}

TEST_F(BinderTest, BindsByItselfWhatAsksForIt) {
  add(claims_of(kA, {"wasmcloud:extras"}));
  add(provider("wascc:extras"), {"default", true});
  add(claims_of(kB, {"wascc:extras"}));
  add(claims_of(kC, {}));
  EXPECT_EQ(record.taken(), (Strings{"start", "bind " + kA, "bind " + kB}));
  EXPECT_EQ(call(kA, "Op@wascc:extras"), "hello");
  EXPECT_EQ(call(kB, "Op@wascc:extras"), "hello");
}

}  // namespace
}  // namespace wascc
