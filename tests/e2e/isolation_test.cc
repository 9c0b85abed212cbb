// Whether the real executables let an event see what the one before left behind: memory, globals
// and tables (tests/guests/traces.wat).
#include <gtest/gtest.h>

#include <string>

#include "function_fixture.h"
#include "support/executables.h"
#include "support/guests.h"

namespace wascc::test {
namespace {

struct IsolationOnLambda : FunctionTest {
  // What the events find: one that leaves traces, one that looks, and both again.
  std::string found(const std::string& isolation) {
    write_function(folder_, guest("traces"), {"awslambda:event"});
    const std::string manifest = "actors: [actor.wasm]\nruntime: {isolation: " + isolation + "}\n";
    EXPECT_TRUE(write_file_atomically(folder_ / "manifest.yaml", as_bytes(manifest)));
    Process& bootstrap = start();
    std::string all;
    for (const auto& [id, event] : {std::pair("a", "1"), {"b", "0"}, {"c", "1"}, {"d", "0"}}) {
      api_.queue({id, event});
      all += api_.wait_for(id).body + " ";
    }
    bootstrap.signal(SIGTERM);
    EXPECT_EQ(bootstrap.wait(), 0) << bootstrap.log();
    return all;
  }
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
