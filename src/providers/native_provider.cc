#include "providers/native_provider.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "base/encoding.h"
#include "wascc/provider.hpp"

namespace wascc::providers {
namespace {

// For bind and unbind, which come without a deadline of their own.
constexpr std::chrono::seconds kConfigurationLimit{9};
// Of one line of a provider's log.
constexpr std::size_t kMaxLogBytes = std::size_t{16} << 10;

constexpr std::string_view kHostVersion = "wascc " WASCC_VERSION;

bool well_formed(wascc_bytes bytes) { return bytes.data != nullptr || bytes.size == 0; }

// The host as one instance sees it: any thread, from before create until after destroy.
class HostSide {
 public:
  explicit HostSide(Log log) : log_(std::move(log)) {}
  HostSide(const HostSide&) = delete;
  HostSide& operator=(const HostSide&) = delete;

  const wascc_host_api& table() const { return table_; }

  void open(Dispatcher& dispatcher) {
    const std::scoped_lock lock(mutex_);
    dispatcher_ = &dispatcher;
  }
  // No dispatch begins any more. Waits for those that a careless provider left running, because
  // what they use is about to end.
  void close() {
    std::unique_lock lock(mutex_);
    dispatcher_ = nullptr;
    left_.wait(lock, [this] { return running_ == 0; });
  }

 private:
  // A dispatch on its way; null where the instance may not dispatch.
  class Passage {
   public:
    explicit Passage(HostSide& side) : side_(side) {
      const std::scoped_lock lock(side_.mutex_);
      dispatcher_ = side_.dispatcher_;
      if (dispatcher_ != nullptr) ++side_.running_;
    }
    ~Passage() {
      if (dispatcher_ == nullptr) return;
      const std::scoped_lock lock(side_.mutex_);
      --side_.running_;
      side_.left_.notify_all();
    }
    Passage(const Passage&) = delete;
    Passage& operator=(const Passage&) = delete;
    Dispatcher* dispatcher() const { return dispatcher_; }

   private:
    HostSide& side_;
    Dispatcher* dispatcher_ = nullptr;
  };

  Result<Bytes> dispatch(const wascc_call* call) {
    if (call == nullptr || call->size < WASCC_CALL_MIN_SIZE || !well_formed(call->actor) ||
        !well_formed(call->operation) || !well_formed(call->payload))
      return Error(Errc::kInvalid, "dispatch without a whole wascc_call");
    const Dispatch asked{abi::text(call->actor), abi::text(call->operation),
                         abi::view(call->payload), abi::deadline(call->deadline_ns)};
    if (!is_utf8(asked.actor) || !is_utf8(asked.operation))
      return Error(Errc::kInvalid, "dispatch with an actor or operation that is not UTF-8");
    const Passage passage(*this);
    if (passage.dispatcher() == nullptr)
      return Error(Errc::kUnavailable, "dispatch is possible from start until stop returns");
    return passage.dispatcher()->dispatch(asked);
  }

  static wascc_status dispatch(void* context, const wascc_call* call,
                               const wascc_sink* answer) noexcept {
    if (answer == nullptr || answer->write == nullptr) return WASCC_INVALID;
    try {
      return abi::give(*answer, static_cast<HostSide*>(context)->dispatch(call));
    } catch (const std::exception& thrown) {
      return abi::fail(*answer, Errc::kInternal, thrown.what());
    }
  }

  static wascc_status after_call(void* context, wascc_bytes actor, void (*work)(void*),
                                 void* data) noexcept {
    if (work == nullptr || !well_formed(actor)) return WASCC_INVALID;
    try {
      Dispatcher* dispatcher = nullptr;
      {
        // A call is in progress, so the host has not ended its side yet.
        const std::scoped_lock lock(static_cast<HostSide*>(context)->mutex_);
        dispatcher = static_cast<HostSide*>(context)->dispatcher_;
      }
      if (dispatcher == nullptr) return WASCC_UNAVAILABLE;
      dispatcher->after_call(abi::text(actor), [work, data] { work(data); });
      return WASCC_OK;
    } catch (const std::exception&) {
      return WASCC_INTERNAL;
    }
  }

  static void log(void* context, std::uint32_t level, wascc_bytes text) noexcept {
    if (!well_formed(text)) return;
    try {
      const auto known = static_cast<LogLevel>(std::clamp<std::uint32_t>(level, 1, 5));
      static_cast<HostSide*>(context)->log_.write(
          known, to_utf8_lossy(abi::text(text).substr(0, kMaxLogBytes)));
    } catch (const std::exception&) {  // no memory for a log line: the provider goes on without it
    }
  }

  const Log log_;
  std::mutex mutex_;
  std::condition_variable left_;
  Dispatcher* dispatcher_ = nullptr;  // under mutex_; null before start and after stop
  unsigned running_ = 0;              // dispatches; under mutex_
  const wascc_host_api table_{WASCC_PROVIDER_ABI_VERSION,
                              sizeof(wascc_host_api),
                              this,
                              abi::bytes(kHostVersion),
                              dispatch,
                              log,
                              after_call};
};

// Any thread, as provider.h says.
class NativeProvider final : public Provider {
 public:
  NativeProvider(const wascc_provider_api& api, const Log& log) : api_(api), host_(log) {}
  ~NativeProvider() override {
    if (created_) api_.destroy(instance_);
  }

