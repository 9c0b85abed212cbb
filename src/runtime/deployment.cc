#include "runtime/deployment.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <system_error>

namespace wascc::runtime {
namespace {

namespace fs = std::filesystem;

constexpr const char* kManifestName = "manifest.yaml";
constexpr std::uint64_t kMostInstanceMb = 4096;  // what 32-bit addresses reach
constexpr std::uint64_t kMostFunctionMb = 10'240;

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

// Names of the *.wasm files of a folder, sorted.
Result<std::vector<std::string>> modules_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    if (entry->path().extension() == ".wasm") names.push_back(entry->path().filename().string());
  if (error)
    return Error(Errc::kNotFound, "cannot list the folder " + folder + ": " + error.message());
  std::sort(names.begin(), names.end());
  return names;
}

// The settings of the environment. The function's own memory decides how much an instance gets
// where nothing else does: three quarters, so that the process outlives an actor that wants more.
Status take_environment(manifest::Settings& settings, const manifest::Environment& environment) {
  WASCC_CHECK(manifest::set_from_environment(settings, environment));
  if (settings.memory_limit_mb) return {};
  const std::string text = environment("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").value_or("");
  std::uint64_t function_mb = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), function_mb);
  const bool sane = failed == std::errc() && end == text.data() + text.size() && function_mb >= 2 &&
                    function_mb <= kMostFunctionMb;
  if (sane) settings.memory_limit_mb = std::min(function_mb * 3 / 4, kMostInstanceMb);
  return {};
}

// The environment's settings, and the policy that all of them name.
Status set_settings(Deployment& deployment, const manifest::Environment& environment) {
  WASCC_CHECK(take_environment(deployment.manifest.settings, environment));
  const std::string& policy = deployment.manifest.settings.policy;
  if (policy.empty()) return {};
  WASCC_TRY(deployment.policy, manifest::load_policy(resolve(deployment, policy)));
  return {};
}

}  // namespace

Result<Deployment> read_deployment(const std::string& manifest_path,
                                   const manifest::Environment& environment) {
  Deployment deployment;
  WASCC_TRY(deployment.manifest, manifest::load(manifest_path, environment));
  deployment.folder = fs::path(manifest_path).parent_path().string();
  WASCC_CHECK(set_settings(deployment, environment));
  return deployment;
}

Result<Deployment> find_deployment(const std::string& working_folder,
                                   const manifest::Environment& environment) {
  const std::string task_root = environment("LAMBDA_TASK_ROOT").value_or("");
  for (const std::string& folder : {working_folder, task_root}) {
    const fs::path path = fs::path(folder) / kManifestName;
    if (!folder.empty() && is_there(path)) return read_deployment(path.string(), environment);
  }

  Deployment deployment;
  deployment.listed = true;
  deployment.folder = task_root.empty() ? working_folder : task_root;
  WASCC_CHECK(set_settings(deployment, environment));
  WASCC_TRY(const std::vector<std::string> names, modules_in(deployment.folder));
  for (const std::string& name : names)
    deployment.manifest.actors.push_back({name, resolve(deployment, name)});
  if (names.empty())
    return Error(Errc::kNotFound, std::string("nothing to run: looked for ") + kManifestName +
                                      " in " + working_folder +
                                      (task_root.empty() ? " (LAMBDA_TASK_ROOT is not set)"
                                       : task_root == working_folder ? ""
                                                                     : " and " + task_root) +
                                      " and for *.wasm in " + deployment.folder +
                                      "; put a signed actor or a manifest there");
  return deployment;
}

Result<Deployment> deployment_at(const std::string& path,
                                 const manifest::Environment& environment) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    const auto here = [&](std::string_view name) -> std::optional<std::string> {
      if (name == "LAMBDA_TASK_ROOT") return path;
      return environment(name);
    };
    return find_deployment(path, here);
  }
  const fs::path extension = fs::path(path).extension();
  if (extension == ".yaml" || extension == ".yml" || extension == ".json")
    return read_deployment(path, environment);
  Deployment deployment;
  deployment.manifest.actors.push_back({path, path});
  WASCC_CHECK(set_settings(deployment, environment));
  return deployment;
}

std::string resolve(const Deployment& deployment, const std::string& path) {
  return (fs::path(deployment.folder) / path).string();  // an absolute path replaces the folder
}

}  // namespace wascc::runtime
