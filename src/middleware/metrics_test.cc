#include "middleware/metrics.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "support/manual_clock.h"
#include "support/memory_log.h"

namespace wascc::middleware {
namespace {

constexpr Entity kActor{"MABC", {}, {}};
constexpr Entity kStore{{}, "wascc:keyvalue", "my store"};

struct MetricsTest : testing::Test {
  test::ManualClock clock;
  test::MemoryLog log;
  Metrics metrics{clock, Log(log)};

  // A call that takes so long.
  Result<Bytes> call(const Entity& target, std::string_view operation,
                     std::chrono::microseconds time, Result<Bytes> answer = Bytes()) {
    struct Call final : Middleware::Next {
      std::function<Result<Bytes>()> run;
      Result<Bytes> operator()(ByteView) override { return run(); }
    } next;
    next.run = [&] {
      clock.advance(time);
      return answer;
    };
    return metrics.around({{"system", {}, {}}, target, operation, {}, kNoDeadline}, next).answer;
  }
  bool tells(const std::string& line) const {
    return ("\n" + metrics.text()).find("\n" + line + "\n") != std::string::npos;
  }
};

TEST_F(MetricsTest, CountsCallsByTargetAndOperationUnderTheNamesOfTheOriginal) {
  (void)call(kActor, "HandleRequest", std::chrono::milliseconds(4));
  (void)call(kActor, "HandleRequest", std::chrono::milliseconds(2));
  (void)call(kActor, "größe", std::chrono::milliseconds(0));
  (void)call(kStore, "Get", std::chrono::microseconds(1500));
  EXPECT_TRUE(tells("# TYPE wascc_actor_total_inv_count counter"));
  EXPECT_TRUE(tells("# TYPE wascc_actor_total_average_inv_time gauge"));
  EXPECT_TRUE(tells("wascc_actor_total_inv_count 3"));
  EXPECT_TRUE(tells("wascc_actor_total_average_inv_time 2.000"));
  EXPECT_TRUE(tells("wascc_MABC_inv_count 3"));
  EXPECT_TRUE(tells("wascc_MABC_HandleRequest_inv_count 2"));
  EXPECT_TRUE(tells("wascc_MABC_HandleRequest_average_inv_time 3.000"));
  EXPECT_TRUE(tells("wascc_MABC_gr____e_inv_count 1")) << metrics.text();
  EXPECT_TRUE(tells("wascc_cap_total_inv_count 1"));
  EXPECT_TRUE(tells("wascc_wascc:keyvalue_my_store_inv_count 1"));
  EXPECT_TRUE(tells("wascc_wascc:keyvalue_my_store_Get_average_inv_time 1.500"));
}

TEST_F(MetricsTest, SumsAreThereBeforeTheFirstCall) {
  EXPECT_TRUE(tells("wascc_actor_total_inv_count 0"));
  EXPECT_TRUE(tells("wascc_cap_total_average_inv_time 0.000"));
}

TEST_F(MetricsTest, AFailedCallIsACallAndItsErrorPasses) {
  const auto answer =
      call(kActor, "Op", std::chrono::milliseconds(1), Error(Errc::kGuest, "größer"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message(), "größer");
  EXPECT_TRUE(tells("wascc_MABC_Op_inv_count 1"));
}

TEST_F(MetricsTest, TheAverageIsOverAWindowOfAHundredCalls) {
  for (int i = 0; i < 100; ++i) (void)call(kActor, "Op", std::chrono::milliseconds(10));
  EXPECT_TRUE(tells("wascc_MABC_Op_average_inv_time 10.000"));
  (void)call(kActor, "Op", std::chrono::milliseconds(110));
  EXPECT_TRUE(tells("wascc_MABC_Op_average_inv_time 11.000")) << "(10 * 99 + 110) / 100";
}

TEST_F(MetricsTest, RecentCallsAreThoseSinceTheLastTime) {
  (void)call(kActor, "Op", std::chrono::milliseconds(1));
  (void)call(kActor, "Op", std::chrono::milliseconds(3));
  const auto samples = metrics.take_recent();
  ASSERT_EQ(samples.size(), 3U);
  EXPECT_EQ(samples[1].name, "wascc_MABC_Op");
  EXPECT_EQ(samples[1].calls, 2U);
  EXPECT_DOUBLE_EQ(samples[1].average_ms, 2);
  EXPECT_TRUE(metrics.take_recent().empty());
  EXPECT_TRUE(tells("wascc_MABC_Op_inv_count 2")) << "what is read since the start stays";
}

TEST_F(MetricsTest, AnActorCannotFillTheMemoryWithNamesOfOperations) {
  for (std::size_t i = 0; i < kMaxMetrics + 10; ++i)
    (void)call(kStore, std::to_string(i), std::chrono::milliseconds(0));
  EXPECT_TRUE(tells("wascc_cap_total_inv_count " + std::to_string(kMaxMetrics + 10)));
  EXPECT_EQ(metrics.take_recent().size(), kMaxMetrics - 1) << "there is a sum without calls";
  EXPECT_EQ(log.count("warn host too many operations"), 1);
}

TEST_F(MetricsTest, ALongNameIsCut) {
  (void)call(kActor, std::string(5000, 'x'), std::chrono::milliseconds(0));
  EXPECT_TRUE(tells("wascc_MABC_" + std::string(100, 'x') + "_inv_count 1"));
}

TEST_F(MetricsTest, CountsParallelCallsToTheLast) {
  struct Nothing final : Middleware::Next {
    Result<Bytes> operator()(ByteView) override { return Bytes(); }
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        Nothing next;
        for (int call = 0; call < 500; ++call)
          (void)metrics.around({{}, kActor, "Op", {}, kNoDeadline}, next);
      });
  }
  EXPECT_TRUE(tells("wascc_MABC_Op_inv_count 2000"));
}

}  // namespace
}  // namespace wascc::middleware
