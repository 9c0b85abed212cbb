#include "lambda/trace_environment.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace wascc::lambda {
namespace {

std::string variable() {
  const char* value = std::getenv("_X_AMZN_TRACE_ID");
  return value != nullptr ? value : "unset";
}

TEST(TraceEnvironment, IsSetOrUnsetForEachEvent) {
  {
    TraceEnvironment trace;
    EXPECT_EQ(variable(), "unset");
    trace.set("Root=1-2-3;Parent=4;Sampled=1");
    EXPECT_EQ(variable(), "Root=1-2-3;Parent=4;Sampled=1");
    trace.set("Root=5");
    EXPECT_EQ(variable(), "Root=5");
    trace.set("");
    EXPECT_EQ(variable(), "unset");
    trace.set(std::string(5000, 'x'));
    EXPECT_EQ(variable(), "unset");
    trace.set("Root=6");
    EXPECT_EQ(variable(), "Root=6");
    setenv("_X_AMZN_TRACE_ID", "of another", 1);
    trace.set("Root=7");
    EXPECT_EQ(variable(), "Root=7");
  }
  EXPECT_EQ(variable(), "unset");
}

}  // namespace
}  // namespace wascc::lambda
