#include "runtime/secrets.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>

#include "support/scripted_server.h"
#include "support/temporary_folder.h"

namespace wascc::runtime {
namespace {

namespace fs = std::filesystem;
using manifest::Secret;
using test::http_reply;
using test::SeenRequest;

struct SecretsTest : testing::Test {
  const test::TemporaryFolder temporary;
  const fs::path folder = temporary.path();
  Deployment deployment;
  std::map<std::string, std::string, std::less<>> variables;
  manifest::Binding binding;

  void SetUp() override { binding.values = {{"PLAIN", "text"}}; }

  // The values afterwards, or the error.
  std::string look_up(Secret::From from, const std::string& name) {
    binding.secrets = {{"KEY", from, name, "manifest.yaml:7:5"}};
    const auto environment = [&](std::string_view key) -> std::optional<std::string> {
      const auto found = variables.find(key);
      if (found == variables.end()) return std::nullopt;
      return found->second;
    };
    if (auto done = look_up_secrets(binding, deployment, environment); !done)
      return done.error().message();
    std::string all;
    for (const auto& [key, value] : binding.values) all += key + "=" + value + ";";
    return all;
  }
  void use(const test::ScriptedServer& extension) {
    variables["PARAMETERS_SECRETS_EXTENSION_HTTP_PORT"] = std::to_string(extension.port());
    variables["AWS_SESSION_TOKEN"] = "session-token";
  }
};

TEST_F(SecretsTest, AFileIsReadWithoutTheNewlineAtItsEnd) {
  std::ofstream(folder / "secret") << "two\nlines\n";
  EXPECT_EQ(look_up(Secret::From::kFile, folder / "secret"), "PLAIN=text;KEY=two\nlines;");
  EXPECT_TRUE(binding.secrets.empty());
}

TEST_F(SecretsTest, AMissingOrUnfitFileIsAnErrorWithPlaceAndKeyAndWithoutTheValue) {
  const std::string where = "manifest.yaml:7:5: value KEY: ";
  EXPECT_EQ(look_up(Secret::From::kFile, folder / "none").rfind(where, 0), 0U);
  std::ofstream(folder / "binary") << "hidden\xFF";
  EXPECT_EQ(look_up(Secret::From::kFile, folder / "binary"), where + "it is not UTF-8 text");
  std::ofstream(folder / "long") << std::string(70'000, 'x');
  EXPECT_EQ(look_up(Secret::From::kFile, folder / "long").rfind(where, 0), 0U);
}

TEST_F(SecretsTest, TheExtensionIsAskedWithTheSessionTokenForSecretsAndParameters) {
  std::vector<std::string> seen;
  const test::ScriptedServer extension([&](const SeenRequest& request, const auto&) {
    seen.push_back(request.path + " " + request.header("X-Aws-Parameters-Secrets-Token"));
    return http_reply(200, request.path.find("secretsmanager") != std::string::npos
                               ? R"({"Name":"n","SecretString":"größe"})"
                               : R"({"Parameter":{"Name":"n","Value":"parameter"}})");
  });
  use(extension);
  EXPECT_EQ(look_up(Secret::From::kSecret, "prod/a&b"), "PLAIN=text;KEY=größe;");
  EXPECT_EQ(look_up(Secret::From::kParameter, "/prod/key"), "PLAIN=text;KEY=größe;KEY=parameter;");
  EXPECT_EQ(seen, (std::vector<std::string>{
                      "/secretsmanager/get?secretId=prod%2Fa%26b session-token",
                      "/systemsmanager/parameters/get?withDecryption=true&name=%2Fprod%2Fkey "
                      "session-token"}));
}

TEST_F(SecretsTest, AnExtensionThatIsNotReadyYetIsAskedAgain) {
  std::atomic<int> asked = 0;
  const test::ScriptedServer extension([&](const SeenRequest&, const auto&) {
    return ++asked < 3 ? http_reply(400, "not ready to serve traffic, please wait")
                       : http_reply(200, R"({"SecretString":"s"})");
  });
  use(extension);
  EXPECT_EQ(look_up(Secret::From::kSecret, "a"), "PLAIN=text;KEY=s;");
  EXPECT_EQ(asked, 3);
}

TEST_F(SecretsTest, WhatTheExtensionRefusesIsAnErrorThatDoesNotRepeatItsAnswer) {
  std::string body = R"({"SecretBinary":"aGlkZGVu"})";
  int status = 200;
  const test::ScriptedServer extension(
      [&](const SeenRequest&, const auto&) { return http_reply(status, body); });
  use(extension);
  EXPECT_EQ(look_up(Secret::From::kSecret, "a"),
            "manifest.yaml:7:5: value KEY: the extension's answer holds no SecretString; binary "
            "secrets are not taken");
  EXPECT_EQ(look_up(Secret::From::kParameter, "a"),
            "manifest.yaml:7:5: value KEY: the extension's answer holds no Parameter with a Value");
  body = "{hidden";
  EXPECT_EQ(look_up(Secret::From::kSecret, "a").find("hidden"), std::string::npos);
  status = 403;
  const std::string refused = look_up(Secret::From::kSecret, "a");
  EXPECT_NE(refused.find("answered status 403"), std::string::npos) << refused;
  EXPECT_EQ(refused.find("hidden"), std::string::npos);
}

TEST(SecretsInTheManifest, AValueIsTextOrSaysWhereItStands) {
  const std::string head =
      "bindings:\n  - actor: M\n    capability: c\n    values:\n      A: text\n";
  const auto parsed = manifest::parse(
      head +
          "      B: {from_file: ./b}\n      C: {from_secret: c}\n      D: {from_parameter: /d}\n",
      "m.yaml");
  ASSERT_TRUE(parsed) << parsed.error().message();
  const manifest::Binding& binding = parsed->bindings.at(0);
  EXPECT_EQ(binding.values, (StringMap{{"A", "text"}}));
  ASSERT_EQ(binding.secrets.size(), 3U);
  EXPECT_EQ(binding.secrets[0].key + binding.secrets[0].name, "B./b");
  EXPECT_EQ(binding.secrets[1].from, Secret::From::kSecret);
  EXPECT_EQ(binding.secrets[2].from, Secret::From::kParameter);
  for (const char* bad :
       {"{from_somewhere: x}", "{}", "{from_file: a, from_secret: b}", "{from_file: }", "[a]"}) {
    const auto refused = manifest::parse(head + "      B: " + bad + "\n", "m.yaml");
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().message().rfind("m.yaml:6:", 0), 0U) << refused.error().message();
  }
}

}  // namespace
}  // namespace wascc::runtime
