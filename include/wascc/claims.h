// What a token says once it is verified. A plain value; an unverified token has no Claims.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wascc::claims {

struct Claims {
  std::optional<std::uint64_t> expires;  // seconds since 1970
  std::string id;                        // jti
  std::uint64_t issued_at = 0;
  std::string issuer;   // public key, normally A…
  std::string subject;  // public key, M…
  std::optional<std::uint64_t> not_before;

  std::optional<std::string> name;
  std::string module_hash;  // upper-case hex SHA-256 of the module without its token
  std::vector<std::string> tags;
  std::vector<std::string> capabilities;
  std::optional<std::int32_t> revision;
  std::optional<std::string> version;
  std::optional<std::string> call_alias;
  bool provider = false;  // `prov`: a portable provider

  std::string_view display_name() const { return name ? std::string_view(*name) : "Anonymous"; }
};

}  // namespace wascc::claims
