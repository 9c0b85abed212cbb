#include "claims/module.h"

#include <optional>

#include "base/encoding.h"
#include "claims/wasm_section.h"

namespace wascc::claims {
namespace {

Result<TokenSection> signed_section(ByteView wasm) {
  WASCC_TRY(const std::optional<TokenSection> section,
            find_token(wasm).context("Embedded JWT failure"));
  if (!section)
    return Error(Errc::kDenied,
                 "WebAssembly module authorization failure: No embedded JWT in actor module");
  return *section;
}

}  // namespace

Result<Claims> verify_module(ByteView wasm, std::chrono::system_clock::time_point now,
                             const Trust& trust) {
  WASCC_TRY(const TokenSection section, signed_section(wasm));
  WASCC_TRY(const Token token, decode_token(section.token));
  if (hex_upper(module_digest(wasm, section)) != token.claims.module_hash)
    return Error(Errc::kDenied, "Embedded JWT failure: Invalid module hash");
  return verify_token(token, now, trust);
}

Result<Claims> verify_module_token(ByteView wasm, std::chrono::system_clock::time_point now,
                                   const Trust& trust) {
  WASCC_TRY(const TokenSection section, signed_section(wasm));
  WASCC_TRY(const Token token, decode_token(section.token));
  return verify_token(token, now, trust);
}

Result<Bytes> sign_module(ByteView wasm, Claims claims, const KeyPair& issuer) {
  WASCC_TRY(const std::optional<TokenSection> previous, find_token(wasm));
  if (claims.id.empty()) claims.id = random_token_id();
  claims.module_hash = hex_upper(module_digest(wasm, previous));
  return embed_token(wasm, previous, write_token(std::move(claims), issuer));
}

}  // namespace wascc::claims
