#include "host/router.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/capability_id.h"
#include "host/later_interface.h"
#include "wascc/messages/core.h"
#include "wascc/msgpack.h"

namespace wascc::host {
namespace {

constexpr const char* kInvocationFailure = "Invocation failure";
// The origin of what the host itself asks for.
constexpr Entity kHost{kSystemActor, {}, {}};

// One actor that is being run by this thread, and the call that it serves. A provider may call an
// actor while another waits for the provider, so the chain is the thread's, not the call's.
struct Frame {
  const Router* router;
  std::string_view actor;
  Deadline deadline;
  Frame* outer;
  Actor::Lease* lease;                              // absent: all its instances are configured
  bool returned = false;                            // what was put off is being done
  std::vector<std::function<void()>> put_off = {};  // until it has returned
};

constinit thread_local Frame* innermost = nullptr;

// At its end the actor has returned, and what was put off until then is done.
class RunningFrame {
 public:
  RunningFrame(const Router& router, std::string_view actor, Deadline deadline,
               Actor::Lease* lease = nullptr)
      : frame_{&router, actor,
               innermost == nullptr ? deadline : std::min(deadline, innermost->deadline), innermost,
               lease} {
    innermost = &frame_;
  }
  ~RunningFrame() {
    frame_.returned = true;
    for (std::size_t i = 0; i < frame_.put_off.size(); ++i)  // work may put off more
      std::exchange(frame_.put_off[i], nullptr)();
    innermost = frame_.outer;
  }
  RunningFrame(const RunningFrame&) = delete;
  RunningFrame& operator=(const RunningFrame&) = delete;

  Deadline deadline() const { return frame_.deadline; }

 private:
  Frame frame_;
};

// The outermost call of that actor: the one at whose return no frame of the actor is left waiting.
Frame* frame_of(const Router& router, std::string_view actor) {
  Frame* found = nullptr;
  for (Frame* frame = innermost; frame != nullptr; frame = frame->outer)
    if (frame->router == &router && frame->actor == actor) found = frame;
  return found;
}

// A call's stay with an actor that is not being removed. What was put off until another call's end
// belongs to that one, whose stay lasts.
class Admission {
 public:
  Admission(const Router& router, const Actor& actor) {
    if (frame_of(router, actor.claims().subject) == nullptr) stay_.emplace(*actor.gate());
  }
  explicit operator bool() const { return !stay_ || bool(*stay_); }

