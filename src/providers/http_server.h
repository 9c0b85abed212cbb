// wascc:http_server over a socket: each bound actor gets a server of its own, and every request
// becomes one HandleRequest (docs/run.md). What an actor sees and what becomes of its answer is the
// same as behind a Lambda function URL.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "net/http_server.h"
#include "wascc/provider.h"

namespace wascc::providers {

struct HttpServerOptions {
  std::string address = "127.0.0.1";
  // For the first actor that is bound, whatever its binding says; 0: any free one.
  std::optional<std::uint16_t> port;
  unsigned workers = 1;                       // of each server
  std::chrono::milliseconds request{30'000};  // for the actor's answer
  std::chrono::milliseconds drain{10'000};    // for requests in progress when a server ends
  std::string base_path;                      // taken off the path that the actor sees
  net::ServerLimits limits;
};

// All functions may be called on several threads at once.
class HttpServerProvider final : public Provider {
 public:
  // The clock and the sink of the log outlive the provider.
  HttpServerProvider(HttpServerOptions options, const Clock& clock, const Log& log);
  ~HttpServerProvider() override;

  CapabilityDescriptor descriptor() const override;
  Status start(Dispatcher& dispatcher) override;
  // Serves the actor on the port that the value PORT names, 8080 without one. An update with
  // another port moves the server there. kUnavailable if the port is taken.
  Status bind(const CapabilityConfiguration& configuration) override;
  // Answers the requests that have begun, and frees the port.
  Status unbind(std::string_view actor) override;
  // Refused: actors do not call this capability.
  Result<Bytes> handle_call(const ProviderCall& call) override;
  void stop() override;

  struct Endpoint {
    std::string actor;
    std::uint16_t port;
  };
  std::vector<Endpoint> endpoints() const;
  // Takes no new connection, and answers the requests that have begun; true if all were answered in
  // time.
  bool drain(std::chrono::milliseconds patience);

 private:
  class Front;

  std::uint16_t port_for(std::string_view actor, std::uint16_t wanted) const;

  const HttpServerOptions options_;
  const Clock& clock_;
  const Log log_;
  mutable std::mutex mutex_;
  Dispatcher* dispatcher_ = nullptr;  // under mutex_, like all below
  std::string first_;                 // the actor that options_.port is for
  std::map<std::string, std::shared_ptr<Front>, std::less<>> fronts_;
};

}  // namespace wascc::providers
