#include "wascc/embedded_host.h"

#include <unistd.h>

#include <chrono>
#include <mutex>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "claims/nkey.h"
#include "engine/wasmtime_engine.h"
#include "host/capability_id.h"
#include "providers/blobstore_folder.h"
#include "providers/eventstreams_memory.h"
#include "providers/extras.h"
#include "providers/keyvalue_memory.h"
#include "providers/logging.h"
#include "runtime/actor_loader.h"
#include "wascc/messages/blobstore.h"
#include "wascc/messages/eventstreams.h"
#include "wascc/messages/extras.h"
#include "wascc/messages/keyvalue.h"
#include "wascc/messages/logging.h"

namespace wascc {
namespace {

std::string_view word(LogLevel level) {
  switch (level) {
    case LogLevel::kError:
      return "error";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kTrace:
    case LogLevel::kOff:  // no entry has it
      break;
  }
  return "trace";
}

// Hands entries to the embedder's function, one at a time.
class FunctionSink final : public LogSink {
 public:
  FunctionSink(std::function<void(const HostLogEntry&)> function, LogFilter filter)
      : function_(std::move(function)), filter_(std::move(filter)) {}

  bool enabled(LogLevel level, std::string_view target) const override {
    return filter_.enabled(level, target);
  }
  void write(const LogEntry& entry) override {
    const std::scoped_lock lock(mutex_);
    function_({word(entry.level), entry.target, entry.message, entry.fields});
  }

 private:
  std::mutex mutex_;
  const std::function<void(const HostLogEntry&)> function_;
  const LogFilter filter_;
};

Status check_keys(const std::vector<std::string>& keys, std::string_view what) {
  for (const std::string& key : keys)
    if (const auto parsed = claims::PublicKey::parse(key);
        !parsed || parsed->kind() != claims::KeyKind::kAccount)
      return Error(Errc::kInvalid,
                   std::string(what) + ": '" + key + "' is no public key of an account, A…");
  return {};
}

}  // namespace

class EmbeddedHost::Impl {
 public:
  Impl(EmbeddedHostOptions options, std::unique_ptr<engine::Engine> engine)
      : sink_(make_sink(options)),
        log_(*sink_),
        engine_(std::move(engine)),
        nobody_is_trusted_(options.trusted_issuers.empty() && !options.any_issuer),
        loader_(*engine_, clock_, log_,
                {options.any_issuer ? std::vector<std::string>() : options.trusted_issuers,
                 options.trusted_packagers}),
        host_(*engine_, options.host, log_) {}

  Host& host() { return host_; }

  Result<std::string> add(Result<runtime::LoadedModule> loaded) {
    if (!loaded) return std::move(loaded).error();
    return host_.add_actor(std::move(loaded->claims), std::move(loaded->module), start_limit());
  }

  Status replace(Result<runtime::LoadedModule> loaded) {
    if (!loaded) return std::move(loaded).error();
    const std::string key = loaded->claims.subject;
    return host_.replace_actor(key, std::move(loaded->claims), std::move(loaded->module),
                               start_limit());
  }

  Result<runtime::LoadedModule> load(ByteView module) const {
    WASCC_CHECK(somebody_is_trusted());
    return loader_.load_bytes(module);
  }
  Result<runtime::LoadedModule> load(const std::string& path) const {
    WASCC_CHECK(somebody_is_trusted());
    return loader_.load(path).context("load actor " + path);
  }

  std::unique_ptr<Provider> builtin(std::string_view id) const {
    if (id == kLogging) return std::make_unique<providers::LoggingProvider>(log_);
    if (id == kExtras) return std::make_unique<providers::ExtrasProvider>();
    if (id == kKeyValue) return std::make_unique<providers::MemoryKeyValueProvider>(clock_);
    if (id == kEventStreams) return std::make_unique<providers::MemoryEventStreamsProvider>(clock_);
    if (id == kBlobStore) return std::make_unique<providers::FolderBlobStoreProvider>(log_);
    return nullptr;
  }

 private:
  std::unique_ptr<LogSink> make_sink(EmbeddedHostOptions& options) const {
    LogFilter filter = LogFilter::parse(options.log_filter);
    if (options.log)
      return std::make_unique<FunctionSink>(std::move(options.log), std::move(filter));
    return std::make_unique<StreamSink>(STDERR_FILENO, LogFormat::kText, std::move(filter), clock_);
  }

  Status somebody_is_trusted() const {
    if (!nobody_is_trusted_) return {};
    return Error(Errc::kDenied,
                 "no issuer is trusted: name some in EmbeddedHostOptions::trusted_issuers, or set "
                 "any_issuer");
  }

  Deadline start_limit() const { return clock_.steady_now() + runtime::kActorStartLimit; }

  const SystemClock clock_;
  const std::unique_ptr<LogSink> sink_;
  const Log log_;
  const std::unique_ptr<engine::Engine> engine_;
  const bool nobody_is_trusted_;
  const runtime::ActorLoader loader_;
  Host host_;  // the last: it uses all the others
};

Result<EmbeddedHost> EmbeddedHost::make(EmbeddedHostOptions options) {
  WASCC_CHECK(check_keys(options.trusted_issuers, "trusted_issuers"));
  WASCC_CHECK(check_keys(options.trusted_packagers, "trusted_packagers"));
  WASCC_TRY(std::unique_ptr<engine::Engine> engine, engine::make_wasmtime_engine());
  return EmbeddedHost(std::make_unique<Impl>(std::move(options), std::move(engine)));
}

EmbeddedHost::EmbeddedHost(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EmbeddedHost::EmbeddedHost(EmbeddedHost&& other) noexcept = default;
EmbeddedHost& EmbeddedHost::operator=(EmbeddedHost&& other) noexcept = default;
EmbeddedHost::~EmbeddedHost() = default;

Host& EmbeddedHost::host() { return impl_->host(); }

Result<std::string> EmbeddedHost::add_actor(ByteView module) {
  return impl_->add(impl_->load(module));
}

Result<std::string> EmbeddedHost::add_actor_file(const std::string& path) {
  return impl_->add(impl_->load(path));
}

Status EmbeddedHost::replace_actor(ByteView module) { return impl_->replace(impl_->load(module)); }

Status EmbeddedHost::add_builtin(std::string_view capability, ProviderOptions options) {
  std::unique_ptr<Provider> provider = impl_->builtin(host::canonical_capability(capability));
  if (!provider)
    return Error(Errc::kNotFound, "no provider of " + std::string(capability) + " is built in");
  return impl_->host().add_provider(std::move(provider), std::move(options));
}

}  // namespace wascc
