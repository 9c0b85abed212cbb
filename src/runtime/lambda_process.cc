#include "runtime/lambda_process.h"

#include <malloc.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <stop_token>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "lambda/event_handler.h"
#include "lambda/extension.h"
#include "lambda/invocation_error.h"
#include "lambda/last_resort.h"
#include "lambda/provider.h"
#include "lambda/runtime_client.h"
#include "lambda/worker.h"
#include "middleware/embedded_metrics.h"
#include "middleware/metrics.h"
#include "middleware/tracing.h"
#include "runtime/assembly.h"
#include "runtime/deployment.h"
#include "runtime/event_settings.h"
#include "runtime/log_setup.h"
#include "runtime/termination.h"
#include "runtime/version.h"

namespace wascc::runtime {
namespace {

// How long the watchdog may take to say that an event is late, before the process ends anyway.
constexpr std::chrono::milliseconds kLastWordTimeout{200};

std::string working_folder() {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::current_path(error);
  return error ? "." : path.string();
}

lambda::RuntimeClientOptions client_options() {
  lambda::RuntimeClientOptions options;
  options.user_agent = std::string("wascc/").append(kVersion);
  return options;
}

// A client for one call that nobody waits for long.
std::unique_ptr<lambda::RuntimeApi> hasty_client(const net::HttpAddress& address,
                                                 const Clock& clock, const Log& log) {
  lambda::RuntimeClientOptions options = client_options();
  options.timeouts = {kLastWordTimeout, kLastWordTimeout};
  return std::make_unique<lambda::RuntimeClient>(address, clock, log, options);
}

// To stdout, where nothing else is written and the platform's filter for levels does not look.
void write_metrics(middleware::Metrics& metrics, std::string_view function,
                   std::chrono::system_clock::time_point now) {
  for (const std::string& line : middleware::embedded_metrics(metrics.take_recent(), function, now))
    write_record(STDOUT_FILENO, line);
}

// Everything from a found deployment to the last event.
class Process {
 public:
  Process(engine::Engine& engine, lambda::RuntimeClient& api, const net::HttpAddress& address,
          const Clock& clock, const Log& log)
      : engine_(engine), api_(api), address_(address), clock_(clock), log_(log) {}

  int run(const Result<Deployment>& deployment, const manifest::Environment& environment,
          providers::LoadNativeProvider load_native) {
    if (!deployment) return fail({"Runtime.InvalidConfiguration", deployment.error()});
    const manifest::Settings& settings = deployment->manifest.settings;

    // Lambda answers while the actors are loaded.
    std::optional<lambda::InternalExtension> extension;
    if (settings.register_extension) extension.emplace(api_.connection(), log_);

    auto http = std::make_unique<lambda::EventProvider>(lambda::EventProvider::kHttp);
    auto raw = std::make_unique<lambda::EventProvider>(lambda::EventProvider::kRaw);
    const lambda::EventHandler handler(*http, *raw, event_settings(settings));
    std::vector<std::unique_ptr<Provider>> event_providers;
    event_providers.push_back(std::move(http));
    event_providers.push_back(std::move(raw));

    HostOptions options = host_options(*deployment);
    std::shared_ptr<middleware::Metrics> metrics;
    if (settings.metrics) {
      metrics = std::make_shared<middleware::Metrics>(clock_, log_);
      options.middleware.push_back(metrics);
    }
    if (settings.tracing)
      options.middleware.push_back(std::make_shared<middleware::Tracing>(clock_, log_));
    Host host(engine_, options, log_);
    if (auto failure = assemble(host, *deployment,
                                {engine_, clock_, log_, environment, load_native, Files::kStay},
                                Front::kNeeded, std::move(event_providers)))
      return fail(*failure);
    if (extension) extension->take_answer();
    if (Status connected = api_.connect(); !connected) {
      log_.error("cannot reach the Runtime API", {{"error", connected.error().message()}});
      return 1;
    }

    api_.ask_ahead();
    // From here on Lambda looks for an event.
    if (extension) extension->wait_for_events();
    engine_.start_watchdog();

    const auto connect = [this] { return hasty_client(address_, clock_, log_); };
    lambda::WorkerSettings worker_settings{settings.deadline_margin};
    worker_settings.keep_trace = settings.tracing;
    if (metrics)
      worker_settings.handled = [&, function = environment("AWS_LAMBDA_FUNCTION_NAME")] {
        write_metrics(*metrics, function.value_or("unknown"), clock_.now());
      };
    worker_settings.give_back = [] { malloc_trim(0); };
    lambda::Worker worker(api_, handler, worker_settings,
                          lambda::answer_and_end(connect, _exit, log_), clock_, log_);
    std::stop_source stop;
    const Termination termination([&] {
      log_.info("SIGTERM: the process ends");
      stop.request_stop();
      api_.stop();
    });
    const int exit_code = worker.run(stop.get_token());
    host.stop();
    return exit_code;
  }

  int fail(const StartFailure& failure) {
    const lambda::InvocationError told = lambda::invocation_error(failure.type, failure.error);
    log_.error("cannot start",
               {{"errorType", failure.type}, {"errorMessage", failure.error.message()}});
    api_.fail_init(told);
    return 1;
  }

 private:
  engine::Engine& engine_;
  lambda::RuntimeClient& api_;
  const net::HttpAddress& address_;
  const Clock& clock_;
  const Log& log_;
};

}  // namespace

int run_lambda(MakeEngine make_engine, providers::LoadNativeProvider load_native,
               const manifest::Environment& environment) {
  hold_sigterm();
  const SystemClock clock;
  const Result<Deployment> deployment = find_deployment(working_folder(), environment);
  const auto format = deployment ? deployment->manifest.settings.log_format : std::nullopt;
  StreamSink sink(STDERR_FILENO, log_format(format, environment), log_filter(environment), clock);
  const Log log(sink);
  warn_of_unknown_levels(environment, log);

  const auto address = net::parse_http_address(environment("AWS_LAMBDA_RUNTIME_API").value_or(""));
  if (!address) {
    log.error("AWS_LAMBDA_RUNTIME_API is no address", {{"error", address.error().message()}});
    return 1;
  }
  lambda::RuntimeClient api(*address, clock, log, client_options());
  const auto engine =
      make_engine(deployment ? engine_options(*deployment) : engine::EngineOptions());
  if (!engine) {
    api.fail_init(lambda::invocation_error("Runtime.InternalError", engine.error()));
    return 1;
  }
  return Process(**engine, api, *address, clock, log).run(deployment, environment, load_native);
}

}  // namespace wascc::runtime
