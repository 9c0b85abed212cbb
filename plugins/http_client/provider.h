// wascc:http_client: requests to the world outside, as far as each binding allows them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/guarded.h"
#include "wascc/provider.h"

namespace wascc::http_client {

// Any thread.
class HttpClientProvider final : public Provider {
 public:
  HttpClientProvider();
  ~HttpClientProvider() override;

  CapabilityDescriptor descriptor() const override;
  Status start(Dispatcher& /*dispatcher*/) override { return {}; }
  Status bind(const CapabilityConfiguration& configuration) override;
  Status unbind(std::string_view actor) override;
  Result<Bytes> handle_call(const ProviderCall& call) override;
  void stop() override {}

 private:
  class Session;
  using SessionPtr = std::shared_ptr<Session>;  // the provider's, and that of each call

  Guarded<std::map<std::string, SessionPtr, std::less<>>> sessions_;
};

}  // namespace wascc::http_client
