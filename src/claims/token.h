// An actor's token, a JWT as wascap writes it: decoded, verified, written (docs/formats/token.md).
// The texts of its errors are those of the original host. Pure functions.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "claims/claims.h"
#include "claims/nkey.h"
#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::claims {

// Whom to believe. A plain value.
struct Trust {
  // Public keys of the issuers whose actors may run. Empty: any, if the signature is right.
  std::vector<std::string> issuers;
  // Public keys of the packagers whose native code may run. Empty: native code needs no signature,
  // and is compared with the module's own bytes instead (claims/envelope.h).
  std::vector<std::string> packagers;
};

// What a token's text says. None of it is proven: only verify makes claims of it.
struct Token {
  Claims claims;
  std::string_view signed_text;  // header and claims as signed; borrowed from the text
  std::string_view header;       // its segments, borrowed likewise
  std::string_view signature;
};

// kDenied, saying which part cannot be read.
Result<Token> decode_token(std::string_view text);

// Header, keys, signature, times, trust: in this order, and at this time, once. It cannot see
// whether the token belongs to a module: compare Claims::module_hash. kDenied,
// saying which check failed.
Result<Claims> verify_token(const Token& token, std::chrono::system_clock::time_point now,
                            const Trust& trust);

// The text of a token that says this and is signed with this key, which becomes its issuer.
std::string write_token(Claims claims, const KeyPair& issuer);

// "2100-01-01T00:00:00Z", for messages.
std::string utc_text(std::uint64_t seconds_since_1970);

// A call alias as it stands in a token: lower case, trimmed, ASCII alone, '_' for ' ', '-' and '.'.
std::string normal_call_alias(std::string_view alias);

}  // namespace wascc::claims