  // Called once, before anything else.
  Status create() {
    abi::Answer error(kMaxNativeAnswerBytes);
    const wascc_status status = api_.create(&host_.table(), &instance_, &error.sink());
    created_ = status == WASCC_OK;
    WASCC_CHECK(outcome(std::move(error), status).context("create"));
    abi::Answer answer(kMaxNativeAnswerBytes);
    const wascc_status described = api_.describe(instance_, &answer.sink());
    WASCC_TRY(const Bytes bytes, outcome(std::move(answer), described).context("describe"));
    WASCC_TRY(descriptor_, decode<CapabilityDescriptor>(bytes).context("describe"));
    if (descriptor_.id.empty())
      return Error(Errc::kMalformed, "describe: the capability has no id");
    return {};
  }

  CapabilityDescriptor descriptor() const override { return descriptor_; }
  Status start(Dispatcher& dispatcher) override {
    host_.open(dispatcher);
    abi::Answer error(kMaxNativeAnswerBytes);
    const wascc_status status = api_.start(instance_, &error.sink());
    auto started = outcome(std::move(error), status);
    if (started) return {};
    host_.close();
    return std::move(started).error();
  }
  Status bind(const CapabilityConfiguration& configuration) override {
    return configure(kOpBind, configuration);
  }
  Status unbind(std::string_view actor) override {
    return configure(kOpRemove, {std::string(actor), {}});
  }
  Result<Bytes> handle_call(const ProviderCall& asked) override {
    if (asked.operation == kOpBind || asked.operation == kOpRemove ||
        asked.operation == kOpDescribe)
      return Error(Errc::kDenied, "bad dispatch");  // the host's own operations
    return call(asked);
  }
  void stop() override {
    api_.stop(instance_);
    host_.close();
  }

 private:
  // An answer, or an error whose text an actor can read.
  static Result<Bytes> outcome(abi::Answer&& answer, wascc_status status) {
    auto result = std::move(answer).result(status);
    if (result) return result;
    const std::string& text = result.error().message();
    if (text.empty()) return Error(result.error().code(), "the provider failed without saying why");
    return Error(result.error().code(), to_utf8_lossy(text));
  }

  Result<Bytes> call(const ProviderCall& asked) {
    abi::Answer answer(kMaxNativeAnswerBytes);
    const wascc_call sent = abi::call(asked.actor, asked.operation, asked.payload, asked.deadline);
    const wascc_status status = api_.handle_call(instance_, &sent, &answer.sink());
    return outcome(std::move(answer), status);
  }

  Status configure(std::string_view operation, const CapabilityConfiguration& configuration) {
    const Bytes payload = encode(configuration);
    WASCC_CHECK(call({kSystemActor, operation, payload,
                      std::chrono::steady_clock::now() + kConfigurationLimit}));
    return {};
  }

  const wascc_provider_api& api_;
  HostSide host_;
  void* instance_ = nullptr;
  bool created_ = false;
  CapabilityDescriptor descriptor_;
};

}  // namespace

Status check_table(const wascc_provider_api* table, const std::string& name) {
  if (table == nullptr) return Error(Errc::kMalformed, name + " offers no table of functions");
  if (table->abi_version != WASCC_PROVIDER_ABI_VERSION)
    return Error(Errc::kUnsupported,
                 name + " speaks version " + std::to_string(table->abi_version) +
                     " of the provider interface, this host version " +
                     std::to_string(WASCC_PROVIDER_ABI_VERSION) + ": " +
                     (table->abi_version > WASCC_PROVIDER_ABI_VERSION
                          ? "use a newer host, or build the provider against this one"
                          : "build the provider anew"));
  if (table->size < WASCC_PROVIDER_API_MIN_SIZE)
    return Error(Errc::kMalformed, name + " offers a table of " + std::to_string(table->size) +
                                       " bytes, and version 1 has " +
                                       std::to_string(WASCC_PROVIDER_API_MIN_SIZE));
  if (table->create == nullptr || table->destroy == nullptr || table->describe == nullptr ||
      table->start == nullptr || table->handle_call == nullptr || table->stop == nullptr)
    return Error(Errc::kMalformed, name + " offers a table that lacks a function");
  return {};
}

Result<std::unique_ptr<Provider>> native_provider(const wascc_provider_api* table,
                                                  const std::string& name, const Log& log) {
  WASCC_CHECK(check_table(table, name));
  auto provider =
      std::make_unique<NativeProvider>(*table, log.target("provider").with("provider", name));
  WASCC_CHECK(provider->create().context(name));
  return std::unique_ptr<Provider>(std::move(provider));
}

}  // namespace wascc::providers
