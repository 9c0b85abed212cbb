#include "claims/token.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "base/encoding.h"
#include "base/json.h"

namespace wascc::claims {
namespace {

constexpr std::string_view kHeader = R"({"typ":"jwt","alg":"Ed25519"})";
constexpr std::string_view kTokenPrefix = "Embedded JWT failure: ";
constexpr std::string_view kAuthorizationPrefix = "WebAssembly module authorization failure: ";

// What cannot be read is trusted no more than what is forged.
Error bad_token(std::string_view what) {
  return Error(Errc::kDenied, std::string(kTokenPrefix).append(what));
}

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

// Reads the members of one object and keeps the first error, so that the list of members below
// reads like the table of the format page. Missing and null are the same: absent.
class Members {
 public:
  explicit Members(json::View object) : object_(object) {}

  Status status() const {
    if (problem_.empty()) return {};
    return bad_token("Serialization error: " + problem_);
  }

  std::string required_text(std::string_view key) {
    std::optional<std::string> text = optional_text(key);
    if (!text) note("missing field `" + std::string(key) + "`");
    return std::move(text).value_or("");
  }

  std::optional<std::string> optional_text(std::string_view key) {
    const json::View value = present(key);
    if (!value) return std::nullopt;
    const auto text = value.string();
    if (!text) wrong(key, "a string");
    return text ? std::optional<std::string>(*text) : std::nullopt;
  }

  std::vector<std::string> texts(std::string_view key) {
    std::vector<std::string> list;
    const json::View value = present(key);
    if (!value) return list;
    if (!value.is_array()) wrong(key, "a list of strings");
    value.each_element([&](json::View element) {
      const auto text = element.string();
      if (!text) return wrong(key, "a list of strings");
      list.emplace_back(*text);
    });
    return list;
  }

  std::optional<std::uint64_t> seconds(std::string_view key) {
    const json::View value = present(key);
    if (!value) return std::nullopt;
    const auto number = value.uint64();
    if (!number) wrong(key, "seconds as an unsigned integer");
    return number;
  }

  std::uint64_t required_seconds(std::string_view key) {
    const auto number = seconds(key);
    if (!number) note("missing field `" + std::string(key) + "`");
    return number.value_or(0);
  }

  std::optional<std::int32_t> int32(std::string_view key) {
    const json::View value = present(key);
    if (!value) return std::nullopt;
    using Limits = std::numeric_limits<std::int32_t>;
    const auto number = value.int64();
    if (number && *number >= Limits::min() && *number <= Limits::max())
      return static_cast<std::int32_t>(*number);
    wrong(key, "a 32-bit integer");
    return std::nullopt;
  }

  bool flag(std::string_view key) {
    const json::View value = present(key);
    if (!value) return false;
    const auto flag = value.boolean();
    if (!flag) wrong(key, "true or false");
    return flag.value_or(false);
  }

 private:
  json::View present(std::string_view key) const {
    const json::View value = object_[key];
    return value && !value.is_null() ? value : json::View();
  }
  void note(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
  }
  void wrong(std::string_view key, std::string_view expected) {
    note("field `" + std::string(key) + "` is not " + std::string(expected));
  }

  json::View object_;
  std::string problem_;
};

Status check_header(std::string_view segment) {
  WASCC_TRY(const json::Document header, decode_segment(segment, "header"));
  if (header.root()["alg"].string() != "Ed25519")
    return refused(kTokenPrefix, "Invalid JWT algorithm. WASCAP only supports Ed25519");
  if (header.root()["typ"].string() != "jwt")
    return refused(kTokenPrefix, "JWT error: Invalid header");
  return {};
}

Status check_subject(const std::string& subject) {
  if (subject.empty()) return bad_token("Invalid JWT. WASCAP requires a sub claim to be present");
  const Result<PublicKey> key = PublicKey::parse(subject);
  if (!key) return bad_token("Encryption error: subject: " + key.error().message());
  if (key->kind() != KeyKind::kModule)
    return bad_token(
        "Encryption error: subject: a module's key begins with M, this is the key of " +
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
Status check_times(const Claims& claims, std::chrono::system_clock::time_point now) {
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

Result<Token> decode_token(std::string_view text) {
  if (!is_utf8(text)) return bad_token("UTF8 error: the token is not UTF-8");
  if (std::count(text.begin(), text.end(), '.') != 2)
    return bad_token("JWT error: invalid token format");
  const std::size_t first = text.find('.');
  const std::size_t second = text.rfind('.');
  Token token;
  token.header = text.substr(0, first);
  token.signed_text = text.substr(0, second);
  token.signature = text.substr(second + 1);

  WASCC_TRY(const json::Document document,
            decode_segment(text.substr(first + 1, second - first - 1), "claims"));
  const json::View root = document.root();
  Claims& claims = token.claims;
  Members members(root);
  claims.expires = members.seconds("exp");
  claims.id = members.required_text("jti");
  claims.issued_at = members.required_seconds("iat");
  claims.issuer = members.required_text("iss");
  claims.subject = members.required_text("sub");
  claims.not_before = members.seconds("nbf");
  WASCC_CHECK(members.status());

  // In 2019 the metadata stood at the top level; nothing of that generation runs here.
  const json::View wascap = root["wascap"];
  if (!wascap || wascap.is_null()) return bad_token("token has no wascap metadata");
  if (!wascap.is_object()) return bad_token("Serialization error: field `wascap` is not an object");
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
  WASCC_CHECK(check_header(token.header));
  if (claims.issuer.empty())
    return bad_token("Invalid JWT. WASCAP requires an issuer claim to be present");
  WASCC_CHECK(check_subject(claims.subject));
  const Result<PublicKey> issuer = PublicKey::parse(claims.issuer);
  if (!issuer) return bad_token("Encryption error: issuer: " + issuer.error().message());
  const Result<Bytes> signature = base64url_decode(token.signature);
  if (!signature) return bad_token("Decode error: signature: " + signature.error().message());
  if (!issuer->verify(as_bytes(token.signed_text), *signature))
    return refused(kTokenPrefix, "Invalid token signature");
  WASCC_CHECK(check_times(claims, now));
  if (!trust.issuers.empty() &&
      std::find(trust.issuers.begin(), trust.issuers.end(), claims.issuer) == trust.issuers.end())
    return refused(kAuthorizationPrefix,
                   "issuer " + claims.issuer + " is not among the trusted issuers");
  return claims;
}

std::string write_token(Claims claims, const KeyPair& issuer) {
  claims.issuer = issuer.public_key().text();
  std::string body;
  json::Writer out(body);
  out.begin_object();
  if (claims.expires) out.key("exp").number(*claims.expires);
  out.key("jti").string(claims.id);
  out.key("iat").number(claims.issued_at);
  out.key("iss").string(claims.issuer);
  out.key("sub").string(claims.subject);
  if (claims.not_before) out.key("nbf").number(*claims.not_before);
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

  std::string token = base64url_encode(as_bytes(kHeader));
  token.append(".").append(base64url_encode(as_bytes(body)));
  const Signature signature = issuer.sign(as_bytes(token));
  return token.append(".").append(base64url_encode(signature));
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
