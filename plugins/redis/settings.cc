#include "redis/settings.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/ca_file.h"
#include "base/percent.h"

namespace wascc::redis {
namespace {

constexpr std::uint32_t kMaxTimeoutMs = 3'600'000;

Error invalid(std::string_view what) { return Error(Errc::kInvalid, std::string(what)); }

// Decimal digits alone, within the bounds.
std::optional<std::uint32_t> number(std::string_view text, std::uint32_t min, std::uint32_t max) {
  std::uint32_t value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  if (value < min || value > max) return std::nullopt;
  return value;
}

// "user:password", ":password" or nothing.
Status parse_user(std::string_view text, Address& address) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return invalid("URL: a user without a password");
  auto user = percent_decode(text.substr(0, colon));
  auto password = percent_decode(text.substr(colon + 1));
  if (!user || !password)
    return invalid("URL: a % in user or password needs two hexadecimal digits after it");
  address.user = *std::move(user);
  address.password = *std::move(password);
  if (address.password.empty()) return invalid("URL: an empty password");
  return {};
}

// "host", "host:port", "[IPv6 address]:port" or nothing.
Status parse_host(std::string_view text, Address& address) {
  if (text.empty()) return {};
  std::string_view port;
  if (text.front() == '[') {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return invalid("URL: a [ without its ]");
    address.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    address.host = text.substr(0, colon);
    port = text.substr(colon);
  }
  if (address.host.empty()) return invalid("URL: a port without a host");
  if (port.empty()) return {};
  const auto value = number(port.substr(1), 1, 65535);
  if (port.front() != ':' || !value)
    return invalid("URL: the port must be a number from 1 to 65535");
  address.port = static_cast<std::uint16_t>(*value);
  return {};
}

}  // namespace

std::string Address::name() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Address> parse_url(std::string_view url) {
  Address address;
  const std::size_t scheme = url.find("://");
  const std::string_view name = url.substr(0, std::min(scheme, url.size()));
  if (scheme == std::string_view::npos || (name != "redis" && name != "rediss"))
    return invalid("URL: it must begin with redis:// or, for TLS, rediss://");
  address.tls = name == "rediss";
  std::string_view rest = url.substr(scheme + 3);
  if (rest.find('\0') != std::string_view::npos) return invalid("URL: it holds a zero byte");
  std::string_view path;
  const std::size_t at = rest.rfind('@');  // a password may hold a slash
  const std::size_t slash = rest.find('/', at == std::string_view::npos ? 0 : at);
  if (slash != std::string_view::npos) {
    path = rest.substr(slash + 1);
    rest = rest.substr(0, slash);
  }
  if (at != std::string_view::npos) {
    WASCC_CHECK(parse_user(rest.substr(0, at), address));
    rest = rest.substr(at + 1);
  }
  WASCC_CHECK(parse_host(rest, address));
  if (!path.empty()) {
    const auto database = number(path, 0, 65535);
    if (!database) return invalid("URL: what follows the host must be the number of a database");
    address.database = *database;
  }
  return address;
}

Result<Settings> parse_settings(const StringMap& values) {
  Settings settings;
  std::string_view chosen_ca_file;
  for (const auto& [name, value] : values) {
    if (name == "URL") {
      WASCC_TRY(settings.address, parse_url(value));
    } else if (name == "CA_FILE") {
      chosen_ca_file = value;
    } else if (name == "CONNECT_TIMEOUT_MS" || name == "COMMAND_TIMEOUT_MS") {
      const auto timeout = number(value, 1, kMaxTimeoutMs);
      if (!timeout) return invalid(name + ": it must be a number from 1 to 3600000");
      (name == "CONNECT_TIMEOUT_MS" ? settings.connect_timeout : settings.command_timeout) =
          std::chrono::milliseconds(*timeout);
    }
  }
  if (settings.address.tls) {
    WASCC_TRY(settings.ca_file, ca_file(chosen_ca_file));
  }
  return settings;
}

}  // namespace wascc::redis
