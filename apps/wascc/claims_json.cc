#include "claims_json.h"

#include <optional>
#include <string>
#include <vector>

namespace wascc::cli {
namespace {

void text(json::Writer& out, std::string_view key, const std::optional<std::string>& value) {
  out.key(key);
  value ? out.string(*value) : out.null();
}

void seconds(json::Writer& out, std::string_view key, const std::optional<std::uint64_t>& value) {
  out.key(key);
  value ? out.number(*value) : out.null();
}

void list(json::Writer& out, std::string_view key, const std::vector<std::string>& values) {
  out.key(key).begin_array();
  for (const std::string& value : values) out.string(value);
  out.end_array();
}

}  // namespace

void write_claims(json::Writer& out, const claims::Claims& claims) {
  text(out, "name", claims.name);
  text(out, "subject", claims.subject);
  text(out, "issuer", claims.issuer);
  list(out, "capabilities", claims.capabilities);
  list(out, "tags", claims.tags);
  out.key("revision");
  claims.revision ? out.number(std::int64_t{*claims.revision}) : out.null();
  text(out, "version", claims.version);
  text(out, "call_alias", claims.call_alias);
  out.key("provider").boolean(claims.provider);
  text(out, "id", claims.id);
  seconds(out, "issued_at", claims.issued_at);
  seconds(out, "not_before", claims.not_before);
  seconds(out, "expires", claims.expires);
  text(out, "module_hash", claims.module_hash);
}

}  // namespace wascc::cli
