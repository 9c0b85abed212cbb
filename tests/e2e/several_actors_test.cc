// A function of two actors: the manifest chooses the one that gets the events, and that one passes
// each on to the other (tests/guests/hostile.wat), which misbehaves on demand.
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "claims/module.h"
#include "claims/nkey.h"
#include "support/executables.h"
#include "support/fake_runtime_api.h"
#include "support/guests.h"
#include "support/process.h"
#include "support/signed_vectors.h"
#include "support/temporary_folder.h"

namespace wascc::test {
namespace {

// The front actor has the key that hostile.wat calls for its own: its "call itself" comes back.
const std::string kFront(kModuleKey);
const std::string kBack("MB4OLDIC3TCZ4Q4TGGOVAZC43VXFE2JQVRAXQMQFXUCREOOFEKOKZTY2");

// Asks the actor behind it the same, under the same name, and answers what that says.
constexpr std::string_view kPassesOn = R"((module
  (import "wapc" "__guest_request" (func $request (param i32 i32)))
  (import "wapc" "__guest_response" (func $respond (param i32 i32)))
  (import "wapc" "__guest_error" (func $fail (param i32 i32)))
  (import "wapc" "__host_call" (func $call (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wapc" "__host_response_len" (func $length (result i32)))
  (import "wapc" "__host_response" (func $answer (param i32)))
  (import "wapc" "__host_error_len" (func $error_length (result i32)))
  (import "wapc" "__host_error" (func $error (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "MB4OLDIC3TCZ4Q4TGGOVAZC43VXFE2JQVRAXQMQFXUCREOOFEKOKZTY2")
  (func (export "__guest_call") (param i32 i32) (result i32)
    (call $request (i32.const 512) (i32.const 1024))
    (if (call $call (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 56)
                    (i32.const 512) (local.get 0) (i32.const 1024) (local.get 1))
      (then
        (call $answer (i32.const 1024))
        (call $respond (i32.const 1024) (call $length))
        (return (i32.const 1))))
    (call $error (i32.const 1024))
    (call $fail (i32.const 1024) (call $error_length))
    (i32.const 0))))";

struct SeveralActors : testing::TestWithParam<const char*> {
  void SetUp() override {
    write("front", assemble(kPassesOn), kFront, {"awslambda:event", kBack});
    write("back", guest("hostile"), kBack, {"awslambda:event", kFront});
    ASSERT_TRUE(write_file_atomically(
        folder_ / "manifest.yaml",
        as_bytes("actors: [back.wasm, front.wasm]\nruntime: {front: front, tracing: on}\n")));
    bootstrap_.emplace(std::vector{std::string(WASCC_BIN "/") + GetParam()}, folder_.path(),
                       std::vector{"AWS_LAMBDA_RUNTIME_API=" + api_.address(),
                                   "LAMBDA_TASK_ROOT=" + folder_.path()});
    api_.watch([this]() -> std::optional<std::string> {
      if (bootstrap_->running()) return std::nullopt;
      return bootstrap_->log();
    });
    expect_the_right_answer("first");
  }

  void write(const std::string& name, const Bytes& module, const std::string& key,
             const std::vector<std::string>& capabilities) {
    claims::Claims claims;
    claims.subject = key;
    claims.issued_at = 1'600'000'000;
    claims.name = name;
    claims.capabilities = capabilities;
    const auto actor =
        claims::sign_module(module, claims, *claims::KeyPair::from_seed(kAccountSeed));
    ASSERT_TRUE(actor) << actor.error().message();
    ASSERT_TRUE(write_file_atomically(folder_ / (name + ".wasm"), *actor));
    Process compile({WASCC_BIN "/wascc", "compile", folder_ / (name + ".wasm")}, folder_.path(),
                    {});
    ASSERT_EQ(compile.wait(), 0) << compile.log();
  }
  void expect_the_right_answer(const std::string& id) {
    api_.queue({id, "\"-\""});
    const SeenRequest answer = api_.wait_for(id);
    EXPECT_TRUE(answer.path.ends_with("/response")) << answer.path << ": " << answer.body;
    EXPECT_EQ(answer.body, "\"-\"");
  }
  // "errorType: errorMessage" of what an event is answered with.
  std::string failure(const FakeEvent& event) {
    api_.queue(event);
    const SeenRequest answer = api_.wait_for(event.request_id);
    EXPECT_TRUE(answer.path.ends_with("/error")) << answer.path << ": " << answer.body;
    const auto body = json::Document::parse(answer.body);
    if (!body) return answer.body;
    return std::string(body->root()["errorType"].string().value_or("")) + ": " +
           std::string(body->root()["errorMessage"].string().value_or(""));
  }

  const TemporaryFolder folder_;
  FakeRuntimeApi api_;
  std::optional<Process> bootstrap_;
};

TEST_P(SeveralActors, ACallThatComesBackIsRefusedAndTheNextEventServed) {
  const std::string told = failure({"cycle", "\"s\""});
  EXPECT_TRUE(told.starts_with("Function.ActorError: ")) << told;
  EXPECT_TRUE(told.ends_with(
      "Invocation failure: failed to invoke actor: Guest call failure: Error occurred during host "
      "call: waSCC Host Error: Refused a call that would wait for itself: " +
      kFront + " -> " + kBack + " -> " + kFront))
      << told;
  expect_the_right_answer("next");
}

TEST_P(SeveralActors, TheDeadlineOfTheEventStopsTheActorBehind) {
  const auto in_two_seconds = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch() + std::chrono::seconds(2));
  const std::string told =
      failure({"endless",
               "\"a\"",
               {{"Lambda-Runtime-Deadline-Ms", std::to_string(in_two_seconds.count())}}});
  EXPECT_TRUE(told.ends_with("stopped at the deadline")) << told;
  expect_the_right_answer("next");
}

TEST_P(SeveralActors, TheTraceOfTheEventTravelsWithTheCall) {
  api_.queue({"traced",
              "\"-\"",
              {{"Lambda-Runtime-Trace-Id",
                "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1"}}});
  (void)api_.wait_for("traced");
  const std::string log = bootstrap_->log();
  const std::string trace = "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=";
  const std::size_t inner = log.find(trace), outer = log.find(trace, inner + 1);
  ASSERT_NE(outer, std::string::npos) << log;
  const std::string outer_span = log.substr(outer + trace.size(), 16);
  EXPECT_EQ(log.substr(inner + trace.size() + 16, 113),
            " parent_id=" + outer_span + " operation=HandleEvent origin=" + kFront)
      << log;
  EXPECT_EQ(log.substr(outer + trace.size() + 16, 27), " parent_id=00f067aa0ba902b7") << log;
}

INSTANTIATE_TEST_SUITE_P(Executables, SeveralActors, kExecutables, ExecutableName());

}  // namespace
}  // namespace wascc::test
