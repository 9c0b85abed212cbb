// Tokens that a signer of ours would never write: any header and claims, signed with any key.
#pragma once

#include <string>
#include <string_view>

#include "base/encoding.h"
#include "claims/nkey.h"

namespace wascc::test {

inline constexpr std::string_view kGoodHeader = R"({"typ":"jwt","alg":"Ed25519"})";

inline std::string forged_token(std::string_view header, std::string_view claims,
                                const claims::KeyPair& key) {
  std::string token = base64url_encode(as_bytes(header));
  token.append(".").append(base64url_encode(as_bytes(claims)));
  const claims::Signature signature = key.sign(as_bytes(token));
  return token.append(".").append(base64url_encode(signature));
}

}  // namespace wascc::test
