// What there is to run: the manifest and the folder it speaks of, or the modules that lie there
// (docs/lambda.md, "What is loaded"). A plain value; nothing in it is trusted yet.
#pragma once

#include <optional>
#include <string>

#include "manifest/manifest.h"
#include "manifest/policy.h"
#include "wascc/result.h"

namespace wascc::runtime {

struct Deployment {
  std::string folder;  // relative paths of the manifest start here
  manifest::Manifest manifest;
  std::optional<manifest::Policy> policy;
  bool listed = false;  // no manifest: the actors are the folder's *.wasm files
};

// manifest.yaml in the working folder, else in the folder LAMBDA_TASK_ROOT; else every *.wasm of
// the task root by name. The settings are those of the environment over those of the manifest.
// kInvalid or kMalformed says what cannot be read, kNotFound what was looked for where.
Result<Deployment> find_deployment(const std::string& working_folder,
                                   const manifest::Environment& environment);

// The same from one manifest, whatever its name.
Result<Deployment> read_deployment(const std::string& manifest_path,
                                   const manifest::Environment& environment);

// What a person points at: a folder, searched as a function's task root would be; a manifest; or
// one signed module (*.wasm).
Result<Deployment> deployment_at(const std::string& path, const manifest::Environment& environment);

// A path of the manifest as the system takes it.
std::string resolve(const Deployment& deployment, const std::string& path);

}  // namespace wascc::runtime
