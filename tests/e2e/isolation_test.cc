// Whether the real executables let an event see what the one before left behind: memory, globals
// and tables (tests/guests/traces.wat).
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "base/file.h"
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

class IsolationOnLambda : public testing::TestWithParam<std::string> {
 protected:
  // What the events find: one that leaves traces, one that looks, and both again.
  std::string found(const std::string& isolation) {
    claims::Claims claims;
    claims.subject = kModuleKey;
    claims.capabilities = {"awslambda:event"};
    const auto module =
        claims::sign_module(guest("traces"), claims, *claims::KeyPair::from_seed(kAccountSeed));
    EXPECT_TRUE(module && write_file_atomically(folder_ / "actor.wasm", *module));
    Process compile({WASCC_BIN "/wascc", "compile", folder_ / "actor.wasm"}, folder_.path(), {});
    EXPECT_EQ(compile.wait(), 0) << compile.log();
    const std::string manifest = "actors: [actor.wasm]\nruntime: {isolation: " + isolation + "}\n";
    EXPECT_TRUE(write_file_atomically(folder_ / "manifest.yaml", as_bytes(manifest)));

    FakeRuntimeApi api;
    Process bootstrap(
        {WASCC_BIN "/" + GetParam()}, folder_.path(),
        {"AWS_LAMBDA_RUNTIME_API=" + api.address(), "LAMBDA_TASK_ROOT=" + folder_.path()});
    api.watch([&]() -> std::optional<std::string> {
      if (bootstrap.running()) return std::nullopt;
      return bootstrap.log();
    });
    std::string all;
    for (const auto& [id, event] : {std::pair("a", "1"), {"b", "0"}, {"c", "1"}, {"d", "0"}}) {
      api.queue({id, event});
      all += api.wait_for(id).body + " ";
    }
    bootstrap.signal(SIGTERM);
    EXPECT_EQ(bootstrap.wait(), 0) << bootstrap.log();
    return all;
  }

  const TemporaryFolder folder_;
};

TEST_P(IsolationOnLambda, ByInvocationNoEventFindsAnythingOfTheLast) {
  EXPECT_EQ(found("invocation"), "dzsgvt ------ dzsgvt ------ ");
}

TEST_P(IsolationOnLambda, ByActorTheNextEventFindsWhatTheLastLeft) {
  EXPECT_EQ(found("actor"), "dzsgvt dzsgvt dzsgvt dzsgvt ");
}

INSTANTIATE_TEST_SUITE_P(Executables, IsolationOnLambda, kExecutables, ExecutableName());

}  // namespace
}  // namespace wascc::test
