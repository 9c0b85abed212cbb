#include "providers/logging.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/memory_log.h"
#include "wascc/messages/logging.h"

namespace wascc::providers {
namespace {

struct LoggingTest : testing::Test {
  test::MemoryLog log;
  LoggingProvider provider{Log(log)};

  std::string call(std::string_view operation, ByteView payload) {
    const auto answer = provider.handle_call({"MABC", operation, payload});
    return answer ? to_text(*answer) : answer.error().message();
  }
};

TEST_F(LoggingTest, WritesALineAtTheLevelThatTheActorSent) {
  struct Case {
    std::uint32_t level;
    const char* line;
  };
  constexpr Case kCases[] = {
      {1, "error actor [MABC] größer"},       {2, "warn actor [MABC] größer"},
      {3, "info actor [MABC] größer"},        {4, "debug actor [MABC] größer"},
      {5, "trace actor [MABC] größer"},       {0, "error actor Unknown log level: 0"},
      {6, "error actor Unknown log level: 6"}};
  for (const Case& c : kCases) {
    EXPECT_EQ(call(kOpWriteLog, encode(WriteLogRequest{c.level, "größer"})), "");
    EXPECT_EQ(log.lines().back(), c.line);
  }
}

TEST_F(LoggingTest, KnowsTheOperationsOtherName) {
  EXPECT_EQ(call(kOpWrite, encode(WriteLogRequest{2, "x"})), "");
  EXPECT_EQ(log.lines(), std::vector<std::string>{"warn actor [MABC] x"});
}

TEST_F(LoggingTest, TakesTheFormOf2021) {
  for (const char* level : {"error", "Warn", "INFO", "debug", "trace", "loud", "off"})
    EXPECT_EQ(call(kOpWriteLog, encode(NamedWriteLogRequest{"my::module", level, "x"})), "");
  EXPECT_EQ(log.lines(),
            (std::vector<std::string>{"error actor [MABC] x", "warn actor [MABC] x",
                                      "info actor [MABC] x", "debug actor [MABC] x",
                                      "trace actor [MABC] x", "error actor Unknown log level: loud",
                                      "error actor Unknown log level: off"}));
}

TEST_F(LoggingTest, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(call("Shout", {}), "Unknown operation: Shout");
  EXPECT_EQ(call(kOpWriteLog, as_bytes("\x81")).rfind("Failed to de-serialize: ", 0), 0U);
  EXPECT_TRUE(log.lines().empty());
}

}  // namespace
}  // namespace wascc::providers
