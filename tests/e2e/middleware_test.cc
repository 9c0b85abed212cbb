// Metrics and traces on Lambda, as the real bootstrap-full tells them.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "base/file.h"
#include "base/json.h"
#include "claims/module.h"
#include "claims/nkey.h"
#include "support/fake_runtime_api.h"
#include "support/process.h"
#include "support/signed_vectors.h"

namespace wascc::test {
namespace {

namespace fs = std::filesystem;

// An actor that passes each event on to its key-value store, which knows no such operation.
class MiddlewareE2eTest : public testing::Test {
 protected:
  MiddlewareE2eTest()
      : folder_(testing::TempDir() + "wascc_middleware_" + std::to_string(::getpid())) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    claims::Claims claims;
    claims.subject = kModuleKey;
    claims.capabilities = {"awslambda:event", "wascc:keyvalue"};
    const auto actor = claims::sign_module(*hex_decode(kRelayModuleHex), claims,
                                           *claims::KeyPair::from_seed(kAccountSeed));
    EXPECT_TRUE(actor && write_file_atomically(folder_ + "/actor.wasm", *actor));
    const std::string manifest =
        "actors: [actor.wasm]\nbindings:\n  - {actor: " + std::string(kModuleKey) +
        ", capability: 'wascc:keyvalue'}\n";
    EXPECT_TRUE(write_file_atomically(folder_ + "/manifest.yaml", as_bytes(manifest)));
  }
  ~MiddlewareE2eTest() override { fs::remove_all(folder_); }

  std::vector<std::string> environment(std::vector<std::string> more) const {
    more.push_back("AWS_LAMBDA_RUNTIME_API=" + api_.address());
    more.push_back("LAMBDA_TASK_ROOT=" + folder_);
    more.emplace_back("AWS_LAMBDA_FUNCTION_NAME=shop");
    return more;
  }

  const std::string folder_;
  FakeRuntimeApi api_;
};

// Those of a text that are JSON.
std::vector<json::Document> lines(const std::string& text) {
  std::vector<json::Document> found;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    auto document = json::Document::parse(text.substr(at, end - at));
    EXPECT_TRUE(document) << text.substr(at, end - at);
    if (document) found.push_back(*std::move(document));
    at = end + 1;
  }
  return found;
}

TEST_F(MiddlewareE2eTest, MetricsAreALineOfTheirOwnOnStdoutBeforeTheAnswerOfEachEvent) {
  Process bootstrap({WASCC_BIN "/bootstrap-full"}, folder_, environment({"WASCC_METRICS=on"}));
  api_.queue({"one", "{}"});
  (void)api_.wait_for("one");
  const auto after_one = lines(bootstrap.output());
  ASSERT_EQ(after_one.size(), 1U) << "of the start and the first event";
  api_.queue({"two", "{}"});
  (void)api_.wait_for("two");
  const auto after_two = lines(bootstrap.output());
  ASSERT_EQ(after_two.size(), 2U);
  const json::View root = after_two[1].root();
  EXPECT_EQ(root["FunctionName"].string(), "shop");
  EXPECT_TRUE(root["_aws"]["Timestamp"].uint64());
  const auto count = [&](const std::string& name) {
    return root["wascc_" + name + "_inv_count"].uint64();
  };
  EXPECT_EQ(count("actor_total"), 1U) << "those since the line before";
  EXPECT_EQ(count("cap_total"), 1U);
  EXPECT_EQ(count(std::string(kModuleKey) + "_HandleEvent"), 1U);
  EXPECT_EQ(count("wascc:keyvalue_default_HandleEvent"), 1U);
  bootstrap.signal(SIGTERM);
  EXPECT_EQ(bootstrap.wait(), 0) << bootstrap.log();
}

TEST_F(MiddlewareE2eTest, SpansGoOnWithTheTraceThatLambdaTells) {
  Process bootstrap({WASCC_BIN "/bootstrap-full"}, folder_, environment({"WASCC_TRACING=on"}));
  api_.queue({"one",
              "{}",
              {{"Lambda-Runtime-Trace-Id",
                "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1"}}});
  (void)api_.wait_for("one");
  const std::string log = bootstrap.log();
  const std::string trace = "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=";
  const std::size_t store = log.find(trace), event = log.find(trace, store + 1);
  ASSERT_NE(event, std::string::npos) << log;
  EXPECT_NE(log.find("to=wascc:keyvalue,default", store), std::string::npos);
  const std::string event_span = log.substr(event + trace.size(), 16);
  EXPECT_EQ(log.find("parent_id=" + event_span, store), log.find("parent_id=", store)) << log;
  EXPECT_NE(log.find("parent_id=00f067aa0ba902b7 operation=HandleEvent", event), std::string::npos)
      << log;
  bootstrap.signal(SIGTERM);
  EXPECT_EQ(bootstrap.wait(), 0) << bootstrap.log();
}

TEST_F(MiddlewareE2eTest, NothingIsToldUnlessAskedFor) {
  Process bootstrap({WASCC_BIN "/bootstrap-full"}, folder_, environment({}));
  api_.queue({"one", "{}"});
  (void)api_.wait_for("one");
  bootstrap.signal(SIGTERM);
  EXPECT_EQ(bootstrap.wait(), 0) << bootstrap.log();
  EXPECT_EQ(bootstrap.output(), "");
}

}  // namespace
}  // namespace wascc::test
