#include "oci/https_url.h"

#include <algorithm>

#include "net/header_names.h"

namespace wascc::oci {
namespace {

constexpr std::size_t kMaxUrlBytes = std::size_t{16} << 10;
constexpr std::string_view kScheme = "https://";
constexpr std::string_view kDefaultPort = ":443";

// Names, IPv4 and bracketed IPv6 addresses, and a port; whether they make sense is for who resolves
// them.
bool is_of_host(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("-._:[]").find(c) != std::string_view::npos;
}

bool is_visible(char c) { return c > 0x20 && c < 0x7f && c != '\\'; }

}  // namespace

Result<HttpsUrl> HttpsUrl::parse(std::string_view text) {
  if (net::lower_case(text.substr(0, kScheme.size())) != kScheme)
    return Error(Errc::kDenied, "an address that is not https");
  if (text.size() > kMaxUrlBytes) return Error(Errc::kMalformed, "an address that is too long");
  text.remove_prefix(kScheme.size());
  text = text.substr(0, text.find('#'));
  HttpsUrl url;
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  url.host = net::lower_case(text.substr(0, end));
  if (url.host.ends_with(kDefaultPort)) url.host.resize(url.host.size() - kDefaultPort.size());
  url.target = text.substr(end);
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  if (url.host.empty() || url.host.ends_with(kDefaultPort) ||
      !std::ranges::all_of(url.host, is_of_host) || !std::ranges::all_of(url.target, is_visible))
    return Error(Errc::kMalformed, "what is no address");
  return url;
}

Result<HttpsUrl> HttpsUrl::follow(std::string_view location) const {
  if (location.starts_with("//")) return parse(std::string("https:").append(location));
  if (location.starts_with('/')) return parse("https://" + host + std::string(location));
  return parse(location);
}

}  // namespace wascc::oci
