// How a client of a registry asks: one GET over HTTPS and its answer. Redirects are answers like
// others. In tests a script stands in its place.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::oci {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string url;
  Headers headers;
  std::size_t max_bytes;  // of the answer's body
  std::chrono::milliseconds timeout;
};

struct Answer {
  long status = 0;
  Headers headers;  // names in small letters
  Bytes body;

  // The first of that name; nullptr if there is none.
  const std::string* header(std::string_view name) const {
    const auto found = std::ranges::find(headers, name, &Headers::value_type::first);
    return found == headers.end() ? nullptr : &found->second;
  }
};

class Transport {
 public:
  virtual ~Transport() = default;
  // kTooLarge for a body over the limit, kTimeout, kUnavailable for all else that is no answer.
  virtual Result<Answer> get(const Request& request) = 0;
};

}  // namespace wascc::oci
