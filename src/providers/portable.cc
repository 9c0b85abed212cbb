#include "providers/portable.h"

#include <chrono>
#include <utility>

#include "wascc/msgpack.h"

namespace wascc::providers {
namespace {

// For bind and unbind, which come without a deadline of their own.
constexpr std::chrono::seconds kConfigurationLimit{9};

Deadline configuration_deadline() { return std::chrono::steady_clock::now() + kConfigurationLimit; }

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
  WASCC_CHECK(provider->start_instance(deadline));
  WASCC_TRY(const Bytes answer, provider->call(kOpDescribe, encode(HealthRequest{}), deadline)
                                    .context("GetCapabilityDescriptor"));
  WASCC_TRY(provider->descriptor_,
            decode<CapabilityDescriptor>(answer).context("GetCapabilityDescriptor"));
  if (provider->descriptor_.id.empty())
    return Error(Errc::kMalformed, "GetCapabilityDescriptor: the capability has no id");
  return std::unique_ptr<Provider>(std::move(provider));
}

Status PortableProvider::start_instance(Deadline deadline) {
  WASCC_TRY(guest_, wapc::Guest::start(module_, options_, *this, deadline));
  for (const auto& [actor, configuration] : bound_) {
    const auto bound = guest_->call(kOpBind, configuration, *this, deadline);
    if (!bound) return Error(bound.error()).context("bind again after a trap");
  }
  return {};
}

Result<Bytes> PortableProvider::call(std::string_view operation, ByteView payload,
                                     Deadline deadline) {
  std::unique_lock lock(running_, std::defer_lock);
  if (deadline == kNoDeadline)
    lock.lock();
  else if (!lock.try_lock_until(deadline))
    return Error(Errc::kTimeout, "the provider was busy until the deadline");
  if (guest_->damaged()) WASCC_CHECK(start_instance(deadline));
  return guest_->call(operation, payload, *this, deadline);
}

Status PortableProvider::bind(const CapabilityConfiguration& configuration) {
  Bytes payload = encode(configuration);
  WASCC_CHECK(call(kOpBind, payload, configuration_deadline()));
  const std::scoped_lock lock(running_);
  bound_[configuration.module] = std::move(payload);
  return {};
}

Status PortableProvider::unbind(std::string_view actor) {
  const CapabilityConfiguration configuration{std::string(actor), {}};
  const auto removed = call(kOpRemove, encode(configuration), configuration_deadline());
  // Real providers answer "bad dispatch"; the binding ends all the same.
  if (!removed) log_.warn("RemoveActor was refused", {{"error", removed.error().message()}});
  const std::scoped_lock lock(running_);
  bound_.erase(std::string(actor));
  return {};
}

Result<Bytes> PortableProvider::handle_call(const ProviderCall& asked) {
  if (asked.operation == kOpBind || asked.operation == kOpRemove || asked.operation == kOpDescribe)
    return Error(Errc::kDenied, "bad dispatch");  // the host's own operations
  return call(asked.operation, asked.payload, asked.deadline);
}

// A provider is at the end of a chain of calls: nothing is bound to it.
Result<Bytes> PortableProvider::host_call(const wapc::HostCall& asked) {
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
