// A native provider in C++: derive from wascc::Provider, as the providers of the host do, and name
// the class once in WASCC_PROVIDER(Class). The rest of the C interface (provider_abi.h) is here.
// docs/providers-native.md has a whole one.
//
// Exceptions end here: they become an error with their text.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "wascc/messages/core.h"
#include "wascc/msgpack.h"
#include "wascc/provider.h"
#include "wascc/provider_abi.h"

namespace wascc {

// The host's log, as a provider sees it. A cheap value, valid as long as the provider; any thread.
class ProviderLog {
 public:
  ProviderLog() = default;  // writes nothing
  explicit ProviderLog(const wascc_host_api& host) : host_(&host) {}

  void error(std::string_view text) const { write(1, text); }
  void warn(std::string_view text) const { write(2, text); }
  void info(std::string_view text) const { write(3, text); }
  void debug(std::string_view text) const { write(4, text); }
  void trace(std::string_view text) const { write(5, text); }

 private:
  void write(std::uint32_t level, std::string_view text) const {
    if (host_ != nullptr) host_->log(host_->context, level, {text.data(), text.size()});
  }

  const wascc_host_api* host_ = nullptr;
};

}  // namespace wascc

// The two directions of each value that crosses; the host uses them as well.
namespace wascc::abi {

static_assert(static_cast<int>(Errc::kInternal) == WASCC_INTERNAL && WASCC_MALFORMED == 1,
              "status codes are Errc");

inline wascc_bytes bytes(ByteView view) { return {view.data(), view.size()}; }
inline wascc_bytes bytes(std::string_view text) { return {text.data(), text.size()}; }
inline ByteView view(wascc_bytes bytes) {
  return {static_cast<const std::byte*>(bytes.data), bytes.data == nullptr ? 0 : bytes.size};
}
inline std::string_view text(wascc_bytes bytes) { return as_text(view(bytes)); }

inline std::int64_t nanoseconds(Deadline deadline) {
  if (deadline == kNoDeadline) return WASCC_NO_DEADLINE;
  return std::chrono::nanoseconds(deadline.time_since_epoch()).count();
}
inline Deadline deadline(std::int64_t nanoseconds) {
  if (nanoseconds == WASCC_NO_DEADLINE) return kNoDeadline;
  return Deadline(
      std::chrono::duration_cast<Deadline::duration>(std::chrono::nanoseconds(nanoseconds)));
}

inline wascc_call call(std::string_view actor, std::string_view operation, ByteView payload,
                       Deadline deadline) {
  return {sizeof(wascc_call), bytes(actor), bytes(operation), bytes(payload),
          nanoseconds(deadline)};
}

inline wascc_status succeed(const wascc_sink& sink, ByteView answer) {
  sink.write(sink.context, answer.data(), answer.size());
  return WASCC_OK;
}
inline wascc_status fail(const wascc_sink& sink, Errc code, std::string_view text) {
  sink.write(sink.context, text.data(), text.size());
  return static_cast<wascc_status>(code);
}
inline wascc_status give(const wascc_sink& sink, const Result<Bytes>& answer) {
  if (answer) return succeed(sink, *answer);
  return fail(sink, answer.error().code(), answer.error().message());
}
inline wascc_status give(const wascc_sink& sink, const Status& status) {
  if (status) return WASCC_OK;
  return fail(sink, status.error().code(), status.error().message());
}

inline Errc error_code(wascc_status status) {
  return status >= WASCC_MALFORMED && status <= WASCC_INTERNAL ? static_cast<Errc>(status)
                                                               : Errc::kProvider;
}

// A sink that keeps what it is given, up to a limit. Lives on the caller's stack.
class Answer {
 public:
  explicit Answer(std::size_t limit = SIZE_MAX) : limit_(limit) {}
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;

  const wascc_sink& sink() const { return sink_; }
  // What the call that got the sink came to.
  Result<Bytes> result(wascc_status status) && {
    if (refused_) return Error(Errc::kTooLarge, std::string(*refused_));
    if (status != WASCC_OK) return Error(error_code(status), to_text(bytes_));
    return std::move(bytes_);
  }

 private:
  static void write(void* context, const void* data, std::size_t size) noexcept {
    auto& self = *static_cast<Answer*>(context);
    self.refused_.reset();
    self.bytes_.clear();
    if (size == 0) return;
    if (data == nullptr) {
      self.refused_ = "the answer has a size and no bytes";
    } else if (size > self.limit_) {
      self.refused_ = "the answer is larger than the host takes";
    } else {
      try {
        self.bytes_ = to_bytes(ByteView{static_cast<const std::byte*>(data), size});
      } catch (const std::exception&) {
        self.refused_ = "no memory for the answer";
      }
    }
  }

