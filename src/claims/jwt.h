// What all tokens share, whatever they are about: three segments, the standing members of the
// claims, the signature, the times. Private to claims/. Pure functions.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "claims/nkey.h"
#include "claims/token.h"
#include "wascc/result.h"

namespace wascc::claims {

Error bad_token(std::string_view what);

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

  std::map<std::string, std::string> required_text_map(std::string_view key) {
    std::map<std::string, std::string> map;
    const json::View value = present(key);
    if (!value) note("missing field `" + std::string(key) + "`");
    if (value && !value.is_object()) wrong(key, "a map of strings");
    value.each_member([&](std::string_view name, json::View member) {
      const auto text = member.string();
      if (!text) return wrong(key, "a map of strings");
      map.insert_or_assign(std::string(name), std::string(*text));
    });
    return map;
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

// The segments as they stand, and the claims read as JSON. Borrowed from the text, but for
// `claims`.
struct Jwt {
  std::string_view header, signed_text, signature;
  json::Document claims;
  // The member `wascap`, of which the token is of 2020 or later; kDenied without.
  Result<json::View> metadata() const;
};
Result<Jwt> split_jwt(std::string_view text);

// Members that every token has.
template <class Claims>
Status read_standing(const Jwt& jwt, Claims& claims) {
  Members members(jwt.claims.root());
  claims.expires = members.seconds("exp");
  claims.id = members.required_text("jti");
  claims.issued_at = members.required_seconds("iat");
  claims.issuer = members.required_text("iss");
  claims.subject = members.required_text("sub");
  claims.not_before = members.seconds("nbf");
  return members.status();
}
template <class Claims>
void write_standing(json::Writer& out, const Claims& claims) {
  if (claims.expires) out.key("exp").number(*claims.expires);
  out.key("jti").string(claims.id);
  out.key("iat").number(claims.issued_at);
  out.key("iss").string(claims.issuer);
  out.key("sub").string(claims.subject);
  if (claims.not_before) out.key("nbf").number(*claims.not_before);
}

// What is proven by the signature and the clock, once the standing members were read.
struct Proof {
  std::string_view header, signed_text, signature;
  const std::string& issuer;
  const std::string& subject;
  KeyKind subject_kind;
  std::optional<std::uint64_t> expires, not_before;
};
Status check_proof(const Proof& proof, std::chrono::system_clock::time_point now,
                   const Trust& trust);

// The text of a token whose claims are this JSON.
std::string sign_jwt(std::string_view claims, const KeyPair& issuer);

}  // namespace wascc::claims
