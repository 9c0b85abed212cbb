#include "lambda/worker.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/incoming_trace.h"
#include "lambda/invocation_error.h"
#include "support/fake_dispatcher.h"
#include "support/manual_clock.h"
#include "support/memory_log.h"

namespace wascc::lambda {
namespace {

// Gives out the events of a test, then fails; keeps what is posted as "id response …" or
// "id error type message".
class FakeRuntimeApi final : public RuntimeApi {
 public:
  Result<Invocation> next() override {
    if (events.empty()) {
      if (at_end) at_end();
      return Error(Errc::kUnavailable, "GET next failed five times");
    }
    Invocation invocation = std::move(events.front());
    events.pop_front();
    return invocation;
  }
  Status respond(const Invocation& invocation, ByteView answer, std::string_view type) override {
    posted.push_back(invocation.request_id + " response " + std::string(type) + " " +
                     to_text(answer));
    return post_result;
  }
  Status fail(const Invocation& invocation, const InvocationError& error) override {
    posted.push_back(invocation.request_id + " error " + error.type + " " + error.message);
    return post_result;
  }

  std::deque<Invocation> events;
  std::function<void()> at_end;
  Status post_result;
  std::vector<std::string> posted;
};

class WorkerTest : public testing::Test {
 protected:
  WorkerTest() {
    EXPECT_TRUE(raw_.start(dispatcher_));
    EXPECT_TRUE(raw_.bind({"MA", {}}));
    dispatcher_.answer = [](const Dispatch&) { return encode(EventResponse{to_bytes("{}")}); };
  }

  Invocation& add(std::string id) {
    Invocation& invocation = api_.events.emplace_back();
    invocation.request_id = std::move(id);
    invocation.event = to_bytes("secret");
    return invocation;
  }

  int run(const WorkerSettings& settings = {}) {
    const EventHandler handler(http_, raw_, {});
    Worker worker(
        api_, handler, settings, [](const Invocation&) { ADD_FAILURE() << "gave up"; }, clock_,
        Log(log_));
    return worker.run(stop_.get_token());
  }

