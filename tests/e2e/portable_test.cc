// A portable provider on Lambda: the example tally-cpp and the actor turnstile-cpp, run by the real
// bootstrap from native code.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/file.h"
#include "claims/module.h"
#include "support/executables.h"
#include "support/fake_runtime_api.h"
#include "support/process.h"
#include "support/temporary_folder.h"

namespace wascc::test {
namespace {

namespace fs = std::filesystem;

class PortableTest : public testing::TestWithParam<std::string> {
 protected:
  // Copies an example there, with native code, and answers its key.
  std::string take(const std::string& name) {
    const std::string path = folder_ + "/" + name + ".wasm";
    fs::copy_file(WASCC_ACTORS "/" + name + ".wasm", path);
    Process compile({WASCC_BIN "/wascc", "compile", path}, folder_, {});
    EXPECT_EQ(compile.wait(), 0) << compile.log();
    const auto wasm = read_file(path, 1 << 24);
    const auto claims = claims::verify_module(*wasm, std::chrono::system_clock::now(), {});
    EXPECT_TRUE(claims);
    return claims ? claims->subject : "";
  }

  const TemporaryFolder temporary_;
  const std::string folder_ = temporary_.path();
};

TEST_P(PortableTest, CountsForTheActorThatIsBoundToIt) {
  if (!fs::exists(WASCC_ACTORS "/tally-cpp.wasm")) GTEST_SKIP() << "no tools for actors in C++";
  const std::string manifest =
      "actors: [turnstile-cpp.wasm]\ncapabilities:\n"
      "  - {path: tally-cpp.wasm, environment: {TALLY_STEP: 7}}\n"
      "bindings:\n  - {actor: " +
      take("tally-cpp") + ", capability: 'wascc:keyvalue'}\n  - {actor: " + take("turnstile-cpp") +
      ", capability: 'example:tally'}\n";
  ASSERT_TRUE(write_file_atomically(folder_ + "/manifest.yaml", as_bytes(manifest)));
  FakeRuntimeApi api;
  Process bootstrap({WASCC_BIN "/" + GetParam()}, folder_,
                    {"AWS_LAMBDA_RUNTIME_API=" + api.address(), "LAMBDA_TASK_ROOT=" + folder_});
  for (const auto& [id, count] : {std::pair("one", "7"), std::pair("two", "14")}) {
    api.queue({id, R"({"version":"2.0","rawPath":"/a","rawQueryString":"","headers":{},
      "requestContext":{"http":{"method":"GET","path":"/a"}},"isBase64Encoded":false})"});
    const SeenRequest answer = api.wait_for(id);
    EXPECT_NE(answer.body.find(std::string(R"({\"count\":)") + count + "}"), std::string::npos)
        << answer.body << bootstrap.log();
  }
  bootstrap.signal(SIGTERM);
  EXPECT_EQ(bootstrap.wait(), 0);
}

INSTANTIATE_TEST_SUITE_P(Executables, PortableTest, kExecutables, ExecutableName());

}  // namespace
}  // namespace wascc::test
