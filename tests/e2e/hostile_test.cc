// The real executables with an actor that misbehaves on demand (tests/guests/hostile.wat): each
// misbehaviour ends in one error answer, and the next event gets its right answer from the same
// process.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "base/file.h"
#include "base/json.h"
#include "claims/module.h"
#include "claims/nkey.h"
#include "support/fake_runtime_api.h"
#include "support/guests.h"
#include "support/process.h"
#include "support/signed_vectors.h"

namespace wascc::test {
namespace {

namespace fs = std::filesystem;

// A folder with the signed module and its native code, as a function's task root.
std::string function_folder(const std::string& name, const Bytes& module,
                            const std::vector<std::string>& capabilities) {
  const std::string folder =
      testing::TempDir() + "wascc_e2e_" + name + "_" + std::to_string(::getpid());
  fs::remove_all(folder);
  fs::create_directories(folder);
  claims::Claims claims;
  claims.subject = kModuleKey;
  claims.issued_at = 1'600'000'000;
  claims.name = name;
  claims.capabilities = capabilities;
  const auto issuer = claims::KeyPair::from_seed(kAccountSeed);
  EXPECT_TRUE(issuer);
  const auto signed_module = claims::sign_module(module, claims, *issuer);
  EXPECT_TRUE(signed_module) << (signed_module ? "" : signed_module.error().message());
  EXPECT_TRUE(write_file_atomically(folder + "/actor.wasm", *signed_module));
  Process compile({WASCC_BIN "/wascc", "compile", folder + "/actor.wasm"}, folder, {});
  EXPECT_EQ(compile.wait(), 0) << compile.log();
  return folder;
}

std::int64_t in_ms(std::int64_t from_now) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
             .count() +
         from_now;
}

struct HostileTest : testing::TestWithParam<const char*> {
  Process start(const std::string& folder, const FakeRuntimeApi& api) {
    return Process({std::string(WASCC_BIN "/") + GetParam()}, folder,
                   {"AWS_LAMBDA_RUNTIME_API=" + api.address(), "LAMBDA_TASK_ROOT=" + folder,
                    "AWS_LAMBDA_FUNCTION_NAME=hostile"});
  }
};

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
  const std::string folder = function_folder(
      "hostile", guest("hostile"),
      {"awslambda:event", "wascc:logging", "wascc:extras", std::string(kModuleKey)});
  FakeRuntimeApi api;
  Process bootstrap = start(folder, api);
  // An event whose deadline has passed when it is fetched has none: the process must have started
  // before.
  api.queue({"warm", "\"-\""});
  api.wait_for("warm");
  for (const Case& c : cases) {
    SCOPED_TRACE(c.how);
    const std::string bad = std::string("bad-") + c.how, good = std::string("good-") + c.how;
    const std::string event = std::string("\"") + c.how + "\"";
    // Only the endless loop needs an end that is near; the others must end by themselves.
    const std::int64_t budget = c.how == 'a' ? 2'000 : 600'000;
    api.queue({bad, event, {{"Lambda-Runtime-Deadline-Ms", std::to_string(in_ms(budget))}}});
    const SeenRequest answer = api.wait_for(bad);
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
    api.queue({good, "\"-\""});
    const SeenRequest right = api.wait_for(good);
    EXPECT_TRUE(right.path.ends_with("/response")) << right.path << ": " << right.body;
    EXPECT_EQ(right.body, "\"-\"");
  }
  EXPECT_TRUE(bootstrap.running()) << bootstrap.log();
  EXPECT_EQ(api.seen(ApiCall::kInitError).size(), 0U);
  EXPECT_EQ(api.seen(ApiCall::kError).size() + api.seen(ApiCall::kResponse).size(),
            1 + 2 * std::size(cases));
}

TEST_P(HostileTest, EndsAtOnceWhenAStartFunctionTraps) {
  const std::string folder = function_folder(
      "start",
      assemble("(module (memory (export \"memory\") 1) (func (export \"_start\") unreachable)"
               " (func (export \"__guest_call\") (param i32 i32) (result i32) (i32.const 0)))"),
      {"awslambda:event"});
  FakeRuntimeApi api;
  Process bootstrap = start(folder, api);
  const SeenRequest report = api.wait_for_call(ApiCall::kInitError);
  EXPECT_EQ(report.header("Lambda-Runtime-Function-Error-Type"), "Runtime.ActorStartError")
      << report.body;
  EXPECT_EQ(bootstrap.wait(), 1) << bootstrap.log();
  EXPECT_EQ(api.seen(ApiCall::kNext).size(), 0U);
}

TEST_P(HostileTest, EndsWhenAStartFunctionDoesNot) {
  const std::string folder = function_folder(
      "endless",
      assemble("(module (memory (export \"memory\") 1) (func (export \"_start\") (loop $l (br $l)))"
               " (func (export \"__guest_call\") (param i32 i32) (result i32) (i32.const 0)))"),
      {"awslambda:event"});
  FakeRuntimeApi api;
  Process bootstrap = start(folder, api);
  const SeenRequest report = api.wait_for_call(ApiCall::kInitError);
  EXPECT_EQ(report.header("Lambda-Runtime-Function-Error-Type"), "Runtime.ActorStartError")
      << report.body;
  EXPECT_NE(report.body.find("stopped at the deadline"), std::string::npos) << report.body;
  EXPECT_EQ(bootstrap.wait(), 1) << bootstrap.log();
}

TEST_P(HostileTest, EndsWithExitCodeZeroOnSigterm) {
  const std::string folder =
      function_folder("sigterm", *hex_decode(kEchoModuleHex), {"awslambda:event"});
  FakeRuntimeApi api;
  Process bootstrap = start(folder, api);
  api.queue({"one", "\"x\""});
  EXPECT_EQ(api.wait_for("one").body, "\"x\"");
  api.wait_for_call(ApiCall::kNext, 2);
  bootstrap.signal(SIGTERM);
  EXPECT_EQ(bootstrap.wait(), 0) << bootstrap.log();
}

INSTANTIATE_TEST_SUITE_P(Executables, HostileTest, testing::Values("bootstrap", "bootstrap-full"),
                         [](const auto& instance) {
                           return std::string(instance.param) == "bootstrap" ? "Bootstrap"
                                                                             : "BootstrapFull";
                         });

}  // namespace
}  // namespace wascc::test
