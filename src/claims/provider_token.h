// A native provider's token: who made it, what it provides, and the digest of its library for each
// machine (docs/formats/archive.md). The same JWT as an actor's, with other metadata. Pure
// functions.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "claims/nkey.h"
#include "claims/token.h"
#include "wascc/result.h"

namespace wascc::claims {

// What a provider's token says once it is verified. A plain value.
struct ProviderClaims {
  std::optional<std::uint64_t> expires;  // seconds since 1970
  std::string id;                        // jti
  std::uint64_t issued_at = 0;
  std::string issuer;   // public key, normally A…
  std::string subject;  // public key, V…
  std::optional<std::uint64_t> not_before;

  std::optional<std::string> name;
  std::string capability;
  std::string vendor;
  std::optional<std::int32_t> revision;
  std::optional<std::string> version;
  // "x86_64-linux" -> upper-case hex SHA-256 of that target's library.
  std::map<std::string, std::string> target_hashes;
};

// Format, keys, signature, times, trust: as an actor's token (claims/token.h), whose errors these
// are.
Result<ProviderClaims> verify_provider_token(std::string_view text,
                                             std::chrono::system_clock::time_point now,
                                             const Trust& trust);

// Signed with this key, which becomes its issuer.
std::string write_provider_token(ProviderClaims claims, const KeyPair& issuer);

}  // namespace wascc::claims