 private:
  std::optional<CallGate::Stay> stay_;
};

Status status_of(Result<Bytes> answer) {
  if (answer) return {};
  return std::move(answer).error();
}

bool holds(const claims::Claims& claims, std::string_view name) {
  return std::ranges::find(claims.capabilities, name) != claims.capabilities.end();
}

Error host_error(Errc code, const std::string& text) {
  return Error(code, "waSCC Host Error: " + text);
}

Error permission_denied(const claims::Claims& caller, const wapc::HostCall& call) {
  std::string text = "WebAssembly module authorization failure: ";
  text.append(caller.provider ? "Provider " : "Actor ")
      .append(caller.subject)
      .append(" attempted to call ")
      .append(call.operation)
      .append(" on ")
      .append(call.name_space)
      .append(",")
      .append(call.binding)
      .append(" - PERMISSION DENIED.");
  return Error(Errc::kDenied, std::move(text));
}

// "M1 -> M2 -> M3": the actors that wait for each other on this thread, and the one to be called.
std::string chain_to(const Router& router, std::string_view actor) {
  std::string chain(actor);
  for (const Frame* frame = innermost; frame != nullptr; frame = frame->outer)
    if (frame->router == &router) chain.insert(0, " -> ").insert(0, frame->actor);
  return chain;
}

// The target as the original host printed it, the capability under the name that was sent.
std::string to_text(const Entity& target, std::string_view sent) {
  if (!target.actor.empty()) return "Actor(\"" + std::string(target.actor) + "\")";
  return "Capability { capid: \"" + std::string(sent) + "\", binding: \"" +
         std::string(target.binding) + "\" }";
}

}  // namespace

std::string_view binding_name(std::string_view sent) {
  const bool blank = sent.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
  return blank ? kDefaultBinding : sent;
}

bool is_actor_key(std::string_view name) { return name.size() == 56 && name.front() == 'M'; }

std::string actor_subject(std::string_view actor) { return "wasmbus.actor." + std::string(actor); }

std::string provider_subject(std::string_view capability, std::string_view binding) {
  std::string subject = "wasmbus.provider.";
  for (const char c : capability)
    subject += c == ':'               ? '.'
               : c == ' '             ? '_'
               : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a')
                                      : c;
  return subject.append(".").append(binding);
}

Error no_subscribers(const std::string& subject) {
  return host_error(Errc::kNotFound, "Attempted bus call for " + subject + " with no subscribers");
}

Error no_actor() { return Error(Errc::kNotFound, "No such actor"); }

Result<Bytes> Router::host_call(const claims::Claims& caller, const wapc::HostCall& call,
                                Deadline deadline) {
  if (is_actor_key(call.name_space)) {
    if (call.name_space != caller.subject && !holds(caller, call.name_space))
      return permission_denied(caller, call);
    return call_actor(caller, actors_.find(call.name_space).get(), call, deadline);
  }
  const bool claimed = claims_capability(caller, call.name_space);
  const ProviderPtr provider =
      claimed ? bindings_.find({caller.subject, canonical_capability(call.name_space),
                                binding_name(call.binding)})
              : nullptr;
  if (!provider)
    if (const ActorPtr callee = aliased(caller, call.name_space))
      return call_actor(caller, callee.get(), call, deadline);
  if (!claimed) return permission_denied(caller, call);
  return call_provider(caller, provider.get(), call, deadline);
}

// An actor by its call alias, if the caller may use it: its token holds the alias or the actor's
// key, or one issuer signed both. A name with a colon is a capability's and never an alias.
ActorPtr Router::aliased(const claims::Claims& caller, std::string_view name) const {
  if (name.find(':') != std::string_view::npos) return nullptr;
  ActorPtr callee = actors_.find_alias(name);
  if (!callee) return nullptr;
  const bool allowed = holds(caller, name) || holds(caller, callee->claims().subject) ||
                       callee->claims().issuer == caller.issuer;
  return allowed ? callee : nullptr;
}

Status Router::authorize(const claims::Claims& caller, const Entity& target,
                         const wapc::HostCall& call) const {
  if (authorizer_ == nullptr || authorizer_->can_invoke(caller, target, call.operation)) return {};
  return Error(Errc::kDenied, "WebAssembly module authorization failure: Actor " + caller.subject +
                                  " attempted to call " + to_text(target, call.name_space) +
                                  " - Authorizer denied access");
}

Result<Bytes> Router::call_actor(const claims::Claims& caller, Actor* callee,
                                 const wapc::HostCall& call, Deadline deadline) {
  const std::string_view key = callee != nullptr ? callee->claims().subject : call.name_space;
  WASCC_CHECK(authorize(caller, {key, {}, {}}, call));
  if (callee == nullptr)
    return no_subscribers(actor_subject(key)).context("Error occurred during host call");
  WASCC_CHECK(check_chain(key).context("Error occurred during host call"));
  const Admission admission(*this, *callee);
  if (!admission)
    return no_subscribers(actor_subject(key)).context("Error occurred during host call");
  return this->call({caller.subject, {}, {}}, *callee, call.operation, call.payload, deadline);
}

Result<Bytes> Router::call_provider(const claims::Claims& caller, ProviderSlot* provider,
                                    const wapc::HostCall& call, Deadline deadline) {
  const std::string_view binding = binding_name(call.binding);
  const Entity target{{}, canonical_capability(call.name_space), binding};
  WASCC_CHECK(authorize(caller, target, call));
  const auto unreachable = [&] {
    return no_subscribers(provider_subject(call.name_space, binding) + "." + caller.subject)
        .context("Error occurred during host call");
  };
  if (provider == nullptr) return unreachable();
  const CallGate::Stay stay(provider->gate());
  if (!stay) return unreachable();
  const auto handle = [&](ByteView payload) -> Result<Bytes> {
    WASCC_TRY(Bytes answer, provider->provider().handle_call(
                                {caller.subject, call.operation, payload, deadline}));
    return answer_for_sender(call, std::move(answer));
  };
  if (middleware_ == nullptr)
    return handle(call.payload)
        .context(
            "Invocation failure: failed to invoke capability: Error occurred during host call");
  return middleware_
      ->run({{caller.subject, {}, {}}, target, call.operation, call.payload, deadline},
            [&](ByteView payload) {
              return handle(payload).context(
                  "failed to invoke capability: Error occurred during host call");
            })
      .context(kInvocationFailure);
}

Result<Bytes> Router::dispatch(const ProviderSlot& from, const Dispatch& call) {
  const ActorPtr actor = actors_.find(call.actor);
  if (!actor) return no_subscribers(actor_subject(call.actor));
  if (!claims_capability(actor->claims(), from.capability()))
    return Error(Errc::kDenied, "Dispatch between actor and unauthorized capability: " +
                                    std::string(call.actor) + " <-> " + from.capability());
  if (bindings_.find({call.actor, from.capability(), from.binding()}).get() != &from)
    return host_error(Errc::kDenied, "Actor " + std::string(call.actor) + " is not bound to " +
                                         from.capability() + "," + from.binding());
  WASCC_CHECK(check_chain(call.actor));
  const Admission admission(*this, *actor);
  if (!admission) return no_subscribers(actor_subject(call.actor));
  return this->call({{}, from.capability(), from.binding()}, *actor,
                    operation_for_actor(actor->claims(), from.capability(), call.operation),
                    call.payload, call.deadline);
}

void Router::after_call(std::string_view actor, std::function<void()> work) {
  Frame* const frame = frame_of(*this, actor);
  if (frame == nullptr) return work();
  frame->put_off.push_back(std::move(work));
}

Result<Bytes> Router::invoke(Actor& actor, std::string_view operation, ByteView payload,
                             Deadline deadline) {
  WASCC_CHECK(check_chain(actor.claims().subject));
  const Admission admission(*this, actor);
  if (!admission) return no_actor();
  return call(kHost, actor, operation, payload, deadline);
}

Status Router::configure(Actor& actor, Actor::Configuration configuration, Deadline deadline) {
  const std::string_view key = actor.claims().subject;
  WASCC_CHECK(check_chain(key));
  const auto tell = [&](Actor::Configuration told) {
    const RunningFrame frame(*this, key, deadline);
    return actor.configure(std::move(told), frame.deadline())
        .context("failed to invoke actor: Guest call failure");
  };
  if (middleware_ == nullptr) return tell(std::move(configuration)).context(kInvocationFailure);
  return status_of(middleware_->run({kHost, {key, {}, {}}, kOpBind, *configuration, deadline},
                                    [&](ByteView payload) -> Result<Bytes> {
                                      WASCC_CHECK(tell(std::make_shared<const Bytes>(
                                          payload.begin(), payload.end())));
                                      return Bytes();
                                    }))
      .context(kInvocationFailure);
}

Status Router::bind(ProviderSlot& provider, const CapabilityConfiguration& configuration) const {
  if (middleware_ == nullptr) return provider.provider().bind(configuration);
  const Bytes message = encode(configuration);
  return status_of(middleware_->run(
      {kHost, {{}, provider.capability(), provider.binding()}, kOpBind, message, kNoDeadline},
      [&](ByteView payload) -> Result<Bytes> {
        WASCC_TRY(CapabilityConfiguration told, decode<CapabilityConfiguration>(payload));
        told.module = configuration.module;  // its values may be others, the actor is this one
        WASCC_CHECK(provider.provider().bind(told));
        return Bytes();
      }));
}

Status Router::unbind(ProviderSlot& provider, std::string_view actor) const {
  if (middleware_ == nullptr) return provider.provider().unbind(actor);
  const Bytes message = encode(CapabilityConfiguration{std::string(actor), {}});
  return status_of(middleware_->run(
      {kHost, {{}, provider.capability(), provider.binding()}, kOpRemove, message, kNoDeadline},
      [&](ByteView) -> Result<Bytes> {
        WASCC_CHECK(provider.provider().unbind(actor));
        return Bytes();
      }));
}

bool Router::runs_on_this_thread() const {
  for (const Frame* frame = innermost; frame != nullptr; frame = frame->outer)
    if (frame->router == this) return true;
  return false;
}

Status Router::check_chain(std::string_view actor) const {
  std::size_t depth = 0;
  for (const Frame* frame = innermost; frame != nullptr; frame = frame->outer) {
    if (frame->router != this) continue;
    ++depth;
    if (frame->actor == actor && !frame->returned)
      return host_error(Errc::kDenied,
                        "Refused a call that would wait for itself: " + chain_to(*this, actor));
  }
  if (depth < kMaxCallDepth) return {};
  return host_error(Errc::kTooLarge, "Refused a call nested deeper than " +
                                         std::to_string(kMaxCallDepth) +
                                         " actors: " + chain_to(*this, actor));
}

Result<Bytes> Router::call(const Entity& origin, Actor& actor, std::string_view operation,
                           ByteView payload, Deadline deadline) {
  if (middleware_ == nullptr)
    return run(actor, operation, payload, deadline)
        .context("Invocation failure: failed to invoke actor: Guest call failure");
  return middleware_
      ->run({origin, {actor.claims().subject, {}, {}}, operation, payload, deadline},
            [&](ByteView changed) {
              return run(actor, operation, changed, deadline)
                  .context("failed to invoke actor: Guest call failure");
            })
      .context(kInvocationFailure);
}

Result<Bytes> Router::run(Actor& actor, std::string_view operation, ByteView payload,
                          Deadline deadline) {
  // One that has returned and is called with what was put off goes on with the same instance.
  const Frame* const returned = frame_of(*this, actor.claims().subject);
  const bool goes_on =
      returned != nullptr && returned->lease != nullptr && &returned->lease->actor() == &actor;
  std::optional<Actor::Lease> own;
  if (!goes_on) own.emplace(actor);
  Actor::Lease& lease = goes_on ? *returned->lease : *own;
  const RunningFrame frame(*this, actor.claims().subject, deadline, &lease);
  return actor.call(lease, operation, payload, frame.deadline());
}

}  // namespace wascc::host
