#include "runtime/server_process.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "claims/envelope.h"
#include "lambda/provider.h"
#include "middleware/metrics.h"
#include "middleware/tracing.h"
#include "providers/http_server.h"
#include "runtime/admin_server.h"
#include "runtime/assembly.h"
#include "runtime/expiry.h"
#include "runtime/file_watch.h"
#include "runtime/log_setup.h"
#include "runtime/reload.h"

namespace wascc::runtime {
namespace {

// Signals that ask for an end. Held by every thread, so that one can wait for them.
sigset_t end_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

LogFilter filter(const manifest::Environment& environment) {
  const std::string wanted = environment("RUST_LOG").value_or("");
  return LogFilter::parse(
      wanted.empty() ? "warn,http=info,actor=info,provider=info,reload=info,trace=info" : wanted);
}

HostOptions options_for(const Deployment& deployment, unsigned workers,
                        const std::shared_ptr<middleware::Metrics>& metrics, const Clock& clock,
                        const Log& log) {
  HostOptions options = host_options(deployment);
  if (metrics) options.middleware.push_back(metrics);
  if (deployment.manifest.settings.tracing)
    options.middleware.push_back(std::make_shared<middleware::Tracing>(clock, log));
  if (options.kept_instances != 0) options.kept_instances = workers;
  return options;
}

std::unique_ptr<providers::HttpServerProvider> http_provider(const ServerProcessOptions& options,
                                                             const manifest::Settings& settings,
                                                             const Clock& clock, const Log& log) {
  providers::HttpServerOptions http;
  http.address = options.address;
  http.port = options.port;
  http.workers = options.workers;
  http.request = settings.request_timeout;
  http.drain = options.drain;
  http.base_path = settings.base_path;
  return std::make_unique<providers::HttpServerProvider>(std::move(http), clock, log);
}

std::string url(const std::string& address, std::uint16_t port) {
  return "http://" + address + ":" + std::to_string(port);
}

Result<ServedAt> served_at(const Host& host, const providers::HttpServerProvider& http,
                           const std::string& address) {
  ServedAt served;
  for (const auto& endpoint : http.endpoints()) {
    const auto claims = host.actor(endpoint.actor);
    served.actors.push_back({url(address, endpoint.port), endpoint.actor,
                             std::string(claims ? claims->display_name() : "")});
  }
  if (served.actors.empty())
    return Error(Errc::kNotFound,
                 "no actor here answers HTTP requests: sign one with --cap http_server, or send "
                 "events with `wascc invoke`");
  return served;
}

// An actor's files: the module, and the native code and envelope that may lie beside it.
Result<std::unique_ptr<FileWatch>> watch_actors(Reload& reload, const Log& log) {
  std::vector<std::string> paths;
  std::vector<std::string> keys;
  for (const ActorFile& file : reload.files())
    for (const std::string& path :
         {file.path, claims::native_path(file.path), claims::envelope_path(file.path)}) {
      paths.push_back(path);
      keys.push_back(file.key);
    }
  return FileWatch::start(paths, [&reload, log, keys](std::size_t changed) {
    const Result<std::string> done = reload.from_file(keys[changed]);
    if (done)
      log.info(*done);
    else
      log.warn("the running actor stays: its file was not taken",
               {{"actor", keys[changed]}, {"why", done.error().message()}});
  });
}

Result<std::unique_ptr<net::HttpServer>> serve_admin(const ServerProcessOptions& options,
                                                     Reload& reload, const std::atomic<bool>& ready,
                                                     std::shared_ptr<middleware::Metrics> metrics,
                                                     const Log& log) {
  AdminOptions admin;
  admin.address = options.admin_address.empty() ? options.address : options.admin_address;
  admin.port = *options.admin_port;
  admin.replace = [&reload, log](std::string_view key, ByteView wasm) {
    auto done = wasm.empty() ? reload.from_file(key) : reload.from_bytes(key, wasm);
    if (done)
      log.info(*done);
    else
      log.warn("the running actor stays: a module was refused",
               {{"actor", std::string(key)}, {"why", done.error().message()}});
    return done;
  };
  if (metrics) admin.metrics = [metrics = std::move(metrics)] { return metrics->text(); };
  return start_admin_server(std::move(admin), ready);
}

void wait_for_end() {
  const sigset_t set = end_signals();
  int signal = 0;
  sigwait(&set, &signal);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);  // a second one ends the process as it does others
}

}  // namespace

Status run_server(MakeEngine make_engine, const Deployment& deployment,
                  const ServerProcessOptions& options, const manifest::Environment& environment,
                  const std::function<void(const ServedAt&)>& started) {
  const sigset_t set = end_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  const manifest::Settings& settings = deployment.manifest.settings;
  const SystemClock clock;
  StreamSink sink(STDERR_FILENO, log_format(settings.log_format, environment), filter(environment),
                  clock);
  const Log log(sink);
  warn_of_unknown_levels(environment, log);

  WASCC_TRY(const auto engine, make_engine(engine_options(deployment, options.workers)));
  const auto metrics =
      settings.metrics ? std::make_shared<middleware::Metrics>(clock, log) : nullptr;
  if (metrics && !options.admin_port)
    log.warn("metrics are counted, and nobody can read them: give an admin port");
  Host host(*engine, options_for(deployment, options.workers, metrics, clock, log), log);
  auto owned = http_provider(options, settings, clock, log);
  providers::HttpServerProvider& http = *owned;
  std::vector<std::unique_ptr<Provider>> event_providers;
  event_providers.push_back(std::move(owned));
  // No events come here, but an actor that also takes some is served all the same.
  event_providers.push_back(std::make_unique<lambda::EventProvider>(lambda::EventProvider::kRaw));
  std::vector<ActorFile> files;
  if (auto failed = assemble(host, deployment,
                             {*engine, clock, log, environment, providers::load_native_provider,
                              Files::kMayChange, options.fetch},
                             Front::kNeeded, std::move(event_providers), &files))
    return std::move(failed->error);
  WASCC_TRY(ServedAt served, served_at(host, http, options.address));
  warn_of_expiry(host.actors(), clock.now(), log);

  std::atomic<bool> ready = true;
  const Log changes = log.target("reload");
  Reload reload(host, ActorLoader(*engine, clock, log, trust(settings)), clock, std::move(files));
  std::unique_ptr<FileWatch> watch;
  if (options.watch) {
    WASCC_TRY(watch, watch_actors(reload, changes));
  }
  std::unique_ptr<net::HttpServer> admin;
  if (options.admin_port) {
    WASCC_TRY(admin, serve_admin(options, reload, ready, metrics, changes));
    served.admin_url =
        url(options.admin_address.empty() ? options.address : options.admin_address, admin->port());
  }
  started(served);

  wait_for_end();
  ready = false;
  watch.reset();
  log.info("answering what has begun, then ending");
  if (!http.drain(options.drain)) {
    // What still runs cannot be waited for, and cannot be left alone with a host that ends.
    log.warn("requests were cut off: the drain time is over");
    _exit(1);
  }
  admin.reset();
  host.stop();
  return {};
}

}  // namespace wascc::runtime
