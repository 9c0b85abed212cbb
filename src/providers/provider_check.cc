#include "providers/provider_check.h"

#include <atomic>
#include <chrono>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "wascc/provider.hpp"

namespace wascc::providers {
namespace {

// Two actors that no one else has: public keys by their form.
constexpr std::string_view kOne = "MAU2ZOXBIG6MV4FSFYNJJU2NBPDTMHSSNUF74EWIS6KLZEZCSZW5PMMJ";
constexpr std::string_view kOther = "MB4OLDIC3TCZ4Q4TGGOVAZC43VXFE2JQVRAXQMQFXUCREOOFEKOKZTY2";
constexpr std::string_view kNoOperation = "OperationThatNobodyHas";
constexpr std::size_t kLargeBytes = std::size_t{8} << 20;
constexpr int kThreads = 8, kRounds = 100;
constexpr std::chrono::seconds kCallLimit{10};
// A thread that was joined may still be seen for a moment.
constexpr std::chrono::seconds kThreadsGone{5};

using Finding = std::optional<std::string>;  // what is wrong

std::size_t threads_of_this_process() {
  std::error_code ignored;
  std::size_t count = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", ignored))
    if (task.exists(ignored)) ++count;
  return count;
}

// The host as the provider sees it. It watches, and answers every dispatch with an error. Its table
// is longer than that of version 1, and what lies behind is nothing a provider of version 1 may
// touch.
class WatchfulHost {
 public:
  struct Grown {
    wascc_host_api v1;
    void* later[4];
  };

  const wascc_host_api& table() const { return table_.v1; }
  void expect_dispatches(bool expected) { dispatch_expected_ = expected; }
  Finding complaint() const {
    const std::scoped_lock lock(mutex_);
    return complaint_;
  }

  // A sink that outlives its call, to see who writes into it later or on another thread.
  class Sink {
   public:
    explicit Sink(WatchfulHost& host) : host_(host), thread_(std::this_thread::get_id()) {}
    const wascc_sink& sink() const { return sink_; }
    void close() { closed_ = true; }
    bool written() const { return written_; }
    const Bytes& bytes() const { return bytes_; }

   private:
    static void write(void* context, const void* data, std::size_t size) noexcept {
      auto& self = *static_cast<Sink*>(context);
      if (self.closed_)
        return self.host_.complain("a sink was written after its call had returned");
      if (std::this_thread::get_id() != self.thread_)
        return self.host_.complain("a sink was written on another thread than its call's");
      if (data == nullptr && size > 0)
        return self.host_.complain("a sink was given a size and no bytes");
      self.written_ = true;
      self.bytes_ = to_bytes(ByteView{static_cast<const std::byte*>(data), size});
    }

    WatchfulHost& host_;
    const std::thread::id thread_;
    std::atomic<bool> closed_ = false;
    bool written_ = false;
    Bytes bytes_;
    const wascc_sink sink_{this, write};
  };

  Sink& new_sink() {
    const std::scoped_lock lock(mutex_);
    return sinks_.emplace_back(*this);
  }

  void complain(std::string what) {
    const std::scoped_lock lock(mutex_);
    if (!complaint_) complaint_ = std::move(what);
  }

 private:
  static wascc_status dispatch(void* context, const wascc_call* call,
                               const wascc_sink* answer) noexcept {
    auto& self = *static_cast<WatchfulHost*>(context);
    if (call == nullptr || call->size < WASCC_CALL_MIN_SIZE || answer == nullptr ||
        answer->write == nullptr) {
      self.complain("dispatch was called without a whole wascc_call and a sink");
      return WASCC_INVALID;
    }
    if (!self.dispatch_expected_)
      self.complain("dispatch was called before start or after stop returned");
    return abi::fail(*answer, Errc::kNotFound, "no actor is loaded during a check");
  }
  static wascc_status after_call(void* context, wascc_bytes /*actor*/, void (*work)(void*),
                                 void* data) noexcept {
    if (work == nullptr) {
      static_cast<WatchfulHost*>(context)->complain("after_call was given no work");
      return WASCC_INVALID;
    }
    work(data);  // no actor's call is in progress during a check
    return WASCC_OK;
  }
  static void log(void* context, std::uint32_t level, wascc_bytes text) noexcept {
    auto& self = *static_cast<WatchfulHost*>(context);
    if (level < 1 || level > 5)
      self.complain("log was called with level " + std::to_string(level) +
                    ", and there are 1 to 5");
    if (!is_utf8(abi::text(text))) self.complain("log was called with a text that is not UTF-8");
  }

