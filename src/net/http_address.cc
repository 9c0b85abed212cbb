#include "net/http_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/file.h"
#include "wascc/bytes.h"

namespace wascc::net {
namespace {

constexpr std::size_t kMaxHostsBytes = 1 << 20;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::optional<SocketAddress> numeric(const std::string& host, std::uint16_t port) {
  SocketAddress out{};
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&out.storage, &v4, sizeof v4);
    out.size = sizeof v4;
    return out;
  }
  if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&out.storage, &v6, sizeof v6);
    out.size = sizeof v6;
    return out;
  }
  return std::nullopt;
}

// The next word of a line of the hosts file; empty at its end.
std::string_view take_word(std::string_view& line) {
  constexpr std::string_view kBlank = " \t\r";
  line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(kBlank));
  line.remove_prefix(word.size());
  return word;
}

}  // namespace

std::string HttpAddress::authority() const {
  const bool v6 = host.find(':') != std::string::npos;
  std::string out = v6 ? "[" + host + "]" : host;
  if (port != 80) out.append(":").append(std::to_string(port));
  return out;
}

Result<HttpAddress> parse_http_address(std::string_view text) {
  const auto invalid = [whole = std::string(text)](std::string_view why) {
    return Error(Errc::kInvalid, "address \"" + whole + "\": " + std::string(why) +
                                     "; expected [http://]host[:port][/path]");
  };
  for (const char c : text)
    if (static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) >= 0x7F ||
        std::strchr("@?#\"<>\\", c) != nullptr)
      return invalid("a character that does not belong there");
  if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
    if (lower(text.substr(0, scheme)) != "http")
      return Error(Errc::kUnsupported,
                   "address \"" + std::string(text) + "\": only plain http is spoken here");
    text.remove_prefix(scheme + 3);
  }

  HttpAddress out;
  if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
    out.path = text.substr(slash);
    while (out.path.ends_with('/')) out.path.pop_back();
    text = text.substr(0, slash);
  }
  std::string_view port;
  bool has_port = false;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return invalid("a bracket that is not closed");
    out.host = text.substr(1, end - 1);
    const std::string_view rest = text.substr(end + 1);
    in6_addr ignored;
    if (::inet_pton(AF_INET6, out.host.c_str(), &ignored) != 1)
      return invalid("no IPv6 address in the brackets");
    has_port = rest.starts_with(':');
    if (!has_port && !rest.empty()) return invalid("something other than a port after the bracket");
    if (has_port) port = rest.substr(1);
  } else {
    const std::size_t colon = text.find(':');
    has_port = colon != std::string_view::npos;
    out.host = text.substr(0, colon);
    if (has_port) port = text.substr(colon + 1);
  }
  if (out.host.empty()) return invalid("no host");
  if (has_port) {
    const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), out.port);
    if (failed != std::errc() || end != port.data() + port.size() || out.port == 0)
      return invalid("the port is no number from 1 to 65535");
  }
  return out;
}

Result<std::vector<SocketAddress>> resolve(const HttpAddress& address,
                                           const std::string& hosts_file) {
  std::vector<SocketAddress> found;
  if (const auto one = numeric(address.host, address.port)) {
    found.push_back(*one);
    return found;
  }
  const std::string name = lower(address.host);
  if (name == "localhost")
    return std::vector<SocketAddress>{*numeric("127.0.0.1", address.port),
                                      *numeric("::1", address.port)};

  const auto file = read_file(hosts_file, kMaxHostsBytes);
  std::string_view text = file ? as_text(*file) : std::string_view();
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line = line.substr(0, line.find('#'));
    const auto listed = numeric(std::string(take_word(line)), address.port);
    if (!listed) continue;
    for (std::string_view word = take_word(line); !word.empty(); word = take_word(line))
      if (lower(word) == name) {
        found.push_back(*listed);
        break;
      }
  }
  if (found.empty())
    return Error(Errc::kNotFound, "host \"" + address.host +
                                      "\" is no numeric address and not in " + hosts_file +
                                      "; other names are not looked up");
  return found;
}

}  // namespace wascc::net
