#include "claims/token.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/json.h"
#include "claims/jwt.h"

namespace wascc::claims {

Result<Token> decode_token(std::string_view text) {
  WASCC_TRY(const Jwt jwt, split_jwt(text));
  Token token;
  token.header = jwt.header;
  token.signed_text = jwt.signed_text;
  token.signature = jwt.signature;
  Claims& claims = token.claims;
  WASCC_CHECK(read_standing(jwt, claims));
  WASCC_TRY(const json::View wascap, jwt.metadata());
  Members metadata(wascap);
  claims.name = metadata.optional_text("name");
  claims.module_hash = metadata.required_text("hash");
  claims.tags = metadata.texts("tags");
  claims.capabilities = metadata.texts("caps");
  claims.revision = metadata.int32("rev");
  claims.version = metadata.optional_text("ver");
  claims.call_alias = metadata.optional_text("call_alias");
  claims.provider = metadata.flag("prov");
  WASCC_CHECK(metadata.status());
  return token;
}

Result<Claims> verify_token(const Token& token, std::chrono::system_clock::time_point now,
                            const Trust& trust) {
  const Claims& claims = token.claims;
  WASCC_CHECK(check_proof({token.header, token.signed_text, token.signature, claims.issuer,
                           claims.subject, KeyKind::kModule, claims.expires, claims.not_before},
                          now, trust));
  return claims;
}

std::string write_token(Claims claims, const KeyPair& issuer) {
  claims.issuer = issuer.public_key().text();
  std::string body;
  json::Writer out(body);
  out.begin_object();
  write_standing(out, claims);
  out.key("wascap").begin_object();
  if (claims.name) out.key("name").string(*claims.name);
  out.key("hash").string(claims.module_hash);
  out.key("tags").begin_array();
  for (const std::string& tag : claims.tags) out.string(tag);
  out.end_array().key("caps").begin_array();
  for (const std::string& capability : claims.capabilities) out.string(capability);
  out.end_array();
  if (claims.revision) out.key("rev").number(std::int64_t{*claims.revision});
  if (claims.version) out.key("ver").string(*claims.version);
  if (claims.call_alias) out.key("call_alias").string(*claims.call_alias);
  out.key("prov").boolean(claims.provider).end_object().end_object();
  return sign_jwt(body, issuer);
}

std::string utc_text(std::uint64_t seconds) {
  constexpr std::uint64_t kYear10000 = 253'402'300'800;
  if (seconds >= kYear10000) return "the year 10000";
  using std::chrono::days;
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 32> text;
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return std::string(text.data(), static_cast<std::size_t>(length));
}

std::string normal_call_alias(std::string_view alias) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = std::min(alias.find_first_not_of(kSpace), alias.size());
  const std::size_t end = alias.find_last_not_of(kSpace) + 1;
  std::string normal;
  for (const char c : alias.substr(begin, std::max(begin, end) - begin)) {
    if (static_cast<unsigned char>(c) >= 0x80) continue;
    if (c == ' ' || c == '-' || c == '.')
      normal += '_';
    else
      normal += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return normal;
}

}  // namespace wascc::claims