  const std::size_t limit_;
  Bytes bytes_;
  std::optional<std::string_view> refused_;
  const wascc_sink sink_{this, write};
};

// The C functions of one class. An instance owns the provider and its way to the host.
template <std::derived_from<Provider> Class>
class Exported final : public Dispatcher {
 public:
  static const wascc_provider_api* table() {
    static constexpr wascc_provider_api kTable{WASCC_PROVIDER_ABI_VERSION,
                                               sizeof(wascc_provider_api),
                                               create,
                                               destroy,
                                               describe,
                                               start,
                                               handle_call,
                                               stop};
    return &kTable;
  }

  Result<Bytes> dispatch(const Dispatch& asked) override {
    Answer answer;
    const wascc_call sent = abi::call(asked.actor, asked.operation, asked.payload, asked.deadline);
    return std::move(answer).result(host_.dispatch(host_.context, &sent, &answer.sink()));
  }

  // A host of before has no such function. There the work is done at once, and its dispatches to an
  // actor that waits are refused.
  void after_call(std::string_view actor, std::function<void()> work) override {
    constexpr std::size_t kSize =
        offsetof(wascc_host_api, after_call) + sizeof(wascc_host_api::after_call);
    if (host_.size < kSize || host_.after_call == nullptr) return work();
    auto kept = std::make_unique<std::function<void()>>(std::move(work));
    const auto run = [](void* data) noexcept {
      const std::unique_ptr<std::function<void()>> taken(static_cast<std::function<void()>*>(data));
      (*taken)();
    };
    const wascc_status taken = host_.after_call(host_.context, bytes(actor), run, kept.get());
    if (taken == WASCC_OK)
      kept.release();
    else
      ProviderLog(host_).error("the host refused to run work after a call");
  }

 private:
  explicit Exported(const wascc_host_api& host) : host_(host), provider_(make(host)) {}

  static std::unique_ptr<Class> make(const wascc_host_api& host) {
    if constexpr (std::constructible_from<Class, ProviderLog>)
      return std::make_unique<Class>(ProviderLog(host));
    else
      return std::make_unique<Class>();
  }

  static Exported& of(void* instance) { return *static_cast<Exported*>(instance); }

  // Runs what may throw.
  template <class Function>
  static wascc_status guarded(const wascc_sink& sink, Function&& function) noexcept {
    try {
      return function();
    } catch (const std::exception& thrown) {
      return fail(sink, Errc::kInternal, thrown.what());
    } catch (...) {
      return fail(sink, Errc::kInternal, "the provider threw something that is no exception");
    }
  }

  static wascc_status create(const wascc_host_api* host, void** instance,
                             const wascc_sink* error) noexcept {
    return guarded(*error, [&]() -> wascc_status {
      if (host->abi_version != WASCC_PROVIDER_ABI_VERSION || host->size < WASCC_HOST_API_MIN_SIZE)
        return fail(*error, Errc::kUnsupported, "the host speaks another version of the interface");
      *instance = new Exported(*host);  // destroy deletes it
      return WASCC_OK;
    });
  }
  static void destroy(void* instance) noexcept { delete &of(instance); }
  static wascc_status describe(void* instance, const wascc_sink* answer) noexcept {
    return guarded(*answer,
                   [&] { return succeed(*answer, encode(of(instance).provider_->descriptor())); });
  }
  static wascc_status start(void* instance, const wascc_sink* error) noexcept {
    return guarded(*error,
                   [&] { return give(*error, of(instance).provider_->start(of(instance))); });
  }
  static wascc_status handle_call(void* instance, const wascc_call* asked,
                                  const wascc_sink* answer) noexcept {
    return guarded(*answer, [&]() -> wascc_status {
      const ProviderCall served{text(asked->actor), text(asked->operation), view(asked->payload),
                                abi::deadline(asked->deadline_ns)};
      Provider& provider = *of(instance).provider_;
      if (served.actor == kSystemActor) return give(*answer, system_call(provider, served));
      return give(*answer, provider.handle_call(served));
    });
  }
  static void stop(void* instance) noexcept {
    try {
      of(instance).provider_->stop();
    } catch (const std::exception& thrown) {
      ProviderLog(of(instance).host_).error(thrown.what());
    } catch (...) {
      ProviderLog(of(instance).host_).error("stop threw something that is no exception");
    }
  }

  static Status system_call(Provider& provider, const ProviderCall& served) {
    if (served.operation != kOpBind && served.operation != kOpRemove)
      return Error(Errc::kUnsupported, "bad dispatch");
    WASCC_TRY(const auto configuration, decode<CapabilityConfiguration>(served.payload));
    if (served.operation == kOpBind) return provider.bind(configuration);
    return provider.unbind(configuration.module);
  }

  const wascc_host_api& host_;
  std::unique_ptr<Class> provider_;  // last: it ends before what it was given
};

}  // namespace wascc::abi

// Makes this library a provider: `Class` derives from wascc::Provider and is made without
// arguments, or of a ProviderLog. Once in a library, outside of any namespace.
#define WASCC_PROVIDER(Class)                                               \
  extern "C" const wascc_provider_api* wascc_capability_provider_v1(void) { \
    return ::wascc::abi::Exported<Class>::table();                          \
  }                                                                         \
  static_assert(true, "takes a semicolon")
