#include "networks.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <string>

namespace wascc::http_client {
namespace {

constexpr unsigned kMappedBits = 96;  // of ::ffff:0:0/96, where addresses of version 4 are

Address mapped(const std::uint8_t (&bytes)[4]) {
  Address address{};
  address[10] = address[11] = 0xFF;
  std::copy(std::begin(bytes), std::end(bytes), address.begin() + 12);
  return address;
}

// Nothing if it is none.
std::optional<Network> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string name(text.substr(0, slash));
  Network network;
  unsigned most = 128, before = 0;
  std::uint8_t four[4];
  if (::inet_pton(AF_INET, name.c_str(), four) == 1) {
    network.address = mapped(four);
    most = 32;
    before = kMappedBits;
  } else if (::inet_pton(AF_INET6, name.c_str(), network.address.data()) != 1) {
    return std::nullopt;
  }
  unsigned bits = most;
  if (slash != std::string_view::npos) {
    const std::string_view number = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), bits);
    if (error != std::errc() || end != number.data() + number.size() || bits > most)
      return std::nullopt;
  }
  network.bits = before + bits;
  return network;
}

bool within(const Address& address, const Network& network) {
  for (unsigned bit = 0; bit < network.bits; ++bit) {
    const unsigned mask = 0x80U >> bit % 8;
    if ((address[bit / 8] & mask) != (network.address[bit / 8] & mask)) return false;
  }
  return true;
}

// Made once; the texts are known to be good.
template <const std::string_view& kText>
const Networks& listed() {
  static const Networks networks = *Networks::parse(kText);
  return networks;
}

// From the IANA registries of special-purpose addresses (RFC 6890 and its successors).
constexpr std::string_view kSpecial4 =
    "0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, "
    "192.0.0.0/24, 192.0.2.0/24, 192.88.99.0/24, 192.168.0.0/16, 198.18.0.0/15, 198.51.100.0/24, "
    "203.0.113.0/24, 224.0.0.0/3";
// What is not within it is no address of the Internet, or not yet.
constexpr std::string_view kGlobal6 = "2000::/3";
constexpr std::string_view kSpecial6 = "2001::/23, 2001:db8::/32, 3fff::/20";
// Both hold an address of version 4.
constexpr std::string_view kNat64 = "64:ff9b::/96";
constexpr std::string_view kSixToFour = "2002::/16";

bool is_mapped(const Address& address) {
  return std::all_of(address.begin(), address.begin() + 10, [](auto b) { return b == 0; }) &&
         address[10] == 0xFF && address[11] == 0xFF;
}

}  // namespace

Result<Networks> Networks::parse(std::string_view text) {
  Networks networks;
  for (int entry = 1; !text.empty(); ++entry) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view item = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
    if (item.empty()) continue;
    const std::optional<Network> network = parse_network(item);
    if (!network)
      return Error(Errc::kInvalid, "entry " + std::to_string(entry) +
                                       " is no network: write 10.0.0.0/8, fd00::/8 or an address");
    networks.networks_.push_back(*network);
  }
  return networks;
}

bool Networks::contain(const Address& address) const {
  return std::ranges::any_of(networks_, [&](const Network& n) { return within(address, n); });
}

Address address_of(const sockaddr& socket_address) {
  if (socket_address.sa_family == AF_INET) {
    sockaddr_in four;
    std::memcpy(&four, &socket_address, sizeof four);
    std::uint8_t bytes[4];
    std::memcpy(bytes, &four.sin_addr, sizeof bytes);
    return mapped(bytes);
  }
  Address address{};
  if (socket_address.sa_family == AF_INET6) {
    sockaddr_in6 six;
    std::memcpy(&six, &socket_address, sizeof six);
    std::memcpy(address.data(), &six.sin6_addr, address.size());
  }
  return address;
}

bool is_public(const Address& address) {
  if (is_mapped(address)) return !listed<kSpecial4>().contain(address);
  const auto embedded = [&](std::size_t at) {
    return mapped({address[at], address[at + 1], address[at + 2], address[at + 3]});
  };
  if (listed<kNat64>().contain(address)) return is_public(embedded(12));
  if (listed<kSixToFour>().contain(address)) return is_public(embedded(2));
  return listed<kGlobal6>().contain(address) && !listed<kSpecial6>().contain(address);
}

}  // namespace wascc::http_client
