#include "s3/address.h"

#include <algorithm>

#include "base/encoding.h"
#include "wascc/bytes.h"

namespace wascc::s3 {
namespace {

constexpr std::size_t kMaxKeyBytes = 1024;

void append_encoded(std::string& out, std::string_view text, bool keep_slashes) {
  for (const char c : text) {
    const bool kept = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                      c == '-' || c == '_' || c == '.' || c == '~' || (keep_slashes && c == '/');
    if (kept)
      out += c;
    else
      out.append("%").append(hex_upper(as_bytes(std::string_view(&c, 1))));
  }
}

}  // namespace

std::string uri_encode(std::string_view text) {
  std::string encoded;
  append_encoded(encoded, text, false);
  return encoded;
}

Result<std::string> bucket_name(std::string_view id) {
  const auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const bool plain =
      std::ranges::all_of(id, [&](char c) { return alphanumeric(c) || c == '-' || c == '.'; });
  if (!plain || id.size() < 3 || id.size() > 63 || !alphanumeric(id.front()) ||
      !alphanumeric(id.back()) || id.find("..") != std::string_view::npos)
    return Error(Errc::kInvalid,
                 "a container on S3 is a bucket: 3 to 63 lower-case letters, digits, dots and "
                 "hyphens, of which the first and the last are letters or digits");
  return std::string(id);
}

Result<std::string> object_key(std::string_view id) {
  if (id.empty() || id.size() > kMaxKeyBytes)
    return Error(Errc::kInvalid, "the id of a blob on S3 has 1 to 1024 bytes");
  const bool control = std::ranges::any_of(
      id, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (control || !is_utf8(id))
    return Error(Errc::kInvalid, "the id of a blob on S3 is UTF-8 without control characters");
  for (std::string_view rest = id;;) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view segment = rest.substr(0, slash);
    if (segment == "." || segment == "..")
      return Error(Errc::kInvalid, "no part of a blob's id between slashes may be . or ..");
    if (slash == rest.size()) break;
    rest.remove_prefix(slash + 1);
  }
  return std::string(id);
}

std::string url_of(const Settings& settings, std::string_view bucket, std::string_view key) {
  // A certificate for *.host holds for one label alone, so no bucket with a dot goes there.
  const bool in_host = settings.bucket_in_host && bucket.find('.') == std::string_view::npos;
  std::string url = settings.scheme + "://";
  if (in_host) url.append(bucket).append(".");
  url.append(settings.host).append("/");
  if (!in_host) url.append(bucket);
  if (!in_host && !key.empty()) url.append("/");
  append_encoded(url, key, true);
  return url;
}

}  // namespace wascc::s3