  mutable std::mutex mutex_;
  std::deque<Sink> sinks_;  // under mutex_; each stays where it is
  Finding complaint_;       // under mutex_; the first
  std::atomic<bool> dispatch_expected_ = false;
  const Grown table_{{WASCC_PROVIDER_ABI_VERSION, sizeof(Grown), this,
                      abi::bytes(std::string_view("check")), dispatch, log, after_call},
                     {}};
};

struct Answered {
  wascc_status status;
  bool written;
  Bytes bytes;
};

// One instance, from create to destroy.
class Instance {
 public:
  Instance(const wascc_provider_api& api, WatchfulHost& host) : api_(api), host_(host) {}

  Answered create() {
    return with_sink(
        [&](const wascc_sink* sink) { return api_.create(&host_.table(), &instance_, sink); });
  }
  Answered describe() {
    return with_sink([&](const wascc_sink* sink) { return api_.describe(instance_, sink); });
  }
  Answered start() {
    host_.expect_dispatches(true);
    return with_sink([&](const wascc_sink* sink) { return api_.start(instance_, sink); });
  }
  void stop() {
    api_.stop(instance_);
    host_.expect_dispatches(false);
  }
  void destroy() { api_.destroy(instance_); }

  Answered call(std::string_view actor, std::string_view operation, ByteView payload) {
    struct {
      wascc_call v1;
      void* later[4];
    } grown{abi::call(actor, operation, payload, std::chrono::steady_clock::now() + kCallLimit),
            {}};
    grown.v1.size = sizeof grown;
    return with_sink(
        [&](const wascc_sink* sink) { return api_.handle_call(instance_, &grown.v1, sink); });
  }
  Answered bind(std::string_view actor, const StringMap& values) {
    return call(kSystemActor, kOpBind, encode(CapabilityConfiguration{std::string(actor), values}));
  }
  Answered unbind(std::string_view actor) {
    return call(kSystemActor, kOpRemove, encode(CapabilityConfiguration{std::string(actor), {}}));
  }

 private:
  template <class Function>
  Answered with_sink(Function&& function) {
    WatchfulHost::Sink& sink = host_.new_sink();
    const wascc_status status = function(&sink.sink());
    sink.close();
    return {status, sink.written(), sink.bytes()};
  }

