#include "wapc/guest.h"

#include <algorithm>
#include <array>
#include <utility>

#include "wapc/conversation.h"
#include "wapc/imports.h"

namespace wascc::wapc {
namespace {

constexpr std::string_view kGuestCall = "__guest_call";
// In this order, each if it is exported as a function without parameters.
constexpr std::array<std::string_view, 3> kStartFunctions{"_initialize", "_start", "wapc_init"};

const engine::ExportType* exported(const engine::Module& module, std::string_view name) {
  const auto found = std::ranges::find(module.exports(), name, &engine::ExportType::name);
  return found == module.exports().end() ? nullptr : &*found;
}

// The module speaks this generation's protocol, or the sentence that says which one it speaks.
Status check_protocol(const engine::Module& module) {
  for (const engine::ImportType& import : module.imports())
    if (import.module == "wasmbus")
      return Error(
          Errc::kUnsupported,
          "a wasmCloud actor of the wasmbus generation (it imports module \"wasmbus\"); this host "
          "runs waPC actors, which import module \"wapc\"");
  if (exported(module, "__wasmbus_rpc_version") != nullptr)
    return Error(
        Errc::kUnsupported,
        "a wasmCloud actor of the wasmbus generation (it exports __wasmbus_rpc_version); this "
        "host runs waPC actors");
  const engine::ExportType* call = exported(module, kGuestCall);
  if (call == nullptr || !call->function)
    return Error(Errc::kMalformed, "not a waPC guest: the module exports no function __guest_call");
  const engine::FunctionType expected{{engine::ValueType::kI32, engine::ValueType::kI32},
                                      {engine::ValueType::kI32}};
  if (*call->function != expected)
    return Error(Errc::kMalformed, "not a waPC guest: __guest_call has the type " +
                                       to_string(*call->function) + " instead of " +
                                       to_string(expected));
  const engine::ExportType* memory = exported(module, "memory");
  if (memory == nullptr || !memory->memory)
    return Error(Errc::kMalformed,
                 "not a waPC guest: the module exports no memory named \"memory\"");
  return {};
}

class WapcGuest final : public Guest, private engine::GuestOutput {
 public:
  WapcGuest(std::shared_ptr<const GuestModule> module, GuestHost& host)
      : module_(std::move(module)) {
    talk_.begin(host, {}, {});
  }

  Status start(const GuestOptions& options, Deadline deadline);
  Result<Bytes> call(std::string_view operation, ByteView payload, GuestHost& host,
                     Deadline deadline) override;
  bool damaged() const override { return damaged_; }
  std::size_t host_calls() const override { return talk_.host_calls(); }

 private:
  void line(int stream, std::string_view text) override { talk_.host().output(stream, text); }

  std::shared_ptr<const GuestModule> module_;
  Conversation talk_;
  std::unique_ptr<engine::Instance> instance_;  // refers to talk_ and to this object's output
  bool running_ = false;
  bool damaged_ = false;
};

Status WapcGuest::start(const GuestOptions& options, Deadline deadline) {
  engine::InstanceOptions instance_options;
  instance_options.context = &talk_;
  instance_options.output = this;
  instance_options.limits = options.limits;
  instance_options.wasi = options.wasi;
  instance_options.deadline = deadline;
  auto instance = module_->linked().instantiate(instance_options);
  if (!instance)
    return std::move(talk_).outcome(std::move(instance).error()).context("instantiate");
  instance_ = *std::move(instance);
  for (const std::string_view name : kStartFunctions) {
    const engine::ExportType* function = exported(module_->linked().module(), name);
    if (function == nullptr || !function->function || !function->function->parameters.empty())
      continue;
    auto started = instance_->call(name, {}, deadline);
    // A command that ends its _start by proc_exit(0) is as good as one that returns.
    if (!started && instance_->exit_status() != 0)
      return std::move(talk_)
          .outcome(std::move(started).error())
          .context("start function " + std::string(name));
  }
  return {};
}

Result<Bytes> WapcGuest::call(std::string_view operation, ByteView payload, GuestHost& host,
                              Deadline deadline) {
  if (running_) return Error(Errc::kInternal, "a guest call while another one runs");
  if (damaged_) return Error(Errc::kInternal, "a guest call into an instance that trapped");
  if (operation.size() > UINT32_MAX || payload.size() > INT32_MAX)
    return Error(Errc::kTooLarge, "a payload of " + std::to_string(payload.size()) + " bytes");
  talk_.begin(host, operation, payload);
  running_ = true;
  const std::array<std::uint32_t, 2> lengths{static_cast<std::uint32_t>(operation.size()),
                                             static_cast<std::uint32_t>(payload.size())};
  auto code = instance_->call(kGuestCall, lengths, deadline);
  running_ = false;
  if (code) return std::move(talk_).outcome(*code);
  damaged_ = true;
  return std::move(talk_).outcome(std::move(code).error());
}

}  // namespace

Result<std::shared_ptr<const GuestModule>> GuestModule::link(engine::Engine& engine,
                                                             engine::ModulePtr module) {
  WASCC_CHECK(check_protocol(*module));
  WASCC_TRY(engine::LinkedPtr linked, engine.link(std::move(module), guest_imports()));
  return std::shared_ptr<const GuestModule>(new GuestModule(std::move(linked)));
}

Result<std::unique_ptr<Guest>> Guest::start(std::shared_ptr<const GuestModule> module,
                                            const GuestOptions& options, GuestHost& host,
                                            Deadline deadline) {
  auto guest = std::make_unique<WapcGuest>(std::move(module), host);
  WASCC_CHECK(guest->start(options, deadline));
  return std::unique_ptr<Guest>(std::move(guest));
}

}  // namespace wascc::wapc
