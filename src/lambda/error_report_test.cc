#include "lambda/error_report.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/json.h"
#include "lambda/runtime_api.h"

namespace wascc::lambda {
namespace {

TEST(ErrorReport, TypesThatLambdaWouldReplaceAreReplacedHere) {
  EXPECT_EQ(reportable_type("Function.ActorTrap"), "Function.ActorTrap");
  EXPECT_EQ(reportable_type("Runtime.InternalError"), "Runtime.InternalError");
  for (const char* type :
       {"Function.", "Function.X", "Function.actor", "Function.V2", "Function.A b"})
    EXPECT_EQ(reportable_type(type), "Function.Unknown") << type;
  for (const char* type : {"", "Runtime.", "Other.Error", "InvocationError", "Runtime.A\r\nX: y"})
    EXPECT_EQ(reportable_type(type), "Runtime.Unknown") << type;
}

TEST(ErrorReport, LongMessagesAndTracesAreCut) {
  InvocationError error{
      "Function.ActorError", std::string(kMaxErrorMessageBytes - 1, 'x') + "üü", {}};
  for (int i = 0; i < 100; ++i) error.stack_trace.emplace_back(5000, 'f');
  const std::string body = error_body(error);
  const auto document = json::Document::parse(body);
  ASSERT_TRUE(document);
  const auto message = document->root()["errorMessage"].string().value();
  EXPECT_LE(message.size(), kMaxErrorMessageBytes);
  EXPECT_TRUE(message.ends_with("x…"));
  EXPECT_EQ(document->root()["stackTrace"].size(), kMaxStackFrames);
  EXPECT_LT(body.size(), 1U << 20);
}

TEST(ErrorReport, AnEmptyTraceIsLeftOut) {
  EXPECT_EQ(error_body({"Function.ActorError", "a\nb\xFF", {}}),
            "{\"errorMessage\":\"a\\nb\uFFFD\",\"errorType\":\"Function.ActorError\"}");
}

TEST(ErrorReport, TheCauseIsForSampledTracesOnly) {
  const InvocationError error{
      "Function.ActorTrap", "ünreachable \xF0\x9F\x98\x80\x7F\n", {"handle"}};
  EXPECT_EQ(error_cause(error, ""), "");
  EXPECT_EQ(error_cause(error, "Root=1-2-3;Sampled=0"), "");
  EXPECT_EQ(error_cause(error, "Root=1-2-3;Parent=4;Sampled=1"),
            R"({"working_directory":"/var/task","exceptions":[{"type":"Function.ActorTrap",)"
            R"("message":"\u00fcnreachable \ud83d\ude00\u007f\n","stack":[{"path":"module",)"
            R"("line":0,"label":"handle"}]}],"paths":["module"]})");
}

TEST(ErrorReport, ACauseIsNeverLongerThanItsLimit) {
  InvocationError error{"Function.ActorTrap", std::string(100'000, 'm'), {}};
  for (int i = 0; i < 100; ++i) error.stack_trace.emplace_back(5000, 'f');
  const std::string cause = error_cause(error, "Sampled=1");
  EXPECT_FALSE(cause.empty());
  EXPECT_LE(cause.size(), kMaxErrorCauseBytes);
  std::string wide;
  for (int i = 0; i < 5000; ++i) wide += "\x01";
  error.stack_trace.assign(64, wide);
  EXPECT_EQ(error_cause(error, "Sampled=1"), "");
}

}  // namespace
}  // namespace wascc::lambda
