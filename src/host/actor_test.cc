// An actor behind its host: instances, their end, what they say, and the form they read.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <thread>

#include "codec/positional.h"
#include "support/host_fixture.h"
#include "wascc/messages/event.h"
#include "wascc/messages/http.h"
#include "wascc/messages/keyvalue.h"

namespace wascc {
namespace {

using namespace test;  // the words of support/host_fixture.h

struct ActorTest : HostTest {};

TEST_F(ActorTest, AnswersATrapWithItsCodeAndTheNextCallWithAFreshInstance) {
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

TEST_F(ActorTest, GivesEveryCallAFreshInstanceWhenNoneIsKept) {
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

TEST_F(ActorTest, RefusesMoreCallsOfOneActorThanItMay) {
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

TEST_F(ActorTest, LogsWhatAnActorSaysUnderItsName) {
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

TEST_F(ActorTest, AnActorOfCodec05IsFoundOutOnceAndSpokenToInItsForm) {
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

TEST_F(ActorTest, NoCallIsRepeatedThatMayHaveDoneSomething) {
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
