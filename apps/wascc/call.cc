// wascc call: one waPC call of an actor, with bytes in and bytes out.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "base/file.h"
#include "claims/module.h"
#include "command.h"
#include "local_host.h"
#include "module_file.h"
#include "runtime/deployment.h"
#include "standard_input.h"
#include "trust_option.h"

namespace wascc::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxPayloadBytes = std::size_t{64} << 20;

struct Call {
  std::string actor;
  std::string operation;
  std::string payload;
  std::string manifest;
  std::vector<std::string> trusted;
};

// What the manifest says, and the actor, unless the manifest names its file already.
Result<runtime::Deployment> deployment_of(const Call& options) {
  runtime::Deployment deployment;
  if (!options.manifest.empty()) {
    WASCC_TRY(deployment, runtime::read_deployment(options.manifest, variable));
  } else {
    WASCC_CHECK(manifest::set_from_environment(deployment.manifest.settings, variable));
  }
  std::error_code ignored;
  for (const manifest::Actor& actor : deployment.manifest.actors)
    if (fs::equivalent(runtime::resolve(deployment, actor.path), options.actor, ignored))
      return deployment;
  deployment.manifest.actors.push_back(
      {fs::absolute(options.actor, ignored).string(), options.actor});
  return deployment;
}

Status run(const Call& options) {
  Bytes payload;
  if (options.payload == "-") {
    WASCC_TRY(payload, read_stdin(kMaxPayloadBytes).context("payload on standard input"));
  } else if (!options.payload.empty()) {
    WASCC_TRY(payload, read_file(options.payload, kMaxPayloadBytes));
  }
  WASCC_TRY(const Bytes wasm, read_module(options.actor));
  WASCC_TRY(
      const claims::Claims claims,
      claims::verify_module(wasm, std::chrono::system_clock::now(), {}).context(options.actor));
  WASCC_TRY(runtime::Deployment deployment, deployment_of(options));
  WASCC_CHECK(set_trust(options.trusted, deployment.manifest.settings));
  WASCC_TRY(const auto local, LocalHost::start(deployment, runtime::Front::kOptional));
  WASCC_TRY(const Bytes answer,
            local->host().call_actor(claims.subject, options.operation, payload));
  std::fwrite(answer.data(), 1, answer.size(), stdout);
  return {};
}

}  // namespace

void add_call(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Call>();
  CLI::App* call = app.add_subcommand("call", "Call one operation of an actor, bytes in and out");
  call->add_option("ACTOR", options->actor, "a signed module")->required()->type_name("FILE");
  call->add_option("OPERATION", options->operation, "for example HealthRequest")->required();
  call->add_option("--payload", options->payload,
                   "file with the payload, or - for standard input (default: none)")
      ->type_name("FILE");
  call->add_option("--manifest", options->manifest,
                   "manifest with other actors and the bindings that the actor needs")
      ->type_name("FILE");
  add_trust(*call, options->trusted);
  call->footer(R"(
The answer's bytes go to stdout as the actor gave them, mostly MessagePack; what it logs goes to
stderr. An error of the actor is exit status 1.

  wascc call actor.wasm HealthRequest | xxd
  wascc call actor.wasm Add --payload add.msgpack --manifest manifest.yaml
)");
  call->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace wascc::cli
