#include "nats/settings.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "base/ca_file.h"
#include "base/percent.h"

namespace wascc::nats {
namespace {

constexpr std::uint32_t kMaxTimeoutMs = 3'600'000;

Error invalid(std::string_view what) { return Error(Errc::kInvalid, std::string(what)); }

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t comma = std::min(text.find(','), text.size());
    parts.push_back(text.substr(0, comma));
    if (comma == text.size()) return parts;
    text.remove_prefix(comma + 1);
  }
}

// "user:password" or "token".
Status take_credentials(std::string_view text, Settings& settings) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const auto first = percent_decode(text.substr(0, colon));
  const auto second = percent_decode(text.substr(std::min(colon + 1, text.size())));
  if (!first || !second)
    return invalid("URL: a % in user, password or token needs two hexadecimal digits after it");
  (colon == text.size() ? settings.token : settings.user) = *first;
  settings.password = *second;
  return {};
}

// nats://user:password@host:port, nats://token@host:port, or with tls:// for TLS.
Status add_server(std::string_view url, Settings& settings) {
  const std::size_t scheme = url.find("://");
  const std::string_view name = url.substr(0, std::min(scheme, url.size()));
  if (scheme == std::string_view::npos || (name != "nats" && name != "tls"))
    return invalid("URL: each server must begin with nats:// or, for TLS, tls://");
  settings.tls = settings.tls || name == "tls";
  const std::string_view rest = url.substr(scheme + 3);
  const std::size_t at = rest.rfind('@');
  if (at != std::string_view::npos) WASCC_CHECK(take_credentials(rest.substr(0, at), settings));
  const std::string_view host = rest.substr(at + 1);  // npos + 1 is 0
  if (host.empty()) return invalid("URL: a server without a host");
  settings.servers.push_back("nats://" + std::string(host));
  settings.name.append(settings.name.empty() ? "" : ",").append(host);
  return {};
}

}  // namespace

Result<Settings> parse_settings(const StringMap& values) {
  Settings settings;
  std::string_view url = "nats://127.0.0.1:4222";
  std::string_view chosen_ca_file;
  for (const auto& [name, value] : values) {
    if (value.find('\0') != std::string::npos) return invalid(name + ": it holds a zero byte");
    if (name == "URL") {
      url = value;
    } else if (name == "CA_FILE") {
      chosen_ca_file = value;
    } else if (name == "SUBSCRIPTION" && !value.empty()) {
      for (const std::string_view subject : split(value)) {
        if (subject.empty()) return invalid("SUBSCRIPTION: an empty subject");
        settings.subjects.emplace_back(subject);
      }
    } else if (name == "QUEUEGROUP_NAME") {
      settings.queue_group = value;
    } else if (name == "CLIENT_JWT") {
      settings.jwt = value;
    } else if (name == "CLIENT_SEED") {
      settings.seed = value;
    } else if (name == "CONNECT_TIMEOUT_MS") {
      std::uint32_t timeout = 0;
      const char* const end = value.data() + value.size();
      const auto [rest, error] = std::from_chars(value.data(), end, timeout);
      if (error != std::errc() || rest != end || timeout < 1 || timeout > kMaxTimeoutMs)
        return invalid(name + ": it must be a number from 1 to 3600000");
      settings.connect_timeout = std::chrono::milliseconds(timeout);
    }
  }
  for (const std::string_view server : split(url)) WASCC_CHECK(add_server(server, settings));
  if (!settings.jwt.empty() && settings.seed.empty())
    return invalid("Missing client seed, required for user credentials (JWT) authentication.");
  if (settings.jwt.empty() && !settings.seed.empty())
    return invalid("CLIENT_SEED: it needs CLIENT_JWT beside it");
  if (settings.tls) {
    WASCC_TRY(settings.ca_file, ca_file(chosen_ca_file));
  }
  return settings;
}

}  // namespace wascc::nats
