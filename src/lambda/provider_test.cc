#include "lambda/provider.h"

#include <gtest/gtest.h>

#include <latch>
#include <thread>

#include "support/fake_dispatcher.h"

namespace wascc::lambda {
namespace {

TEST(EventProvider, DescribesItsOneOperation) {
  const CapabilityDescriptor http = EventProvider(EventProvider::kHttp).descriptor();
  EXPECT_EQ(http.id, "wascc:http_server");
  EXPECT_EQ(http.name, "waSCC AWS Lambda HTTP request provider");
  ASSERT_EQ(http.supported_operations.size(), 1u);
  EXPECT_EQ(http.supported_operations[0].name, "HandleRequest");
  EXPECT_EQ(http.supported_operations[0].direction, Direction::kToActor);
  const CapabilityDescriptor raw = EventProvider(EventProvider::kRaw).descriptor();
  EXPECT_EQ(raw.id, "awslambda:event");
  EXPECT_EQ(raw.name, "waSCC AWS Lambda raw event provider");
  ASSERT_EQ(raw.supported_operations.size(), 1u);
  EXPECT_EQ(raw.supported_operations[0].name, "HandleEvent");
}

TEST(EventProvider, TakesOneActorAndForgetsIt) {
  EventProvider provider(EventProvider::kHttp);
  EXPECT_EQ(provider.actor(), "");
  EXPECT_TRUE(provider.bind({"MA", {}}));
  EXPECT_TRUE(provider.bind({"MA", {{"key", "value"}}})) << "an update";
  const Status second = provider.bind({"MB", {}});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Errc::kExists);
  EXPECT_NE(second.error().message().find("MA"), std::string::npos);
  EXPECT_NE(second.error().message().find("MB"), std::string::npos);
  EXPECT_TRUE(provider.unbind("MB"));
  EXPECT_EQ(provider.actor(), "MA");
  EXPECT_TRUE(provider.unbind("MA"));
  EXPECT_EQ(provider.actor(), "");
}

TEST(EventProvider, RefusesCallsOfActors) {
  EventProvider provider(EventProvider::kRaw);
  const Result<Bytes> reply = provider.handle_call({"MA", "DoIt", {}});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().message(), "Unsupported operation: DoIt/MA");
}

TEST(EventProvider, DispatchesBetweenStartAndStopOnly) {
  test::FakeDispatcher dispatcher;
  EventProvider provider(EventProvider::kHttp);
  EXPECT_EQ(provider.dispatch("MA", {}, kNoDeadline).error().code(), Errc::kUnavailable);
  ASSERT_TRUE(provider.start(dispatcher));
  const Deadline deadline(std::chrono::seconds(7));
  EXPECT_TRUE(provider.dispatch("MA", as_bytes("payload"), deadline));
  ASSERT_EQ(dispatcher.calls().size(), 1u);
  EXPECT_EQ(dispatcher.calls()[0].actor, "MA");
  EXPECT_EQ(dispatcher.calls()[0].operation, "HandleRequest");
  EXPECT_EQ(to_text(dispatcher.calls()[0].payload), "payload");
  EXPECT_EQ(dispatcher.calls()[0].deadline, deadline);
  provider.stop();
  EXPECT_EQ(provider.dispatch("MA", {}, kNoDeadline).error().code(), Errc::kUnavailable);
  EXPECT_EQ(dispatcher.calls().size(), 1u);
}

TEST(EventProvider, StopsOnlyAfterTheDispatchInProgress) {
  test::FakeDispatcher dispatcher;
  EventProvider provider(EventProvider::kHttp);
  std::latch running(1);
  std::latch go_on(1);
  bool returned = false;
  dispatcher.answer = [&](const Dispatch&) -> Result<Bytes> {
    running.count_down();
    go_on.wait();
    returned = true;
    return Bytes();
  };
  ASSERT_TRUE(provider.start(dispatcher));
  std::jthread call([&] { EXPECT_TRUE(provider.dispatch("MA", {}, kNoDeadline)); });
  running.wait();
  std::jthread release([&] { go_on.count_down(); });
  provider.stop();
  EXPECT_TRUE(returned);
}

}  // namespace
}  // namespace wascc::lambda
