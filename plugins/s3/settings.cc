#include "s3/settings.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "base/ca_file.h"

namespace wascc::s3 {
namespace {

constexpr std::uint32_t kMaxTimeoutMs = 3'600'000;

Error invalid(std::string what) { return Error(Errc::kInvalid, std::move(what)); }

bool is_name_char(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

// What can stand in a header line, and before the colon of "ID:SECRET".
bool is_visible(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

// "https://host", "http://host:port/": the scheme and what follows it.
Status parse_endpoint(std::string_view url, Settings& settings) {
  const std::size_t end = url.find("://");
  const std::string_view scheme = url.substr(0, std::min(end, url.size()));
  if (end == std::string_view::npos || (scheme != "https" && scheme != "http"))
    return invalid("ENDPOINT must begin with https:// or http://");
  std::string_view host = url.substr(end + 3);
  if (host.ends_with('/')) host.remove_suffix(1);
  const bool plain = std::ranges::all_of(host, [](char c) {
    return is_name_char(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == ':' || c == '[' ||
           c == ']';
  });
  if (host.empty() || !plain)
    return invalid("ENDPOINT must be a scheme, a host and perhaps a port, nothing else");
  settings.scheme = scheme;
  settings.host = host;
  return {};
}

// Those of the binding, or else those of the process; never half of each.
Result<Keys> keys_of(Keys bound, const Settings::Environment& environment) {
  if (bound.id.empty() && bound.secret.empty()) {
    if (!bound.token.empty())
      return invalid("AWS_SESSION_TOKEN belongs to keys: AWS_ACCESS_KEY_ID is missing");
    bound = {environment("AWS_ACCESS_KEY_ID").value_or(""),
             environment("AWS_SECRET_ACCESS_KEY").value_or(""),
             environment("AWS_SESSION_TOKEN").value_or("")};
  }
  if (bound.id.empty() || bound.secret.empty())
    return invalid(
        "no keys for S3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the binding or in the "
        "environment");
  if (!is_visible(bound.id) || !is_visible(bound.secret) || !is_visible(bound.token) ||
      bound.id.find(':') != std::string::npos)
    return invalid("the keys for S3 hold a character that no keys have");
  return bound;
}

}  // namespace

Result<Settings> Settings::from(const StringMap& values, const Environment& environment) {
  Settings settings;
  Keys keys;
  std::string endpoint, style, roots;
  for (const auto& [name, value] : values) {
    if (name == "ENDPOINT") {
      endpoint = value;
    } else if (name == "REGION") {
      settings.region = value;
    } else if (name == "STYLE") {
      style = value;
      if (style != "host" && style != "path") return invalid("STYLE must be host or path");
    } else if (name == "AWS_ACCESS_KEY_ID" || name == "AWS_ACCESS_KEY") {
      keys.id = value;
    } else if (name == "AWS_SECRET_ACCESS_KEY") {
      keys.secret = value;
    } else if (name == "AWS_SESSION_TOKEN" || name == "AWS_TOKEN") {
      keys.token = value;
    } else if (name == "CA_FILE") {
      roots = value;
    } else if (name == "TIMEOUT_MS") {
      std::uint32_t timeout = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), timeout);
      if (error != std::errc() || end != value.data() + value.size() || timeout == 0 ||
          timeout > kMaxTimeoutMs)
        return invalid("TIMEOUT_MS must be a number from 1 to 3600000");
      settings.timeout = std::chrono::milliseconds(timeout);
    }
  }
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"})
    if (settings.region.empty()) settings.region = environment(name).value_or("");
  if (settings.region.empty()) settings.region = "us-east-1";
  if (!std::ranges::all_of(settings.region, is_name_char))
    return invalid("REGION must be the name of a region, such as eu-west-1");
  WASCC_TRY(settings.keys, keys_of(std::move(keys), environment));
  if (endpoint.empty()) {
    settings.host = "s3." + settings.region + ".amazonaws.com";
  } else {
    WASCC_CHECK(parse_endpoint(endpoint, settings));
  }
  settings.bucket_in_host = style.empty() ? endpoint.empty() : style == "host";
  if (settings.scheme == "https") {
    WASCC_TRY(settings.roots, ca_file(roots));
  }
  return settings;
}

}  // namespace wascc::s3