  test::ManualClock clock_;
  test::MemoryLog log_;
  test::FakeDispatcher dispatcher_;
  EventProvider http_{EventProvider::kHttp};
  EventProvider raw_{EventProvider::kRaw};
  FakeRuntimeApi api_;
  std::stop_source stop_;
};

TEST_F(WorkerTest, AnswersOneEventAfterTheOther) {
  add("1");
  add("2");
  run();
  EXPECT_EQ(api_.posted, (std::vector<std::string>{"1 response application/octet-stream {}",
                                                   "2 response application/octet-stream {}"}));
}

// What was posted when memory was given back.
TEST_F(WorkerTest, GivesMemoryBackOnceSmallEventsFollowALargeOne) {
  std::vector<std::size_t> given_back;
  const auto add_events = [this](int count, std::size_t bytes) {
    for (int i = 0; i < count; ++i) add("id").event.resize(bytes);
  };
  add_events(20, 100);
  add_events(1, SpareMemory::kLargeBytes);
  add_events(SpareMemory::kSmallEvents - 1, 100);
  add_events(1, SpareMemory::kLargeBytes);
  add_events(SpareMemory::kSmallEvents + 20, 100);
  WorkerSettings settings;
  settings.give_back = [&] { given_back.push_back(api_.posted.size()); };
  run(settings);
  EXPECT_EQ(given_back, (std::vector<std::size_t>{20 + 1 + 2 * SpareMemory::kSmallEvents}));
}

TEST_F(WorkerTest, ALargeAnswerIsALargeEvent) {
  bool large = true;
  dispatcher_.answer = [&large](const Dispatch&) {
    const std::size_t size = std::exchange(large, false) ? SpareMemory::kLargeBytes : 2;
    return encode(EventResponse{Bytes(size, std::byte{'1'})});
  };
  for (int i = 0; i <= SpareMemory::kSmallEvents; ++i) add("id");
  int given_back = 0;
  WorkerSettings settings;
  settings.give_back = [&] { ++given_back; };
  run(settings);
  EXPECT_EQ(given_back, 1);
}

TEST_F(WorkerTest, EndsWithOneWhenThereAreNoMoreEvents) {
  EXPECT_EQ(run(), 1);
  EXPECT_EQ(log_.count("error lambda"), 1);
  EXPECT_EQ(log_.count("GET next failed five times"), 1);
}

TEST_F(WorkerTest, EndsWithZeroWhenItIsToStop) {
  api_.at_end = [this] { stop_.request_stop(); };
  add("1");
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(api_.posted.size(), 1u);
  EXPECT_EQ(log_.count("error"), 0);
}

TEST_F(WorkerTest, FinishesTheEventInHandAndTakesNoOther) {
  dispatcher_.answer = [this](const Dispatch&) {
    stop_.request_stop();
    return encode(EventResponse{to_bytes("{}")});
  };
  add("1");
  add("2");
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(api_.posted.size(), 1u);
}

TEST_F(WorkerTest, EndsWithOneWhenAnAnswerFindsTheEnvironmentBroken) {
  api_.post_result = Error(Errc::kUnavailable, "POST response: 500");
  add("1");
  add("2");
  EXPECT_EQ(run(), 1);
  EXPECT_EQ(api_.posted.size(), 1u);
  EXPECT_EQ(log_.count("POST response: 500"), 1);
}

TEST_F(WorkerTest, PostsAFailureLogsItOnceAndGoesOn) {
  dispatcher_.answer = [&](const Dispatch&) -> Result<Bytes> {
    if (dispatcher_.calls().size() == 1) return Error(Errc::kTrap, "unreachable", {"frame"});
    return encode(EventResponse{to_bytes("{}")});
  };
  add("1").tenant_id = "blue";
  add("2");
  run();
  EXPECT_EQ(api_.posted,
            (std::vector<std::string>{
                "1 error Function.ActorTrap Guest MA failed to handle HandleEvent: unreachable",
                "2 response application/octet-stream {}"}));
  EXPECT_EQ(log_.count(
                "error lambda event failed requestId=1 tenantId=blue errorType=Function.ActorTrap"),
            1);
  EXPECT_EQ(log_.count("error lambda event failed"), 1);
  EXPECT_EQ(log_.count("secret"), 0);
}

TEST_F(WorkerTest, TurnsExceptionsIntoAnInternalError) {
  dispatcher_.answer = [&](const Dispatch&) -> Result<Bytes> {
    if (dispatcher_.calls().size() == 1) throw std::runtime_error("a bug");
    if (dispatcher_.calls().size() == 2) throw 7;
    return encode(EventResponse{to_bytes("{}")});
  };
  add("1");
  add("2");
  add("3");
  run();
  EXPECT_EQ(api_.posted,
            (std::vector<std::string>{"1 error Runtime.InternalError the runtime failed: a bug",
                                      "2 error Runtime.InternalError the runtime failed",
                                      "3 response application/octet-stream {}"}));
}

TEST_F(WorkerTest, EndsWithOneWhenMemoryRunsOut) {
  dispatcher_.answer = [](const Dispatch&) -> Result<Bytes> { throw std::bad_alloc(); };
  add("1");
  testing::internal::CaptureStderr();
  EXPECT_EQ(run(), 1);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "level=error msg=\"out of memory, the process ends\"\n");
}

TEST_F(WorkerTest, StopsTheActorBeforeThePlatformDoes) {
  const Deadline platform = clock_.steady_now() + std::chrono::hours(1);
  add("1").deadline = platform;
  add("2").deadline = platform;
  add("3");
  run();
  WorkerSettings settings;
  settings.deadline_margin = std::chrono::milliseconds(700);
  add("4").deadline = platform;
  run(settings);
  const auto calls = dispatcher_.calls();
  ASSERT_EQ(calls.size(), 4u);
  EXPECT_EQ(calls[0].deadline, platform - std::chrono::milliseconds(100));
  EXPECT_EQ(calls[1].deadline, platform - std::chrono::milliseconds(100));
  EXPECT_EQ(calls[2].deadline, kNoDeadline);
  EXPECT_EQ(calls[3].deadline, platform - std::chrono::milliseconds(700));
}

TEST_F(WorkerTest, SaysThatAnEventWasHandledBeforeItsAnswerIsPosted) {
  add("1");
  add("2");
  std::vector<std::size_t> posted;
  WorkerSettings settings;
  settings.handled = [&] { posted.push_back(api_.posted.size()); };
  (void)run(settings);
  EXPECT_EQ(posted, (std::vector<std::size_t>{0, 1}));
}

TEST_F(WorkerTest, KeepsWhatIsSaidOfAnEventsTraceWhileItIsHandled) {
  add("1").trace_id = "Root=1";
  add("2").client_context = R"({"w3c":{"traceparent":"größe","tracestate":1}})";
  add("3").client_context = "{";
  std::vector<std::string> kept;
  WorkerSettings settings;
  dispatcher_.answer = [&](const Dispatch&) {
    const IncomingTrace* const trace = IncomingTraceScope::current();
    kept.push_back(trace ? trace->xray + "|" + trace->traceparent + "|" + trace->tracestate : "-");
    return encode(EventResponse{to_bytes("{}")});
  };
  settings.keep_trace = true;
  (void)run(settings);
  add("4").trace_id = "Root=4";
  (void)run();
  EXPECT_EQ(kept, (std::vector<std::string>{"Root=1||", "|größe|", "||", "-"}));
  EXPECT_EQ(IncomingTraceScope::current(), nullptr);
}

TEST_F(WorkerTest, SetsTheTraceVariableForEachEventIfItIsAlone) {
  std::vector<std::string> seen;
  dispatcher_.answer = [&](const Dispatch&) {
    const char* value = std::getenv("_X_AMZN_TRACE_ID");
    seen.emplace_back(value != nullptr ? value : "unset");
    return encode(EventResponse{});
  };
  add("1").trace_id = "Root=1";
  add("2");
  run();
  WorkerSettings settings;
  settings.set_trace_variable = false;
  add("3").trace_id = "Root=3";
  run(settings);
  EXPECT_EQ(seen, (std::vector<std::string>{"Root=1", "unset", "unset"}));
}

}  // namespace
}  // namespace wascc::lambda
