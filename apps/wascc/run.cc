// wascc run: an actor as a web server, on this machine.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "command.h"
#include "engine/wasmtime_engine.h"
#include "local_host.h"
#include "registry.h"
#include "runtime/deployment.h"
#include "runtime/server_process.h"
#include "terminal.h"
#include "trust_option.h"

namespace wascc::cli {
namespace {

constexpr unsigned kMaxWorkers = 256;

struct Run {
  std::string path = ".";
  runtime::ServerProcessOptions server;
  int port = -1;
  int admin_port = -1;
  double drain_seconds = 10;
  std::vector<std::string> trusted;
};

void say_where(const runtime::ServedAt& served) {
  for (const runtime::Served& actor : served.actors)
    std::printf("%s serves %s (%s)\n", actor.url.c_str(), bold(printable(actor.name)).c_str(),
                actor.actor.c_str());
  if (!served.admin_url.empty())
    std::printf("%s/healthz and /readyz say how it is\n", served.admin_url.c_str());
  std::fflush(stdout);
}

Status run(const Run& options) {
  WASCC_TRY(runtime::Deployment deployment, runtime::deployment_at(options.path, variable));
  WASCC_CHECK(set_trust(options.trusted, deployment.manifest.settings));
  runtime::ServerProcessOptions server = options.server;
  server.fetch = fetch_reference;
  if (options.port >= 0) server.port = static_cast<std::uint16_t>(options.port);
  if (options.admin_port >= 0) server.admin_port = static_cast<std::uint16_t>(options.admin_port);
  server.drain = std::chrono::milliseconds(std::llround(options.drain_seconds * 1000));
  return runtime::run_server(engine::make_wasmtime_engine, deployment, server, variable, say_where);
}

}  // namespace

void add_run(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Run>();
  options->server.workers = std::clamp(std::thread::hardware_concurrency(), 1U, kMaxWorkers);
  CLI::App* run_command = app.add_subcommand("run", "Serve an actor over HTTP on this machine");
  run_command
      ->add_option("PATH", options->path,
                   "a signed module or a reference to one in a registry, a manifest, or a folder "
                   "as it would be deployed "
                   "(default: the working folder)")
      ->type_name("FILE");
  run_command
      ->add_option("--port", options->port,
                   "port to listen on; 0 takes any free one (default: the binding's PORT, 8080)")
      ->check(CLI::Range(0, 65535));
  run_command->add_option("--address", options->server.address,
                          "IPv4 address to listen on (default: 127.0.0.1, this machine alone; "
                          "0.0.0.0 is every network it is in)");
  run_command
      ->add_option("--workers", options->server.workers,
                   "requests answered at the same time, each by an instance of its own (default: "
                   "one a processor)")
      ->check(CLI::Range(1U, kMaxWorkers));
  run_command
      ->add_option("--admin-port", options->admin_port,
                   "port for /healthz, /readyz and, on this machine alone, POST /actors/KEY, which "
                   "replaces an actor; 0 takes any free one (default: not served)")
      ->check(CLI::Range(0, 65535));
  run_command->add_option("--admin-address", options->server.admin_address,
                          "IPv4 address for the admin port (default: that of --address)");
  run_command->add_flag("--watch", options->server.watch,
                        "load an actor again when its file changes; no request is lost, and a "
                        "module that is refused changes nothing");
  run_command
      ->add_option("--drain", options->drain_seconds,
                   "seconds that requests in progress get when the server ends (default: 10)")
      ->check(CLI::Range(0.0, 3600.0));
  add_trust(*run_command, options->trusted);
  run_command->footer(R"(
The file that is served here is byte for byte the one that Lambda runs, and it sees the same
requests. Where it is served goes to stdout; a line for each request, and what the actor logs, go to
stderr (RUST_LOG=warn for less, RUST_LOG=debug for more). An actor that fails answers 500; one that
does not end is stopped after 30 seconds (setting request_timeout_ms). SIGTERM and Ctrl-C let
requests in progress end; the second one does not.

  wascc run actor.wasm
  wascc run my-function/ --port 3000 --workers 1
  wascc run actor.wasm --watch
  wascc run --address 0.0.0.0 --admin-port 9090 --drain 25
)");
  run_command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace wascc::cli
