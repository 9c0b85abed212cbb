// The two capabilities through which Lambda reaches actors, wascc:http_server and awslambda:event,
// as the host sees them: each knows the one actor that takes its events, and passes them on. The
// events come from an EventHandler.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>

#include "wascc/bytes.h"
#include "wascc/deadline.h"
#include "wascc/messages/event.h"
#include "wascc/messages/http.h"
#include "wascc/provider.h"
#include "wascc/result.h"

namespace wascc::lambda {

// All functions may be called on several threads at once.
class EventProvider final : public Provider {
 public:
  struct Capability {
    std::string_view id;
    std::string_view name;
    std::string_view operation;  // the one that it asks of actors
    std::string_view doctext;
  };
  static constexpr Capability kHttp{kHttpServer, "waSCC AWS Lambda HTTP request provider",
                                    kOpHandleRequest, "Answers an HTTP request"};
  static constexpr Capability kRaw{kLambdaEvent, "waSCC AWS Lambda raw event provider",
                                   kOpHandleEvent, "Answers a Lambda event"};

  explicit EventProvider(const Capability& capability) : capability_(capability) {}

  CapabilityDescriptor descriptor() const override;
  Status start(Dispatcher& dispatcher) override;
  // kExists for a second actor: an event has one answer, so it goes to one actor.
  Status bind(const CapabilityConfiguration& configuration) override;
  Status unbind(std::string_view actor) override;
  // Refused: actors do not call these capabilities.
  Result<Bytes> handle_call(const ProviderCall& call) override;
  // Waits for the dispatch in progress.
  void stop() override;

  const Capability& capability() const { return capability_; }
  // The key of the bound actor; empty if there is none.
  std::string actor() const;
  // The actor's answer, or why there is none, as a Dispatcher tells it.
  Result<Bytes> dispatch(std::string_view actor, ByteView payload, Deadline deadline);

 private:
  Dispatcher* begin_dispatch();  // nullptr before start and after stop
  void end_dispatch();

  const Capability capability_;
  mutable std::mutex mutex_;
  std::condition_variable idle_;
  Dispatcher* dispatcher_ = nullptr;  // under mutex_, like all below
  std::string actor_;
  int running_ = 0;
};

}  // namespace wascc::lambda
