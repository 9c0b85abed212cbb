#include "lambda/invocation_error.h"

#include <gtest/gtest.h>

#include "support/memory_log.h"

namespace wascc::lambda {
namespace {

TEST(InvocationError, IsCutToWhatLambdaTakes) {
  std::string message((64 << 10) - 1, 'a');
  EXPECT_EQ(invocation_error("Function.ActorError", Error(Errc::kGuest, message + "b")).message,
            message + "b");
  EXPECT_EQ(invocation_error("Function.ActorError", Error(Errc::kGuest, message + "é")).message,
            message)
      << "between two characters";
  const std::vector<std::string> frames(100, "frame");
  EXPECT_EQ(
      invocation_error("Function.ActorTrap", Error(Errc::kTrap, "", frames)).stack_trace.size(),
      64u);
}

TEST(InvocationError, IsOneRecordInTheLog) {
  test::MemoryLog log;
  log_failure(Log(log).with("requestId", "id"), {"Function.ActorError", "why", {}});
  log_failure(Log(log), {"Function.ActorTrap", "why", {"inner", "outer"}});
  EXPECT_EQ(
      log.lines(),
      (std::vector<std::string>{
          "error host event failed requestId=id errorType=Function.ActorError errorMessage=why",
          "error host event failed errorType=Function.ActorTrap errorMessage=why "
          "stackTrace=inner < outer"}));
}

}  // namespace
}  // namespace wascc::lambda
