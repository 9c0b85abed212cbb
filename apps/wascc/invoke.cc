// wascc invoke: one Lambda event through the whole path, without Lambda and without a server.
#include <cstdio>
#include <filesystem>
#include <memory>

#include "base/file.h"
#include "base/json.h"
#include "command.h"
#include "lambda/runtime_api.h"
#include "local_host.h"
#include "runtime/deployment.h"
#include "standard_input.h"
#include "trust_option.h"

namespace wascc::cli {
namespace {

struct Invoke {
  std::vector<std::string> actors;
  std::string event = "-";
  std::vector<std::string> trusted;
  bool json = false;
};

// One path is deployed as it is; of several modules the first that can gets the event.
Result<runtime::Deployment> deployment_of(const std::vector<std::string>& paths) {
  if (paths.size() == 1) return runtime::deployment_at(paths.front(), variable);
  runtime::Deployment deployment;
  for (const std::string& file : paths) {
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored))
      return Error(Errc::kInvalid, "give either one folder, or modules");
    deployment.manifest.actors.push_back({file, file});
  }
  WASCC_CHECK(manifest::set_from_environment(deployment.manifest.settings, variable));
  return deployment;
}

Result<Bytes> read_event(const std::string& path) {
  if (path == "-") return read_stdin(lambda::kMaxEventBytes).context("event on standard input");
  return read_file(path, lambda::kMaxEventBytes);
}

// The answer inside is JSON by itself, or text where it is none.
void print_json(const lambda::EventOutcome& outcome) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("answer");
  if (!outcome.answer) {
    out.null();
  } else if (const std::string_view answer = as_text(outcome.answer->bytes());
             json::Document::parse(answer)) {
    out.raw(answer);
  } else {
    out.string(answer);
  }
  out.key("error");
  if (outcome.error) {
    out.begin_object().key("type").string(outcome.error->type);
    out.key("message").string(outcome.error->message).end_object();
  } else {
    out.null();
  }
  out.end_object();
  std::printf("%s\n", text.c_str());
}

Status run(const Invoke& options) {
  lambda::Invocation invocation;
  invocation.request_id = "wascc-invoke";
  WASCC_TRY(invocation.event, read_event(options.event));
  WASCC_TRY(runtime::Deployment deployment, deployment_of(options.actors));
  WASCC_CHECK(set_trust(options.trusted, deployment.manifest.settings));
  WASCC_TRY(const auto local, LocalHost::start(deployment, runtime::Front::kNeeded));
  const lambda::EventOutcome outcome =
      local->events().handle(invocation, kNoDeadline, local->log());
  if (options.json) {
    print_json(outcome);
  } else if (outcome.answer) {
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
      ->add_option(
          "ACTOR", options->actors,
          "signed modules or references to such in a registry, a manifest, or a folder with "
          "a manifest.yaml or signed modules")
      ->required()
      ->type_name("FILE");
  invoke
      ->add_option("--event", options->event,
                   "file with the event, as Lambda delivers it (default: "
                   "-, standard input)")
      ->type_name("FILE");
  add_trust(*invoke, options->trusted);
  invoke->add_flag("--json", options->json, "one JSON object with answer and error");
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
