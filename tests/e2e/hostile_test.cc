// The real executables with an actor that misbehaves on demand (tests/guests/hostile.wat): each
// misbehaviour ends in one error answer, and the next event gets its right answer from the same
// process.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "function_fixture.h"
#include "support/executables.h"
#include "support/guests.h"

namespace wascc::test {
namespace {

std::int64_t in_ms(std::int64_t from_now) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
             .count() +
         from_now;
}

struct HostileTest : FunctionTest {};

TEST_P(HostileTest, AnswersEachMisbehaviourWithOneErrorAndTheNextEventRight) {
  struct Case {
    char how;
    const char* error;  // empty: the right answer all the same
  };
  const Case cases[] = {{'a', "Function.ActorTimeout"},
                        {'b', "Function.ActorOutOfMemory"},
                        {'c', "Function.ActorTrap"},
                        {'d', "Function.ActorTrap"},
                        {'e', "Function.ActorTrap"},
                        {'f', "Function.ActorTrap"},
                        {'g', "Function.ActorTrap"},
                        {'h', "Function.ActorTrap"},
                        {'i', "Function.ActorTrap"},
                        {'j', "Function.ActorTrap"},
                        {'k', "Function.ActorTrap"},
                        {'l', "Function.ActorTrap"},
                        {'m', "Function.ActorTrap"},
                        {'n', "Function.ActorError"},
                        {'o', "Function.ActorError"},
                        {'p', "Function.ActorError"},
                        {'q', ""},
                        {'r', "Function.ActorTrap"},
                        {'s', "Function.ActorError"},
                        {'t', "Function.InvalidActorReply"},
                        {'w', "Function.ActorTrap"}};
  write_function(folder_, guest("hostile"),
                 {"awslambda:event", "wascc:logging", "wascc:extras", std::string(kModuleKey)});
  Process& bootstrap = start();
  // An event whose deadline has passed when it is fetched has none: the process must have started
  // before.
  api_.queue({"warm", "\"-\""});
  api_.wait_for("warm");
  for (const Case& c : cases) {
    SCOPED_TRACE(c.how);
    const std::string bad = std::string("bad-") + c.how, good = std::string("good-") + c.how;
    const std::string event = std::string("\"") + c.how + "\"";
    // Only the endless loop needs an end that is near; the others must end by themselves.
    const std::int64_t budget = c.how == 'a' ? 2'000 : 600'000;
    api_.queue({bad, event, {{"Lambda-Runtime-Deadline-Ms", std::to_string(in_ms(budget))}}});
    const SeenRequest answer = api_.wait_for(bad);
    if (*c.error == '\0') {
      EXPECT_TRUE(answer.path.ends_with("/response")) << answer.path;
      EXPECT_EQ(answer.body, event);
    } else {
      EXPECT_TRUE(answer.path.ends_with("/error")) << answer.path << ": " << answer.body;
      EXPECT_EQ(answer.header("Lambda-Runtime-Function-Error-Type"), c.error) << answer.body;
      const auto body = json::Document::parse(answer.body);
      ASSERT_TRUE(body) << answer.body;
      EXPECT_EQ(body->root()["errorType"].string(), c.error);
    }
    api_.queue({good, "\"-\""});
    const SeenRequest right = api_.wait_for(good);
    EXPECT_TRUE(right.path.ends_with("/response")) << right.path << ": " << right.body;
    EXPECT_EQ(right.body, "\"-\"");
  }
  EXPECT_TRUE(bootstrap.running()) << bootstrap.log();
  EXPECT_EQ(api_.seen(ApiCall::kInitError).size(), 0U);
  EXPECT_EQ(api_.seen(ApiCall::kError).size() + api_.seen(ApiCall::kResponse).size(),
            1 + 2 * std::size(cases));
}

TEST_P(HostileTest, EndsAtOnceWhenAStartFunctionTraps) {
  write_function(
      folder_,
      assemble("(module (memory (export \"memory\") 1) (func (export \"_start\") unreachable)"
               " (func (export \"__guest_call\") (param i32 i32) (result i32) (i32.const 0)))"),
      {"awslambda:event"});
  Process& bootstrap = start();
  const SeenRequest report = api_.wait_for_call(ApiCall::kInitError);
  EXPECT_EQ(report.header("Lambda-Runtime-Function-Error-Type"), "Runtime.ActorStartError")
      << report.body;
  EXPECT_EQ(bootstrap.wait(), 1) << bootstrap.log();
  EXPECT_EQ(api_.seen(ApiCall::kNext).size(), 0U);
}

TEST_P(HostileTest, EndsWhenAStartFunctionDoesNot) {
  write_function(
      folder_,
      assemble("(module (memory (export \"memory\") 1) (func (export \"_start\") (loop $l (br $l)))"
               " (func (export \"__guest_call\") (param i32 i32) (result i32) (i32.const 0)))"),
      {"awslambda:event"});
  Process& bootstrap = start();
  const SeenRequest report = api_.wait_for_call(ApiCall::kInitError);
  EXPECT_EQ(report.header("Lambda-Runtime-Function-Error-Type"), "Runtime.ActorStartError")
      << report.body;
  EXPECT_NE(report.body.find("stopped at the deadline"), std::string::npos) << report.body;
  EXPECT_EQ(bootstrap.wait(), 1) << bootstrap.log();
}

TEST_P(HostileTest, EndsWithExitCodeZeroOnSigterm) {
  write_function(folder_, *hex_decode(kEchoModuleHex), {"awslambda:event"});
  Process& bootstrap = start();
  api_.queue({"one", "\"x\""});
  EXPECT_EQ(api_.wait_for("one").body, "\"x\"");
  api_.wait_for_call(ApiCall::kNext, 2);
  bootstrap.signal(SIGTERM);
  EXPECT_EQ(bootstrap.wait(), 0) << bootstrap.log();
}

TEST_P(HostileTest, EndsWithTheReasonWhereNoActorTakesEvents) {
  write_function(folder_, *hex_decode(kEchoModuleHex), {"wascc:logging", "wascc:keyvalue"});
  Process& bootstrap = start();
  const SeenRequest report = api_.wait_for_call(ApiCall::kInitError);
  EXPECT_EQ(report.header("Lambda-Runtime-Function-Error-Type"), "Runtime.InvalidConfiguration");
  EXPECT_NE(report.body.find("no actor is authorised for wascc:http_server or awslambda:event"),
            std::string::npos)
      << report.body;
  EXPECT_EQ(bootstrap.wait(), 1) << bootstrap.log();
  EXPECT_EQ(api_.seen(ApiCall::kInitError).size(), 1U);
  EXPECT_EQ(api_.seen(ApiCall::kNext).size(), 0U);
  EXPECT_NE(bootstrap.log().find("no actor is authorised"), std::string::npos) << bootstrap.log();
}

TEST_P(HostileTest, EndsWithTheReasonWhereNobodyIsTheRuntimeApi) {
  write_function(folder_, *hex_decode(kEchoModuleHex), {"awslambda:event"});
  std::string address;
  {
    const FakeRuntimeApi gone;
    address = gone.address();
  }
  Process bootstrap({std::string(WASCC_BIN "/") + GetParam()}, folder_.path(),
                    {"AWS_LAMBDA_RUNTIME_API=" + address, "LAMBDA_TASK_ROOT=" + folder_.path()});
  EXPECT_EQ(bootstrap.wait(), 1) << bootstrap.log();
  EXPECT_NE(bootstrap.log().find("level=error"), std::string::npos) << bootstrap.log();
  EXPECT_NE(bootstrap.log().find("connect to " + address + ": refused: Connection refused"),
            std::string::npos)
      << bootstrap.log();
}

TEST_P(HostileTest, AWaitForAProgramThatHasEndedIsAFailedTest) {
  write_function(folder_, *hex_decode(kEchoModuleHex), {"wascc:logging"});  // nobody takes events
  EXPECT_EQ(start().wait(), 1);
  EXPECT_NONFATAL_FAILURE(api_.wait_for("never"), "waiting for a program that has ended");
}

INSTANTIATE_TEST_SUITE_P(Executables, HostileTest, kExecutables, ExecutableName());

}  // namespace
}  // namespace wascc::test
