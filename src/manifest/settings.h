// What a deployment can choose about the runtime: the keys under `runtime:` in the manifest, each
// also a variable WASCC_<NAME> of the environment, which wins (docs/manifest.md, "Settings").
// A plain value.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "manifest/expand.h"
#include "wascc/result.h"

namespace wascc::manifest {

// What becomes of an actor's error: the event's own error answer, or an HTTP 500 for HTTP events.
enum class ErrorPolicy : std::uint8_t { kError, kHttp500 };
// How long an instance lives: as long as its actor, or one invocation.
enum class Isolation : std::uint8_t { kActor, kInvocation };
// Whether an HTTP API's stage is taken off the path that the actor sees.
enum class StageInPath : std::uint8_t { kStrip, kKeep };

struct Settings {
  std::vector<std::string> trusted_issuers;    // account keys, A…; empty: any valid signature
  std::vector<std::string> trusted_packagers;  // account keys, A…; empty: none is configured
  ErrorPolicy error_policy = ErrorPolicy::kError;
  std::optional<std::chrono::milliseconds> deadline_margin;  // absent: 5 %, at most 100 ms
  std::chrono::milliseconds request_timeout{30'000};         // of `wascc run`; Lambda has its own
  std::optional<std::uint64_t> memory_limit_mb;              // per actor instance
  std::optional<LogFormat> log_format;  // absent: what AWS_LAMBDA_LOG_FORMAT asks for
  bool metrics = false;
  bool tracing = false;
  std::string policy;                  // path of a policy file; empty: none
  bool replace_by_any_issuer = false;  // of a running actor
  std::string front;                   // key, name or file of the actor that gets the events
  Isolation isolation = Isolation::kActor;
  StageInPath stage_in_path = StageInPath::kStrip;
  std::string base_path;           // "/shop" or empty: taken off the path that the actor sees
  bool context_headers = false;    // whether HTTP actors get the Lambda context as headers
  bool register_extension = true;  // as an internal extension, without which there is no SIGTERM
};

// Sets one setting from its text, or texts where it is a list. kNotFound for a name that is none,
// kInvalid for a value that it cannot have; each message says what there is.
Status set(Settings& settings, std::string_view name, const std::vector<std::string>& values);

// Every WASCC_<NAME> that is set and not empty; lists are separated by commas.
Status set_from_environment(Settings& settings, const Environment& environment);

}  // namespace wascc::manifest
