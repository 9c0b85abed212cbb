// What a registry asks for by WWW-Authenticate (RFC 9110, section 11.6.1; the distribution
// specification's token authentication). A pure function.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wascc::oci {

struct Challenge {
  enum class Scheme { kBasic, kBearer };
  Scheme scheme;
  std::string realm;    // for kBearer: where tokens are had
  std::string service;  // for kBearer; may be empty
};

// The first challenge of a header's value; nullopt if it is of another scheme, or cannot be read.
std::optional<Challenge> parse_challenge(std::string_view value);

}  // namespace wascc::oci
