#include "host/actor.h"

#include <string>
#include <utility>

#include "codec/positional.h"
#include "host/capability_id.h"
#include "wascc/messages/core.h"

namespace wascc::host {

// A guest and what it can reach while it runs.
class Actor::Instance final : private wapc::GuestHost {
 public:
  // What came of one guest call.
  struct Attempt {
    Result<Bytes> result;
    std::size_t host_calls = 0;

    // The guest could not read the payload, and has done nothing yet.
    bool unread() const {
      return !result && result.error().code() == Errc::kGuest && host_calls == 0 &&
             result.error().message().find("Failed to de-serialize") != std::string::npos;
    }
  };

  Instance(const Actor& actor, Configuration configuration)
      : actor_(actor), configuration_(std::move(configuration)) {}

  Status start(Deadline deadline) {
    deadline_ = deadline;
    WASCC_TRY(guest_, wapc::Guest::start(actor_.module_, actor_.options_.guest, *this, deadline));
    return {};
  }

  Attempt call(Form form, std::string_view operation, ByteView payload, Deadline deadline) {
    form_ = form;
    deadline_ = deadline;
    auto result = guest_->call(operation, payload, *this, deadline);
    return {std::move(result), guest_->host_calls()};
  }

  bool damaged() const { return guest_->damaged(); }
  const Configuration& configuration() const { return configuration_; }

 private:
  Result<Bytes> host_call(const wapc::HostCall& call) override {
    WASCC_TRY(Bytes answer, actor_.host_calls_.host_call(actor_.claims_, call, deadline_));
    if (form_ == Form::kMap) return answer;
    // What has no known positional form goes as it is: an actor's answer, a provider's raw bytes.
    return positional_reply(canonical_capability(call.name_space), call.operation, answer)
        .value_or(std::move(answer));
  }
  void console_log(std::string_view text) override { actor_.log_.info(text); }
  void output(int stream, std::string_view text) override {
    actor_.log_.info(text, {{"stream", stream == 1 ? "stdout" : "stderr"}});
  }

  const Actor& actor_;
  const Configuration configuration_;
  Form form_ = Form::kMap;
  Deadline deadline_ = kNoDeadline;
  std::unique_ptr<wapc::Guest> guest_;  // last: its end may still write output
};

Actor::Lease::Lease(Actor& actor) : actor_(actor) {
  admitted_ = actor_.pool_.with([&](Pool& pool) {
    if (pool.calls >= actor_.options_.max_calls) return false;
    ++pool.calls;
    configuration_ = pool.configuration;
    if (!pool.idle.empty()) {
      instance_ = std::move(pool.idle.back());
      pool.idle.pop_back();
    }
    return true;
  });
}

Actor::Lease::~Lease() {
  if (!admitted_) return;
  if (instance_ && instance_->damaged()) instance_.reset();
  actor_.pool_.with([&](Pool& pool) {
    --pool.calls;
    if (instance_ && instance_->configuration() == pool.configuration &&
        pool.idle.size() < actor_.options_.kept_instances)
      pool.idle.push_back(std::move(instance_));
  });
}

Actor::Actor(claims::Claims claims, std::shared_ptr<const wapc::GuestModule> module,
             const ActorOptions& options, HostCalls& host_calls, const Log& log)
    : claims_(std::move(claims)),
      module_(std::move(module)),
      options_(options),
      host_calls_(host_calls),
      log_(log.target("actor")
               .with("actor", claims_.subject)
               .with("name", std::string(claims_.display_name()))) {}

Actor::~Actor() = default;

Result<std::shared_ptr<Actor>> Actor::start(claims::Claims claims,
                                            std::shared_ptr<const wapc::GuestModule> module,
                                            const ActorOptions& options, HostCalls& host_calls,
                                            const Log& log, Deadline deadline,
                                            Configuration configuration) {
  std::shared_ptr<Actor> actor(
      new Actor(std::move(claims), std::move(module), options, host_calls, log));
  WASCC_TRY(auto first, actor->start_instance(configuration, deadline));
  // It has served nothing yet, so that it may serve the first call also where none is kept.
  actor->pool_.with([&](Pool& pool) {
    pool.configuration = std::move(configuration);
    pool.idle.push_back(std::move(first));
  });
  return actor;
}

Result<std::unique_ptr<Actor::Instance>> Actor::start_instance(Configuration configuration,
                                                               Deadline deadline) {
  auto instance = std::make_unique<Instance>(*this, std::move(configuration));
  WASCC_CHECK(instance->start(deadline));
  if (instance->configuration())
    WASCC_CHECK(serve(*instance, kOpBind, *instance->configuration(), deadline));
  return instance;
}

Result<Bytes> Actor::call(Lease& lease, std::string_view operation, ByteView payload,
                          Deadline deadline) {
  if (!lease.admitted_)
    return Error(Errc::kUnavailable, "actor " + claims_.subject + " already serves " +
                                         std::to_string(options_.max_calls) + " calls");
  if (!lease.instance_ || lease.instance_->damaged()) {
    lease.instance_.reset();
    WASCC_TRY(lease.instance_, start_instance(lease.configuration_, deadline));
  }
  return serve(*lease.instance_, operation, payload, deadline);
}

Status Actor::configure(Configuration configuration, Deadline deadline) {
  WASCC_TRY(auto first, start_instance(configuration, deadline));
  std::vector<std::unique_ptr<Instance>> ended;  // after the lock is gone
  pool_.with([&](Pool& pool) {
    ended = std::exchange(pool.idle, {});
    pool.configuration = std::move(configuration);
    pool.idle.push_back(std::move(first));
  });
  return {};
}

Result<Bytes> Actor::serve(Instance& instance, std::string_view operation, ByteView payload,
                           Deadline deadline) {
  if (form_ == Form::kMap) {
    auto first = instance.call(Form::kMap, operation, payload, deadline);
    if (!first.unread()) return std::move(first.result);
    const auto rewritten = positional_request(operation, payload);
    if (!rewritten) return std::move(first.result);
    auto second = instance.call(Form::kPositional, operation, *rewritten, deadline);
    if (second.unread()) return std::move(first.result);  // it reads neither
    form_ = Form::kPositional;
    return std::move(second.result);
  }
  const auto rewritten = positional_request(operation, payload);
  return instance
      .call(Form::kPositional, operation, rewritten ? ByteView(*rewritten) : payload, deadline)
      .result;
}

}  // namespace wascc::host
