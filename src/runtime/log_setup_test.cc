#include "runtime/log_setup.h"

#include <gtest/gtest.h>

#include <map>

#include "support/memory_log.h"

namespace wascc::runtime {
namespace {

manifest::Environment environment(std::map<std::string, std::string, std::less<>> variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

TEST(LogSetup, PrefersRustLogToLambdasLevelToInfo) {
  const LogFilter plain = log_filter(environment({}));
  EXPECT_TRUE(plain.enabled(LogLevel::kInfo, "host"));
  EXPECT_FALSE(plain.enabled(LogLevel::kDebug, "host"));

  const LogFilter lambda = log_filter(environment({{"AWS_LAMBDA_LOG_LEVEL", "FATAL"}}));
  EXPECT_TRUE(lambda.enabled(LogLevel::kError, "host"));
  EXPECT_FALSE(lambda.enabled(LogLevel::kWarn, "host"));

  const LogFilter unknown = log_filter(environment({{"AWS_LAMBDA_LOG_LEVEL", "größer"}}));
  EXPECT_TRUE(unknown.enabled(LogLevel::kInfo, "host"));

  const LogFilter rust = log_filter(
      environment({{"RUST_LOG", "warn,actor=debug"}, {"AWS_LAMBDA_LOG_LEVEL", "TRACE"}}));
  EXPECT_FALSE(rust.enabled(LogLevel::kInfo, "host"));
  EXPECT_TRUE(rust.enabled(LogLevel::kDebug, "actor"));

  const LogFilter empty =
      log_filter(environment({{"RUST_LOG", ""}, {"AWS_LAMBDA_LOG_LEVEL", "DEBUG"}}));
  EXPECT_TRUE(empty.enabled(LogLevel::kDebug, "host"));
}

TEST(LogSetup, WarnsOnceOfWordsInRustLogThatDoNothing) {
  test::MemoryLog log;
  warn_of_unknown_levels(environment({}), Log(log));
  warn_of_unknown_levels(environment({{"RUST_LOG", "warn,actor=debug"}}), Log(log));
  EXPECT_EQ(log.count(""), 0);
  warn_of_unknown_levels(environment({{"RUST_LOG", "inof,host=loud,warn"}}), Log(log));
  EXPECT_EQ(log.count(""), 1);
  EXPECT_EQ(log.count("words=2"), 1);
}

TEST(LogSetup, PrefersTheSettingToLambdasFormatToText) {
  const auto json = environment({{"AWS_LAMBDA_LOG_FORMAT", "JSON"}});
  EXPECT_EQ(log_format(std::nullopt, environment({})), LogFormat::kText);
  EXPECT_EQ(log_format(std::nullopt, json), LogFormat::kJson);
  EXPECT_EQ(log_format(LogFormat::kText, json), LogFormat::kText);
  EXPECT_EQ(log_format(LogFormat::kJson, environment({})), LogFormat::kJson);
}

}  // namespace
}  // namespace wascc::runtime
