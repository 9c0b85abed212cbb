#include "claims/provider_token.h"

#include <utility>

#include "base/json.h"
#include "claims/jwt.h"

namespace wascc::claims {

Result<ProviderClaims> verify_provider_token(std::string_view text,
                                             std::chrono::system_clock::time_point now,
                                             const Trust& trust) {
  WASCC_TRY(const Jwt jwt, split_jwt(text));
  ProviderClaims claims;
  WASCC_CHECK(read_standing(jwt, claims));
  WASCC_TRY(const json::View wascap, jwt.metadata());
  Members metadata(wascap);
  claims.name = metadata.optional_text("name");
  claims.capability = metadata.required_text("capid");
  claims.vendor = metadata.required_text("vendor");
  claims.revision = metadata.int32("rev");
  claims.version = metadata.optional_text("ver");
  claims.target_hashes = metadata.required_text_map("target_hashes");
  WASCC_CHECK(metadata.status());
  WASCC_CHECK(check_proof({jwt.header, jwt.signed_text, jwt.signature, claims.issuer,
                           claims.subject, KeyKind::kProvider, claims.expires, claims.not_before},
                          now, trust));
  return claims;
}

std::string write_provider_token(ProviderClaims claims, const KeyPair& issuer) {
  claims.issuer = issuer.public_key().text();
  std::string body;
  json::Writer out(body);
  out.begin_object();
  write_standing(out, claims);
  out.key("wascap").begin_object().key("name");
  claims.name ? out.string(*claims.name) : out.null();
  out.key("capid").string(claims.capability).key("vendor").string(claims.vendor);
  if (claims.revision) out.key("rev").number(std::int64_t{*claims.revision});
  if (claims.version) out.key("ver").string(*claims.version);
  out.key("target_hashes").begin_object();
  for (const auto& [target, hash] : claims.target_hashes) out.key(target).string(hash);
  out.end_object().end_object().end_object();
  return sign_jwt(body, issuer);
}

}  // namespace wascc::claims
