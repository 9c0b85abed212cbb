#include "lambda/provider.h"

namespace wascc::lambda {

CapabilityDescriptor EventProvider::descriptor() const {
  CapabilityDescriptor descriptor;
  descriptor.id = capability_.id;
  descriptor.name = capability_.name;
  descriptor.version = "0.1.0";
  descriptor.revision = 1;
  descriptor.long_description = "Delivers the events of an AWS Lambda function to an actor";
  descriptor.supported_operations.push_back(
      {std::string(capability_.operation), Direction::kToActor, std::string(capability_.doctext)});
  return descriptor;
}

Status EventProvider::start(Dispatcher& dispatcher) {
  const std::scoped_lock lock(mutex_);
  dispatcher_ = &dispatcher;
  return {};
}

Status EventProvider::bind(const CapabilityConfiguration& configuration) {
  const std::scoped_lock lock(mutex_);
  if (!actor_.empty() && actor_ != configuration.module)
    return Error(Errc::kExists, "actor " + actor_ + " takes the events of " +
                                    std::string(capability_.id) +
                                    " already; bind only one of it and " + configuration.module);
  actor_ = configuration.module;
  return {};
}

Status EventProvider::unbind(std::string_view actor) {
  const std::scoped_lock lock(mutex_);
  if (actor_ == actor) actor_.clear();
  return {};
}

Result<Bytes> EventProvider::handle_call(const ProviderCall& call) {
  return Error(
      Errc::kUnsupported,
      std::string("Unsupported operation: ").append(call.operation).append("/").append(call.actor));
}

void EventProvider::stop() {
  std::unique_lock lock(mutex_);
  dispatcher_ = nullptr;
  idle_.wait(lock, [this] { return running_ == 0; });
}

std::string EventProvider::actor() const {
  const std::scoped_lock lock(mutex_);
  return actor_;
}

Result<Bytes> EventProvider::dispatch(std::string_view actor, ByteView payload, Deadline deadline) {
  Dispatcher* dispatcher = begin_dispatch();
  if (dispatcher == nullptr)
    return Error(Errc::kUnavailable, std::string(capability_.id) + " is not running");
  struct End {
    EventProvider& provider;
    ~End() { provider.end_dispatch(); }
  } const end{*this};
  return dispatcher->dispatch({actor, capability_.operation, payload, deadline});
}

Dispatcher* EventProvider::begin_dispatch() {
  const std::scoped_lock lock(mutex_);
  if (dispatcher_ != nullptr) ++running_;
  return dispatcher_;
}

void EventProvider::end_dispatch() {
  const std::scoped_lock lock(mutex_);
  if (--running_ == 0) idle_.notify_all();
}

}  // namespace wascc::lambda
