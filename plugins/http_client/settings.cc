#include "settings.h"

#include <algorithm>
#include <charconv>

#include "base/ca_file.h"

namespace wascc::http_client {
namespace {

Result<std::uint64_t> number(const std::string& key, const std::string& text, std::uint64_t min,
                             std::uint64_t max) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < min || value > max)
    return Error(Errc::kInvalid, key + " must be a number from " + std::to_string(min) + " to " +
                                     std::to_string(max));
  return value;
}

// Lower case, without the dot that may end a full name.
std::string plain(std::string_view host) {
  std::string name(host.substr(0, host.ends_with('.') ? host.size() - 1 : host.size()));
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return name;
}

std::vector<std::string> host_list(std::string_view text) {
  std::vector<std::string> hosts;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string host;
    for (const char c : text.substr(0, comma))
      if (c != ' ') host += c;
    if (!host.empty()) hosts.push_back(plain(host));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return hosts;
}

}  // namespace

Result<Settings> Settings::from(const StringMap& values) {
  Settings settings;
  std::string roots;
  for (const auto& [key, text] : values) {
    if (key == "timeout") {
      WASCC_TRY(const std::uint64_t seconds, number(key, text, 1, 900));
      settings.timeout = std::chrono::seconds(seconds);
    } else if (key == "max_redirects") {
      WASCC_TRY(const std::uint64_t most, number(key, text, 0, 50));
      settings.max_redirects = static_cast<unsigned>(most);
    } else if (key == "max_response_bytes") {
      WASCC_TRY(settings.max_answer_bytes, number(key, text, 1, std::uint64_t{60} << 20));
    } else if (key == "allow_hosts") {
      settings.hosts = host_list(text);
      if (settings.hosts.empty())
        return Error(Errc::kInvalid, "allow_hosts names no host: leave it out to allow all");
    } else if (key == "allow_networks") {
      WASCC_TRY(settings.networks, Networks::parse(text).context(key));
    } else if (key == "ca_file") {
      roots = text;
    }
  }
  if (roots.empty()) {
    settings.roots = system_ca_file().value_or("");
  } else {
    WASCC_TRY(settings.roots, ca_file(roots).context("ca_file"));
  }
  return settings;
}

bool Settings::may_reach(std::string_view host) const {
  if (hosts.empty()) return true;
  const std::string name = plain(host);
  return std::ranges::any_of(hosts, [&](const std::string& allowed) {
    if (!allowed.starts_with("*.")) return name == allowed;
    const std::string_view suffix = std::string_view(allowed).substr(1);
    return name.size() > suffix.size() && name.ends_with(suffix);
  });
}

}  // namespace wascc::http_client
