#include "claims/jwt.h"

#include <algorithm>
#include <utility>

#include "base/encoding.h"

namespace wascc::claims {
namespace {

constexpr std::string_view kHeader = R"({"typ":"jwt","alg":"Ed25519"})";
constexpr std::string_view kTokenPrefix = "Embedded JWT failure: ";
constexpr std::string_view kAuthorizationPrefix = "WebAssembly module authorization failure: ";

Error refused(std::string_view prefix, std::string_view what) {
  return Error(Errc::kDenied, std::string(prefix).append(what));
}

Result<json::Document> decode_segment(std::string_view segment, std::string_view which) {
  Result<Bytes> bytes = base64url_decode(segment);
  if (!bytes)
    return bad_token(std::string("Decode error: ").append(which).append(": ") +
                     bytes.error().message());
  if (!is_utf8(as_text(*bytes)))
    return bad_token(std::string("UTF8 error: the ").append(which).append(" is not UTF-8"));
  Result<json::Document> document = json::Document::parse(as_text(*bytes));
  if (!document)
    return bad_token(std::string("Serialization error: ").append(which).append(": ") +
                     document.error().message());
  if (!document->root().is_object())
    return bad_token(
        std::string("Serialization error: the ").append(which).append(" is no object"));
  return document;
}

Status check_header(std::string_view segment) {
  WASCC_TRY(const json::Document header, decode_segment(segment, "header"));
  if (header.root()["alg"].string() != "Ed25519")
    return refused(kTokenPrefix, "Invalid JWT algorithm. WASCAP only supports Ed25519");
  if (header.root()["typ"].string() != "jwt")
    return refused(kTokenPrefix, "JWT error: Invalid header");
  return {};
}

Status check_subject(const std::string& subject, KeyKind wanted) {
  if (subject.empty()) return bad_token("Invalid JWT. WASCAP requires a sub claim to be present");
  const Result<PublicKey> key = PublicKey::parse(subject);
  if (!key) return bad_token("Encryption error: subject: " + key.error().message());
  if (key->kind() != wanted)
    return bad_token(
        "Encryption error: subject: a " + std::string(to_string(wanted)) + "'s key begins with " +
        (wanted == KeyKind::kModule ? "M" : "V") + ", this is the key of " +
        std::string(key->kind() == KeyKind::kAccount || key->kind() == KeyKind::kOperator ? "an "
                                                                                          : "a ")
            .append(to_string(key->kind())));
  return {};
}

// "in 3 days": the largest unit that fits.
std::string relative(std::uint64_t seconds) {
  struct Unit {
    std::uint64_t seconds;
    std::string_view word;
  };
  constexpr Unit kUnits[] = {{31'557'600, "year"}, {86'400, "day"}, {3600, "hour"}, {60, "minute"}};
  for (const Unit& unit : kUnits) {
    const std::uint64_t count = seconds / unit.seconds;
    if (count > 0)
      return "in " + std::to_string(count) + " " + std::string(unit.word) + (count > 1 ? "s" : "");
  }
  return "in " + std::to_string(seconds) + (seconds == 1 ? " second" : " seconds");
}

// The clock has fractions of a second: a token is still good at its last second sharp, and not
// after; it is good from its first second sharp. Expiry is looked at first.
Status check_times(const Proof& claims, std::chrono::system_clock::time_point now) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(now);
  const bool fraction = now > whole;
  const auto since_1970 = whole.time_since_epoch().count();
  const auto second = since_1970 < 0 ? 0 : static_cast<std::uint64_t>(since_1970);
  if (claims.expires && (*claims.expires < second || (*claims.expires == second && fraction)))
    return refused(kAuthorizationPrefix, "Expired token");
  if (claims.not_before && second < *claims.not_before)
    return refused(kAuthorizationPrefix, "Module cannot be used before " +
                                             utc_text(*claims.not_before) + ", " +
                                             relative(*claims.not_before - second));
  return {};
}

}  // namespace

// What cannot be read is trusted no more than what is forged.
Error bad_token(std::string_view what) {
  return Error(Errc::kDenied, std::string(kTokenPrefix).append(what));
}

Result<json::View> Jwt::metadata() const {
  // In 2019 the metadata stood at the top level; nothing of that generation runs here.
  const json::View wascap = claims.root()["wascap"];
  if (!wascap || wascap.is_null()) return bad_token("token has no wascap metadata");
  if (!wascap.is_object()) return bad_token("Serialization error: field `wascap` is not an object");
  return wascap;
}

Result<Jwt> split_jwt(std::string_view text) {
  if (!is_utf8(text)) return bad_token("UTF8 error: the token is not UTF-8");
  if (std::count(text.begin(), text.end(), '.') != 2)
    return bad_token("JWT error: invalid token format");
  const std::size_t first = text.find('.');
  const std::size_t second = text.rfind('.');
  WASCC_TRY(json::Document claims,
            decode_segment(text.substr(first + 1, second - first - 1), "claims"));
  return Jwt{text.substr(0, first), text.substr(0, second), text.substr(second + 1),
             std::move(claims)};
}

Status check_proof(const Proof& proof, std::chrono::system_clock::time_point now,
                   const Trust& trust) {
  WASCC_CHECK(check_header(proof.header));
  if (proof.issuer.empty())
    return bad_token("Invalid JWT. WASCAP requires an issuer claim to be present");
  WASCC_CHECK(check_subject(proof.subject, proof.subject_kind));
  const Result<PublicKey> issuer = PublicKey::parse(proof.issuer);
  if (!issuer) return bad_token("Encryption error: issuer: " + issuer.error().message());
  const Result<Bytes> signature = base64url_decode(proof.signature);
  if (!signature) return bad_token("Decode error: signature: " + signature.error().message());
  if (!issuer->verify(as_bytes(proof.signed_text), *signature))
    return refused(kTokenPrefix, "Invalid token signature");
  WASCC_CHECK(check_times(proof, now));
  if (!trust.issuers.empty() &&
      std::find(trust.issuers.begin(), trust.issuers.end(), proof.issuer) == trust.issuers.end())
    return refused(kAuthorizationPrefix,
                   "issuer " + proof.issuer + " is not among the trusted issuers");
  return {};
}

std::string sign_jwt(std::string_view claims, const KeyPair& issuer) {
  std::string token = base64url_encode(as_bytes(kHeader));
  token.append(".").append(base64url_encode(as_bytes(claims)));
  const Signature signature = issuer.sign(as_bytes(token));
  return token.append(".").append(base64url_encode(signature));
}

}  // namespace wascc::claims
