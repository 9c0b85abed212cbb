// Requests to registries by libcurl: TLS 1.2 or later with the certificate checked, no proxy.
#pragma once

#include <string>

#include "curl/client.h"
#include "oci/transport.h"

namespace wascc::oci {

class CurlTransport final : public Transport {
 public:
  // `roots`: a file of trusted certificates in PEM form.
  explicit CurlTransport(std::string roots);

  Result<Answer> get(const Request& request) override;

 private:
  curl::Client client_;
};

}  // namespace wascc::oci
