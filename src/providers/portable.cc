#include "providers/portable.h"

#include <chrono>
#include <optional>
#include <utility>

#include "wascc/msgpack.h"

namespace wascc::providers {
namespace {

// For bind and unbind, which come without a deadline of their own, and for waiting: two providers
// that ask each other at the same time would else wait for ever.
constexpr std::chrono::seconds kPatience{9};

Deadline out_of_patience() { return std::chrono::steady_clock::now() + kPatience; }

// This thread is inside. It takes over what the thread before wrote by C++'s own rules as well, as
// a sanitizer may not know the timed lock.
class Running {
 public:
  explicit Running(std::atomic<std::thread::id>& where) : where_(where) {
    where_.exchange(std::this_thread::get_id());
  }
  ~Running() { where_ = std::thread::id(); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  std::atomic<std::thread::id>& where_;
};

}  // namespace

PortableProvider::PortableProvider(claims::Claims claims,
                                   std::shared_ptr<const wapc::GuestModule> module,
                                   wapc::GuestOptions options, const Log& log)
    : claims_(std::move(claims)),
      module_(std::move(module)),
      options_(std::move(options)),
      log_(log.target("provider").with("provider", claims_.subject)) {}

Result<std::unique_ptr<Provider>> PortableProvider::load(
    claims::Claims claims, std::shared_ptr<const wapc::GuestModule> module,
    wapc::GuestOptions options, const Log& log, Deadline deadline) {
  if (!claims.provider)
    return Error(Errc::kDenied, "its token says that it is an actor: sign it with --provider");
  std::unique_ptr<PortableProvider> provider(
      new PortableProvider(std::move(claims), std::move(module), std::move(options), log));
  WASCC_CHECK(provider->start_instance(deadline).context("waPC failure"));
  WASCC_TRY(const Bytes answer, provider->call(kOpDescribe, encode(HealthRequest{}), deadline)
                                    .context("GetCapabilityDescriptor"));
  WASCC_TRY(provider->descriptor_, decode<CapabilityDescriptor>(answer)
                                       .context("GetCapabilityDescriptor")
                                       .context("Serialization failure"));
  if (provider->descriptor_.id.empty())
    return Error(Errc::kMalformed, "GetCapabilityDescriptor: the capability has no id");
  return std::unique_ptr<Provider>(std::move(provider));
}

Status PortableProvider::start_instance(Deadline deadline) {
  WASCC_TRY(guest_, wapc::Guest::start(module_, options_, *this, deadline));
  const auto all = bound_.with([](const auto& bound) { return bound; });
  for (const auto& [actor, configuration] : all) {
    const auto bound = guest_->call(kOpBind, configuration, *this, deadline);
    if (!bound) return Error(bound.error()).context("bind again after a trap");
  }
  return {};
}

Result<Bytes> PortableProvider::call(std::string_view operation, ByteView payload,
                                     Deadline deadline) {
  if (runs_on_ == std::this_thread::get_id())
    return Error(
        Errc::kDenied,
        "waSCC Host Error: Refused a call that would wait for itself: provider " + claims_.subject);
  std::unique_lock lock(running_, std::defer_lock);
  if (!lock.try_lock_until(deadline == kNoDeadline ? out_of_patience() : deadline))
    return Error(Errc::kTimeout, "the provider was busy until the deadline");
  const Running running(runs_on_);
  deadline_ = deadline;
  if (guest_->damaged()) WASCC_CHECK(start_instance(deadline));
  return guest_->call(operation, payload, *this, deadline);
}

Status PortableProvider::bind(const CapabilityConfiguration& configuration) {
  const Bytes payload = encode(configuration);
  // Noted before it is told: whoever finds the instance damaged meanwhile binds the new one by it.
  std::optional<Bytes> before;
  bound_.with([&](auto& bound) {
    const auto [place, added] = bound.try_emplace(configuration.module, payload);
    if (!added) before = std::exchange(place->second, payload);
  });
  const auto done = call(kOpBind, payload, out_of_patience());
  if (done) return {};
  bound_.with([&](auto& bound) {
    if (before)
      bound[configuration.module] = *std::move(before);
    else
      bound.erase(configuration.module);
  });
  return done.error();
}

Status PortableProvider::unbind(std::string_view actor) {
  const CapabilityConfiguration configuration{std::string(actor), {}};
  bound_.with([&](auto& bound) { bound.erase(configuration.module); });
  const auto removed = call(kOpRemove, encode(configuration), out_of_patience());
  // Real providers answer "bad dispatch"; the binding ends all the same.
  if (!removed) log_.warn("RemoveActor was refused", {{"error", removed.error().message()}});
  return {};
}

Result<Bytes> PortableProvider::handle_call(const ProviderCall& asked) {
  if (asked.operation == kOpBind || asked.operation == kOpRemove || asked.operation == kOpDescribe)
    return Error(Errc::kDenied, "bad dispatch");  // the host's own operations
  return call(asked.operation, asked.payload, asked.deadline);
}

Result<Bytes> PortableProvider::host_call(const wapc::HostCall& asked) {
  if (host_ != nullptr)
    return host_->call(
        {asked.binding, asked.name_space, asked.operation, asked.payload, deadline_});
  // While it is loaded no host has taken it up, and nothing is bound.
  return Error(Errc::kDenied, "WebAssembly module authorization failure: Provider " +
                                  claims_.subject + " attempted to call " +
                                  std::string(asked.operation) + " on " +
                                  std::string(asked.name_space) + "," + std::string(asked.binding) +
                                  " - PERMISSION DENIED.");
}

void PortableProvider::output(int stream, std::string_view text) {
  log_.info(text, {{"stream", stream == 1 ? "stdout" : "stderr"}});
}

}  // namespace wascc::providers