  const wascc_provider_api& api_;
  WatchfulHost& host_;
  void* instance_ = nullptr;
};

// An error is a known code and a sentence; success is neither here nor there.
Finding clean(const Answered& answer, const std::string& what) {
  if (answer.status == WASCC_OK) return std::nullopt;
  if (answer.status < 0 || answer.status > WASCC_INTERNAL)
    return what + ": status " + std::to_string(answer.status) + " is none of the interface's";
  if (answer.bytes.empty()) return what + ": an error without a text";
  if (!is_utf8(as_text(answer.bytes))) return what + ": an error text that is not UTF-8";
  return std::nullopt;
}

Finding must_succeed(const Answered& answer, const std::string& what) {
  if (answer.status == WASCC_OK) return std::nullopt;
  if (auto unclean = clean(answer, what)) return unclean;
  return what + ": " + to_text(answer.bytes);
}

Finding must_fail(const Answered& answer, const std::string& what) {
  if (answer.status != WASCC_OK) return clean(answer, what);
  return what + ": succeeded";
}

// Bytes that follow no format, or follow it to a bad end.
std::vector<Bytes> bad_payloads() {
  std::vector<Bytes> all;
  all.emplace_back();                                   // nothing
  all.push_back(to_bytes("\xC1"));                      // the byte that MessagePack never uses
  all.push_back(to_bytes("\x81\xA3key"));               // a map that ends early
  all.push_back(to_bytes("\xDF\xFF\xFF\xFF\xFF"));      // a map of four thousand million
  all.push_back(to_bytes("\xDB\xFF\xFF\xFF\xFFx"));     // a text longer than all memory
  all.push_back(to_bytes("\x81\xA4text\xA2\xFF\xFE"));  // a text that is not UTF-8
  all.push_back(Bytes(100'000, std::byte{0x91}));       // an array in an array in an array…
  Bytes noise(512);
  std::uint32_t state = 1;
  for (std::byte& byte : noise) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<std::byte>(state >> 24);
  }
  all.push_back(std::move(noise));
  return all;
}

// A text of many bytes, as the only member of a map.
Bytes large_payload() {
  Bytes payload = to_bytes("\x81\xA4text\xDB");
  for (int shift = 24; shift >= 0; shift -= 8)
    payload.push_back(static_cast<std::byte>(kLargeBytes >> shift));
  payload.resize(payload.size() + kLargeBytes, std::byte{'a'});
  return payload;
}

class Check {
 public:
  Check(const wascc_provider_api& table, const ProviderCheckOptions& options,
        const ProviderCheckObserver& observer)
      : table_(table), options_(options), observer_(observer) {}

  void run() {
    std::jthread([] {}).join();  // with the first thread, a sanitizer makes one of its own
    const std::size_t threads = threads_of_this_process();
    Instance first(table_, host_), second(table_, host_);
    if (!rule("an instance is made", [&] { return must_succeed(first.create(), "create"); }))
      return;
    if (!rule("it describes itself, the same each time", [&] { return described(first); })) return;
    rule("a second instance lives beside it", [&]() -> Finding {
      if (auto failed = must_succeed(second.create(), "create")) return failed;
      auto failed = must_succeed(second.describe(), "describe");
      second.destroy();
      return failed;
    });
    if (!rule("it starts", [&] { return must_succeed(first.start(), "start"); })) {
      first.destroy();
      return;
    }
    run_started(first);
    rule("it stops and ends", [&]() -> Finding {
      first.stop();
      first.destroy();
      return std::nullopt;
    });
    rule("no thread of it is left", [&] { return threads_gone(threads); });
    rule("it can be made, started and stopped again", [&]() -> Finding {
      Instance again(table_, host_);
      if (auto failed = must_succeed(again.create(), "create")) return failed;
      auto failed = must_succeed(again.start(), "start");
      if (!failed) again.stop();
      again.destroy();
      return failed;
    });
    rule("it used the host's table as the interface says", [&] { return host_.complaint(); });
  }

 private:
  void run_started(Instance& instance) {
    rule("an operation that it does not know is an error with code and text", [&]() -> Finding {
      const Answered answer = instance.call(kOne, kNoOperation, {});
      if (auto failed = must_fail(answer, std::string(kNoOperation))) return failed;
      if (answer.status == WASCC_UNSUPPORTED || answer.status == WASCC_DENIED) return std::nullopt;
      return "status " + std::to_string(answer.status) + ", and WASCC_UNSUPPORTED is meant for it";
    });
    rule("an operation of the host that does not exist is an error",
         [&] { return must_fail(instance.call(kSystemActor, kNoOperation, {}), "system"); });
    rule("an actor cannot pass for the host", [&]() -> Finding {
      const Bytes payload = encode(CapabilityConfiguration{std::string(kOther), options_.values});
      if (auto failed = must_fail(instance.call(kOne, kOpBind, payload), "BindActor"))
        return failed;
      return must_fail(instance.call(kOne, kOpRemove, payload), "RemoveActor");
    });
    rule("ending a binding that does not exist is no error",
         [&] { return must_succeed(instance.unbind(kOther), "RemoveActor"); });
    run_bound(instance);
    rule("malformed payloads are errors or answers, never an end",
         [&] { return bad_input(instance); });
    rule("a payload of 8 MiB is an error or an answer",
         [&] { return each_operation(instance, {large_payload()}); });
    rule("eight threads at once each get an answer", [&] { return parallel(instance); });
    rule("it describes itself as before", [&] { return described(instance); });
  }

  void run_bound(Instance& instance) {
    constexpr const char* kRule = "a binding is taken, updated, ended and taken again";
    const Answered first = instance.bind(kOne, options_.values);
    if (first.status != WASCC_OK && !clean(first, "BindActor")) {
      observer_.tried(
          {kRule, ProviderVerdict::Outcome::kSkipped,
           "it refused the binding (give it --value KEY=VALUE): " + to_text(first.bytes)});
      return;
    }
    rule(kRule, [&]() -> Finding {
      if (auto failed = clean(first, "BindActor")) return failed;
      if (auto failed = must_succeed(instance.bind(kOne, options_.values), "BindActor again"))
        return failed;
      if (auto failed = must_succeed(instance.bind(kOther, options_.values), "of another actor"))
        return failed;
      if (auto failed = must_succeed(instance.unbind(kOne), "RemoveActor")) return failed;
      return must_succeed(instance.bind(kOne, options_.values), "BindActor after RemoveActor");
    });
  }

  Finding described(Instance& instance) {
    const Answered answer = instance.describe();
    if (auto failed = must_succeed(answer, "describe")) return failed;
    const auto descriptor = decode<CapabilityDescriptor>(answer.bytes);
    if (!descriptor) return "describe: " + descriptor.error().message();
    if (descriptor->id.find(':') == std::string::npos)
      return "its capability id is \"" + descriptor->id +
             "\", which has no colon, as in acme:thing";
    if (!described_.empty() && described_ != answer.bytes) return "it says something else now";
    described_ = answer.bytes;
    operations_.clear();
    for (const OperationDescriptor& operation : descriptor->supported_operations)
      if (operation.direction != Direction::kToActor) operations_.push_back(operation.name);
    return std::nullopt;
  }

  Finding each_operation(Instance& instance, const std::vector<Bytes>& payloads) {
    for (const std::string& operation : operations_)
      for (std::size_t i = 0; i < payloads.size(); ++i)
        if (auto failed = clean(instance.call(kOne, operation, payloads[i]),
                                operation + " with payload " + std::to_string(i)))
          return failed;
    return std::nullopt;
  }

  Finding bad_input(Instance& instance) {
    const std::vector<Bytes> payloads = bad_payloads();
    for (const std::string_view operation : {kOpBind, kOpRemove})
      for (std::size_t i = 0; i < payloads.size(); ++i)
        if (auto failed = must_fail(instance.call(kSystemActor, operation, payloads[i]),
                                    std::string(operation) + " with payload " + std::to_string(i)))
          return failed;
    return each_operation(instance, payloads);
  }

  Finding parallel(Instance& instance) {
    std::mutex mutex;
    Finding first;
    {
      std::vector<std::jthread> threads;
      for (int thread = 0; thread < kThreads; ++thread)
        threads.emplace_back([&] {
          for (int round = 0; round < kRounds; ++round) {
            Finding failed =
                must_fail(instance.call(kOne, kNoOperation, {}), "an unknown operation");
            if (!failed) failed = must_succeed(instance.describe(), "describe");
            for (const std::string& operation : operations_)
              if (!failed)
                failed = clean(instance.call(kOne, operation, as_bytes("\xC1")), operation);
            if (!failed) continue;
            const std::scoped_lock lock(mutex);
            if (!first) first = std::move(failed);
            return;
          }
        });
    }
    return first;
  }

  static Finding threads_gone(std::size_t before) {
    const auto limit = std::chrono::steady_clock::now() + kThreadsGone;
    std::size_t now = threads_of_this_process();
    while (now > before && std::chrono::steady_clock::now() < limit) {
      std::this_thread::yield();
      now = threads_of_this_process();
    }
    if (now <= before) return std::nullopt;
    return std::to_string(now - before) + " still run after stop and destroy";
  }

  // Whether it holds.
  template <class Function>
  bool rule(std::string name, Function&& function) {
    observer_.trying(name);
    Finding wrong = function();
    const bool holds = !wrong;
    observer_.tried({std::move(name),
                     holds ? ProviderVerdict::Outcome::kPassed : ProviderVerdict::Outcome::kFailed,
                     std::move(wrong).value_or("")});
    return holds;
  }

  const wascc_provider_api& table_;
  const ProviderCheckOptions& options_;
  const ProviderCheckObserver& observer_;
  WatchfulHost host_;
  Bytes described_;
  std::vector<std::string> operations_;
};

}  // namespace

void check_provider(const wascc_provider_api& table, const ProviderCheckOptions& options,
                    const ProviderCheckObserver& observer) {
  Check(table, options, observer).run();
}

}  // namespace wascc::providers
