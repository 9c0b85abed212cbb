// What a binding of wascc:http_client says (docs/providers.md, "HTTP client").
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "networks.h"
#include "wascc/msgpack.h"

namespace wascc::http_client {

struct Settings {
  std::chrono::milliseconds timeout{30'000};  // of a request, its redirects included
  unsigned max_redirects = 10;
  std::size_t max_answer_bytes = std::size_t{16} << 20;
  std::vector<std::string> hosts;  // lower case, "*.example.com" too; none: every host
  Networks networks;               // beside the public Internet
  std::string roots;               // file of certificates; empty: there is none on this machine

  // kInvalid names the value that makes no sense.
  static Result<Settings> from(const StringMap& values);

  bool may_reach(std::string_view host) const;
};

}  // namespace wascc::http_client
