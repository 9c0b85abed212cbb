#include "manifest/settings.h"

#include <gtest/gtest.h>

#include <map>

namespace wascc::manifest {
namespace {

const std::string kKey = "AAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZV";

Environment environment(std::map<std::string, std::string, std::less<>> variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

TEST(Settings, TakeOnlyValuesThatMeanSomething) {
  struct Case {
    const char* name;
    std::vector<std::string> values;
    const char* error;  // a part of it; absent: accepted
  };
  const Case cases[] = {
      {"trusted_issuers", {kKey}, nullptr},
      {"trusted_issuers", {kKey, kKey}, nullptr},
      {"trusted_issuers", {}, "empty list"},
      {"trusted_issuers", {""}, "account keys"},
      {"trusted_issuers", {"M" + kKey.substr(1)}, "account keys"},
      {"trusted_issuers", {kKey + "A"}, "account keys"},
      {"trusted_packagers", {kKey}, nullptr},
      {"error_policy", {"error"}, nullptr},
      {"error_policy", {"http_500"}, nullptr},
      {"error_policy", {"HTTP_500"}, "must be error or http_500, not 'HTTP_500'"},
      {"deadline_margin_ms", {"0"}, nullptr},
      {"deadline_margin_ms", {"60000"}, nullptr},
      {"deadline_margin_ms", {"60001"}, "a whole number from 0 to 60000"},
      {"deadline_margin_ms", {"-1"}, "a whole number"},
      {"request_timeout_ms", {"1"}, nullptr},
      {"request_timeout_ms", {"0"}, "a whole number from 1 to 3600000"},
      {"deadline_margin_ms", {"1.5"}, "a whole number"},
      {"deadline_margin_ms", {"99999999999999999999"}, "a whole number"},
      {"memory_limit_mb", {"64"}, nullptr},
      {"memory_limit_mb", {"0"}, "from 1 to 4096"},
      {"memory_limit_mb", {"5000"}, "from 1 to 4096"},
      {"log_format", {"json"}, nullptr},
      {"log_format", {"xml"}, "text or json"},
      {"front", {"grüße.wasm"}, nullptr},
      {"metrics", {"on"}, nullptr},
      {"tracing", {"off"}, nullptr},
      {"tracing", {"1"}, "must be on or off"},
      {"metrics", {"yes"}, "must be on or off"},
      {"isolation", {"invocation"}, nullptr},
      {"isolation", {"none"}, "actor or invocation"},
      {"stage_in_path", {"keep"}, nullptr},
      {"stage_in_path", {"yes"}, "strip or keep"},
      {"base_path", {"/shop/"}, nullptr},
      {"base_path", {"/"}, nullptr},
      {"base_path", {"shop"}, "begins with '/'"},
      {"base_path", {"/shop?x"}, "without '?'"},
      {"context_headers", {"on"}, nullptr},
      {"context_headers", {"maybe"}, "on or off"},
      {"register_extension", {"off"}, nullptr},
      {"front", {"a", "b"}, "one value, not a list"},
      {"trusted_isuers", {kKey}, "unknown setting 'trusted_isuers'; there are trusted_issuers, "},
  };
  for (const Case& c : cases) {
    Settings settings;
    const Status status = set(settings, c.name, c.values);
    EXPECT_EQ(bool(status), c.error == nullptr) << c.name;
    if (!status && c.error != nullptr) {
      EXPECT_NE(status.error().message().find(c.error), std::string::npos)
          << status.error().message();
    }
  }
}

TEST(Settings, ComeFromTheEnvironmentBeforeTheManifest) {
  Settings settings;
  ASSERT_TRUE(set(settings, "front", {"one"}));
  ASSERT_TRUE(set(settings, "isolation", {"invocation"}));
  ASSERT_TRUE(set_from_environment(settings, environment({{"WASCC_FRONT", "two"},
                                                          {"WASCC_ISOLATION", ""},
                                                          {"WASCC_BASE_PATH", "/v1/"},
                                                          {"WASCC_DEADLINE_MARGIN_MS", "250"},
                                                          {"WASCC_LOG_FORMAT", "json"},
                                                          {"WASCC_CONTEXT_HEADERS", "on"},
                                                          {"WASCC_REGISTER_EXTENSION", "off"}})));
  EXPECT_EQ(settings.front, "two");
  EXPECT_EQ(settings.isolation, Isolation::kInvocation) << "set to nothing is as good as not set";
  EXPECT_EQ(settings.base_path, "/v1");
  EXPECT_EQ(settings.deadline_margin, std::chrono::milliseconds(250));
  EXPECT_EQ(settings.log_format, LogFormat::kJson);
  EXPECT_TRUE(settings.context_headers);
  EXPECT_FALSE(settings.register_extension);
}

TEST(Settings, SplitListsOfTheEnvironmentAtCommas) {
  Settings settings;
  ASSERT_TRUE(set_from_environment(
      settings, environment({{"WASCC_TRUSTED_ISSUERS", " " + kKey + " ,, " + kKey + ","}})));
  EXPECT_EQ(settings.trusted_issuers, (std::vector<std::string>{kKey, kKey}));
}

TEST(Settings, NameTheVariableThatIsWrong) {
  Settings settings;
  const Status status =
      set_from_environment(settings, environment({{"WASCC_MEMORY_LIMIT_MB", "lots"}}));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message(),
            "environment variable WASCC_MEMORY_LIMIT_MB: must be a whole number from 1 to 4096, "
            "not 'lots'");
  EXPECT_FALSE(set_from_environment(settings, environment({{"WASCC_TRUSTED_ISSUERS", ","}})))
      << "a list of nothing must not mean that everybody is trusted";
}

}  // namespace
}  // namespace wascc::manifest
