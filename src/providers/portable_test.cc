#include "providers/portable.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "support/guests.h"
#include "support/memory_log.h"

namespace wascc::providers {
namespace {

struct PortableProviderTest : testing::Test {
  std::unique_ptr<engine::Engine> engine = test::real_engine();
  test::MemoryLog lines;

  Result<std::unique_ptr<Provider>> load(const Bytes& wasm, bool prov = true) {
    WASCC_TRY(engine::ModulePtr module, engine->compile(wasm));
    WASCC_TRY(auto guest, wapc::GuestModule::link(*engine, std::move(module)));
    claims::Claims claims;
    claims.subject = "MPROVIDER";
    claims.provider = prov;
    return PortableProvider::load(claims, std::move(guest), {}, Log(lines), kNoDeadline);
  }
  std::unique_ptr<Provider> provider() { return *load(test::guest("portable_provider")); }
  static Result<std::string> ask(Provider& provider, std::string_view operation,
                                 std::string_view payload) {
    WASCC_TRY(const Bytes answer,
              provider.handle_call({"MACTOR", operation, as_bytes(payload), kNoDeadline}));
    return to_text(answer);
  }
};

TEST_F(PortableProviderTest, DescribesItselfAndServesWhatActorsAsk) {
  const auto double_it = provider();
  EXPECT_EQ(double_it->descriptor().id, "test:double");
  EXPECT_TRUE(double_it->bind({"MACTOR", {{"URL", "x"}}}));
  EXPECT_EQ(*ask(*double_it, "double", "\x15"), "\x2a");
  EXPECT_EQ(lines.count("info provider called provider=MPROVIDER stream=stdout"), 1);
}

TEST_F(PortableProviderTest, PassesItsErrorsOnAndKeepsTheHostsOperationsToTheHost) {
  const auto double_it = provider();
  EXPECT_EQ(ask(*double_it, "nothing", "").error().message(), "bad dispatch");
  for (const char* operation : {"BindActor", "RemoveActor", "GetCapabilityDescriptor"})
    EXPECT_EQ(ask(*double_it, operation, "").error().code(), Errc::kDenied) << operation;
}

TEST_F(PortableProviderTest, EndsABindingThatTheModuleRefusesToEnd) {
  const auto double_it = provider();
  ASSERT_TRUE(double_it->bind({"MACTOR", {}}));
  EXPECT_TRUE(double_it->unbind("MACTOR"));
  EXPECT_EQ(lines.count("warn provider RemoveActor was refused"), 1);
}

TEST_F(PortableProviderTest, ServesOnAfterATrapWithItsBindingsAsBefore) {
  const auto double_it = provider();
  ASSERT_TRUE(double_it->bind({"MACTOR", {}}));
  ASSERT_TRUE(double_it->bind({"MOTHER", {}}));
  EXPECT_EQ(ask(*double_it, "trap", "").error().code(), Errc::kTrap);
  EXPECT_EQ(*ask(*double_it, "count", ""), "\x02");
}

TEST_F(PortableProviderTest, KeepsRepliesApartUnderParallelLoad) {
  constexpr int kThreads = 6, kCalls = 50;
  const auto double_it = provider();
  std::vector<std::string> wrong(kThreads);
  std::latch together(kThreads);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t)
      threads.emplace_back([&, t] {
        const auto at = static_cast<std::size_t>(t);
        const std::string actor = "M" + std::to_string(t);
        together.arrive_and_wait();
        for (int i = 0; i < kCalls; ++i) {
          if (!double_it->bind({actor, {}})) wrong[at] = "not bound";
          const auto answer =
              ask(*double_it, "double", std::string(1, static_cast<char>(10 * t + i % 10)));
          const std::string expected(1, static_cast<char>(2 * (10 * t + i % 10)));
          if (!answer || *answer != expected)
            wrong[at] = answer ? *answer : answer.error().message();
          if (i % 10 == 9 && ask(*double_it, "trap", "")) wrong[at] = "a trap was answered";
        }
      });
  }
  for (const std::string& text : wrong) EXPECT_EQ(text, "");
  EXPECT_EQ(lines.count("info provider called provider=MPROVIDER stream=stdout"),
            kThreads * kCalls);
}

struct Door final : Dispatcher {
  std::function<Result<Bytes>(const OwnCall&)> answer;
  Result<Bytes> dispatch(const Dispatch&) override { return Bytes(); }
  Result<Bytes> call(const OwnCall& call) override { return answer(call); }
};

TEST_F(PortableProviderTest, CallsOutInItsOwnNameWithTheDeadlineOfTheCallThatItServes) {
  const Deadline deadline = std::chrono::steady_clock::now() + std::chrono::hours(1);
  Door door;
  door.answer = [&](const OwnCall& call) -> Result<Bytes> {
    if (call.deadline != deadline) return Error(Errc::kInternal, "another deadline");
    return to_bytes(std::string(call.binding) + "|" + std::string(call.name_space) + "|" +
                    std::string(call.operation) + "|" + to_text(call.payload));
  };
  const auto caller = provider();
  ASSERT_TRUE(caller->start(door));
  const auto answer = caller->handle_call({"MACTOR", "host", as_bytes("größe"), deadline});
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(to_text(*answer), "|wascc:logging|wascc|größe");
  EXPECT_EQ(caller->claims()->subject, "MPROVIDER");
}

TEST_F(PortableProviderTest, RefusesACallThatComesBackToIt) {
  Door door;
  const auto caller = provider();
  door.answer = [&](const OwnCall&) {
    return caller->handle_call({"MACTOR", "double", as_bytes("a"), kNoDeadline});
  };
  ASSERT_TRUE(caller->start(door));
  EXPECT_EQ(ask(*caller, "host", "").error().message(),
            "waSCC Host Error: Refused a call that would wait for itself: provider MPROVIDER");
  EXPECT_EQ(*ask(*caller, "double", "\x15"), "\x2a");
}

TEST_F(PortableProviderTest, CallsNothingBeforeAHostHasTakenItUp) {
  const auto answer = ask(*provider(), "host", "");
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().message().find("Provider MPROVIDER attempted to call"),
            std::string::npos)
      << answer.error().message();
}

TEST_F(PortableProviderTest, RefusesAnActorAndAModuleThatDoesNotDescribeItself) {
  EXPECT_EQ(load(test::guest("portable_provider"), false).error().code(), Errc::kDenied);
  EXPECT_FALSE(load(test::guest("hostile")));
  const auto answers_no_message = test::assemble(R"((module
    (import "wapc" "__guest_response" (func $respond (param i32 i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\c1")
    (func (export "__guest_call") (param i32 i32) (result i32)
      (call $respond (i32.const 0) (i32.const 1))
      (i32.const 1))))");
  EXPECT_EQ(load(answers_no_message)
                .error()
                .message()
                .find("Serialization failure: GetCapabilityDescriptor: "),
            0U);
  const auto does_not_start = test::assemble(R"((module
    (memory (export "memory") 1)
    (func (export "wapc_init") unreachable)
    (func (export "__guest_call") (param i32 i32) (result i32) i32.const 1)))");
  EXPECT_EQ(load(does_not_start).error().message().find("waPC failure: start function wapc_init"),
            0U);
}

}  // namespace
}  // namespace wascc::providers
