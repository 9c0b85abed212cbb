// What a provider puts off until the actor that it serves has returned.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "support/host_fixture.h"

namespace wascc {
namespace {

using namespace test;  // the words of support/host_fixture.h

struct AfterCallTest : HostTest {};

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

TEST_F(AfterCallTest, WhatAProviderPutsOffRunsAfterTheCallOnItsInstanceAndBeforeItsAnswer) {
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

TEST_F(AfterCallTest, WhatAProviderPutsOffForAnInnerActorWaitsForThatActorAlone) {
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

TEST_F(AfterCallTest, WhatAProviderPutsOffRunsAfterAFailureTooAndUnderTheCallsDeadline) {
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

TEST_F(AfterCallTest, WithoutACallInProgressNothingIsPutOff) {
  add(claims_of(kA, {"wascc:blobstore"}));
  add(provider("wascc:blobstore"));
  bind(kA, "wascc:blobstore");
  std::string seen;
  record.dispatcher->after_call(kA, [&] { seen = dispatch(kA, "Chunk"); });
  EXPECT_EQ(seen, "hello");
}

}  // namespace
}  // namespace wascc
