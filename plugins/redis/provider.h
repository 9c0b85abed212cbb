// What the capabilities on Redis share: bindings, each with a client of its own, and a table of
// operations.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/guarded.h"
#include "redis/client.h"
#include "wascc/provider.h"

namespace wascc::redis {

struct Operation {
  std::string_view name;
  Result<Bytes> (*run)(Client& client, ByteView payload, Deadline deadline);
};

// Any thread.
class RedisProvider : public Provider {
 public:
  CapabilityDescriptor descriptor() const final;
  Status start(Dispatcher& dispatcher) final;
  Status bind(const CapabilityConfiguration& configuration) final;
  Status unbind(std::string_view actor) final;
  Result<Bytes> handle_call(const ProviderCall& call) final;
  void stop() final;

 protected:
  // `about` has no operations yet; `operations` are static. The clock outlives the provider.
  RedisProvider(CapabilityDescriptor about, std::span<const Operation> operations,
                const Clock& clock);

 private:
  // A client belongs to its binding, and to the calls that use it while the binding ends.
  using Clients = std::map<std::string, std::shared_ptr<Client>, std::less<>>;

  const CapabilityDescriptor about_;
  const std::span<const Operation> operations_;
  const Clock& clock_;
  Guarded<Clients> clients_;
};

// Decodes a request, runs it and encodes the answer: a row's function.
template <class Request, class Response, Result<Response> (*kRun)(Client&, Request&, Deadline)>
Result<Bytes> run(Client& client, ByteView payload, Deadline deadline) {
  WASCC_TRY(Request request, decode<Request>(payload));
  WASCC_TRY(const Response response, kRun(client, request, deadline));
  return encode(response);
}

// A text of a reply. kProvider if it is none, or not UTF-8, which no actor could read.
Result<std::string> text_of(const redisReply& reply);

}  // namespace wascc::redis
