#include "local_host.h"

#include <unistd.h>

#include <cstdlib>
#include <utility>
#include <vector>

#include "engine/wasmtime_engine.h"
#include "registry.h"
#include "runtime/event_settings.h"

namespace wascc::cli {
namespace {

LogFilter filter() {
  const std::string wanted = variable("RUST_LOG").value_or("");
  return LogFilter::parse(wanted.empty() ? "error,actor=info,provider=info" : wanted);
}

}  // namespace

std::optional<std::string> variable(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

LocalHost::LocalHost() : sink_(STDERR_FILENO, LogFormat::kText, filter(), clock_), log_(sink_) {}

Result<std::unique_ptr<LocalHost>> LocalHost::start(const runtime::Deployment& deployment,
                                                    runtime::Front front) {
  const manifest::Settings& settings = deployment.manifest.settings;
  std::unique_ptr<LocalHost> local(new LocalHost);
  WASCC_TRY(local->engine_, engine::make_wasmtime_engine());
  local->host_ =
      std::make_unique<Host>(*local->engine_, runtime::host_options(deployment), local->log_);

  auto http = std::make_unique<lambda::EventProvider>(lambda::EventProvider::kHttp);
  auto raw = std::make_unique<lambda::EventProvider>(lambda::EventProvider::kRaw);
  local->events_.emplace(*http, *raw, runtime::event_settings(settings));
  std::vector<std::unique_ptr<Provider>> providers;
  providers.push_back(std::move(http));
  providers.push_back(std::move(raw));

  const manifest::Environment environment = variable;
  auto failure = runtime::assemble(
      *local->host_, deployment,
      {*local->engine_, local->clock_, local->log_, environment, providers::load_native_provider,
       runtime::Files::kMayChange, fetch_reference},
      front, std::move(providers));
  if (failure) return std::move(failure->error);
  return local;
}

}  // namespace wascc::cli
