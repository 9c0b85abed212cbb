#include "runtime/deployment.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "support/temporary_folder.h"

namespace wascc::runtime {
namespace {

namespace fs = std::filesystem;

// Two empty folders, gone with the test.
class DeploymentTest : public ::testing::Test {
 protected:
  DeploymentTest() {
    fs::create_directories(root_ / "work");
    fs::create_directories(root_ / "task");
  }

  void write(const std::string& path, const std::string& text) {
    std::ofstream(root_ / path) << text;
  }
  std::string path(const std::string& name) const { return (root_ / name).string(); }
  Result<Deployment> find() {
    return find_deployment(path("work"),
                           [this](std::string_view name) -> std::optional<std::string> {
                             const auto found = variables_.find(std::string(name));
                             if (found == variables_.end()) return std::nullopt;
                             return found->second;
                           });
  }

  const test::TemporaryFolder temporary_;
  const fs::path root_ = temporary_.path();
  std::map<std::string, std::string> variables_{{"LAMBDA_TASK_ROOT", ""}};
};

TEST_F(DeploymentTest, TakesTheManifestOfTheWorkingFolderBeforeTheTaskRoots) {
  variables_["LAMBDA_TASK_ROOT"] = path("task");
  write("task/manifest.yaml", "actors: [task.wasm]");
  auto deployment = find();
  ASSERT_TRUE(deployment);
  EXPECT_EQ(deployment->manifest.actors.at(0).path, "task.wasm");
  EXPECT_EQ(deployment->manifest.actors.at(0).place, path("task/manifest.yaml:1:10"));
  EXPECT_EQ(resolve(*deployment, "task.wasm"), path("task/task.wasm"));

  write("work/manifest.yaml", "actors: [./work.wasm]\nruntime: {front: a, base_path: /b}");
  variables_["WASCC_FRONT"] = "größer";
  deployment = find();
  ASSERT_TRUE(deployment);
  EXPECT_EQ(deployment->manifest.actors.at(0).path, "./work.wasm");
  EXPECT_EQ(resolve(*deployment, "./work.wasm"), path("work/./work.wasm"));
  EXPECT_EQ(resolve(*deployment, "/opt/x.wasm"), "/opt/x.wasm");
  EXPECT_EQ(deployment->manifest.settings.front, "größer") << "the variable wins";
  EXPECT_EQ(deployment->manifest.settings.base_path, "/b");
  EXPECT_FALSE(deployment->listed);
}

TEST_F(DeploymentTest, ExpandsVariablesInTheManifest) {
  variables_["ACTOR"] = "other.wasm";
  write("work/manifest.yaml", "actors: [\"${ACTOR}\", \"${NONE:third.wasm}\"]");
  const auto deployment = find();
  ASSERT_TRUE(deployment);
  EXPECT_EQ(deployment->manifest.actors.at(0).path, "other.wasm");
  EXPECT_EQ(deployment->manifest.actors.at(1).path, "third.wasm");
}

TEST_F(DeploymentTest, ListsTheTaskRootByNameWithoutAManifest) {
  variables_["LAMBDA_TASK_ROOT"] = path("task");
  for (const char* name : {"task/b.wasm", "task/a.wasm", "task/a.native", "task/note.txt"})
    write(name, "x");
  write("work/c.wasm", "x");
  const auto deployment = find();
  ASSERT_TRUE(deployment);
  EXPECT_TRUE(deployment->listed);
  ASSERT_EQ(deployment->manifest.actors.size(), 2U);
  EXPECT_EQ(deployment->manifest.actors[0].path, "a.wasm");
  EXPECT_EQ(deployment->manifest.actors[1].path, "b.wasm");
}

TEST_F(DeploymentTest, SaysWhatWasLookedForWhere) {
  auto nothing = find();
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().message(),
            "nothing to run: looked for manifest.yaml in " + path("work") +
                " (LAMBDA_TASK_ROOT is not set) and for *.wasm in " + path("work") +
                "; put a signed actor or a manifest there");
  variables_["LAMBDA_TASK_ROOT"] = path("task");
  nothing = find();
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().message(),
            "nothing to run: looked for manifest.yaml in " + path("work") + " and " + path("task") +
                " and for *.wasm in " + path("task") + "; put a signed actor or a manifest there");
  variables_["LAMBDA_TASK_ROOT"] = path("gone");
  nothing = find();
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().message(),
            "cannot list the folder " + path("gone") + ": No such file or directory");
}

TEST_F(DeploymentTest, FailsOnASettingThatMakesNoSense) {
  write("work/a.wasm", "x");
  variables_["WASCC_ISOLATION"] = "none";
  EXPECT_FALSE(find());
  write("work/manifest.yaml", "actors: [a.wasm]");
  EXPECT_FALSE(find());
  variables_.erase("WASCC_ISOLATION");
  EXPECT_TRUE(find());
}

TEST_F(DeploymentTest, AnInstanceGetsThreeQuartersOfTheFunctionsMemoryUnlessASettingSaysOtherwise) {
  struct Case {
    const char* function;
    const char* setting;
    std::optional<std::uint64_t> expected;
  };
  const Case cases[] = {{"128", "", 96},
                        {"1024", "", 768},
                        {"10240", "", 4096},
                        {"128", "64", 64},
                        {"", "", std::nullopt},
                        {"lots", "", std::nullopt},
                        {"0", "", std::nullopt},
                        {"128 ", "", std::nullopt},
                        {"99999999999999999999", "", std::nullopt}};
  write("work/manifest.yaml", "actors: [a.wasm]");
  for (const Case& c : cases) {
    variables_["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = c.function;
    variables_["WASCC_MEMORY_LIMIT_MB"] = c.setting;
    const auto deployment = find();
    ASSERT_TRUE(deployment) << deployment.error().message();
    EXPECT_EQ(deployment->manifest.settings.memory_limit_mb, c.expected) << c.function;
  }
}

}  // namespace
}  // namespace wascc::runtime
