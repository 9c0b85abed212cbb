// wascc invoke: one Lambda event through the whole path, without Lambda and without a server.
#include <cstdio>
#include <filesystem>
#include <memory>

#include "base/file.h"
#include "command.h"
#include "lambda/runtime_api.h"
#include "local_host.h"
#include "runtime/deployment.h"
#include "standard_input.h"

namespace wascc::cli {
namespace {

namespace fs = std::filesystem;

struct Invoke {
  std::string actor;
  std::string event = "-";
};

// A folder is deployed as Lambda would; a file is one actor by itself.
Result<runtime::Deployment> deployment_of(const std::string& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored))
    return runtime::find_deployment(path,
                                    [&path](std::string_view name) -> std::optional<std::string> {
                                      if (name == "LAMBDA_TASK_ROOT") return path;
                                      return variable(name);
                                    });
  runtime::Deployment deployment;
  deployment.manifest.actors.push_back({path, path});
  WASCC_CHECK(manifest::set_from_environment(deployment.manifest.settings, variable));
  return deployment;
}

Result<Bytes> read_event(const std::string& path) {
  if (path == "-") return read_stdin(lambda::kMaxEventBytes).context("event on standard input");
  return read_file(path, lambda::kMaxEventBytes).context(path);
}

Status run(const Invoke& options) {
  lambda::Invocation invocation;
  invocation.request_id = "wascc-invoke";
  WASCC_TRY(invocation.event, read_event(options.event));
  WASCC_TRY(const runtime::Deployment deployment, deployment_of(options.actor));
  WASCC_TRY(const auto local, LocalHost::start(deployment, runtime::Front::kNeeded));
  const lambda::EventOutcome outcome =
      local->events().handle(invocation, kNoDeadline, local->log());
  if (outcome.answer) {
    const ByteView answer = outcome.answer->bytes();
    std::fwrite(answer.data(), 1, answer.size(), stdout);
    std::fputc('\n', stdout);
  }
  if (!outcome.error) return {};
  return Error(Errc::kGuest, outcome.error->type + ": " + outcome.error->message);
}

}  // namespace

void add_invoke(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Invoke>();
  CLI::App* invoke = app.add_subcommand("invoke", "Send one Lambda event to an actor");
  invoke
      ->add_option("ACTOR", options->actor,
                   "a signed module, or a folder with a manifest.yaml or signed modules")
      ->required();
  invoke->add_option("--event", options->event,
                     "file with the event, as Lambda delivers it (default: "
                     "-, standard input)");
  invoke->footer(R"(
The event takes the same way as in Lambda: load balancer, API Gateway and function URL events become
an HTTP request for an actor with wascc:http_server, all others go as they are to one with
awslambda:event. The answer's JSON goes to stdout; what actors log goes to stderr. An event that
ends in an error is exit status 1.

  wascc invoke actor.wasm --event event.json
  wascc events rest --path /x | wascc invoke actor.wasm
  RUST_LOG=debug wascc invoke my-function/ --event event.json
)");
  invoke->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace wascc::cli
