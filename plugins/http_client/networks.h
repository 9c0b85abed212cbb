// Which addresses are those of the public Internet, and lists of networks. Pure functions.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "wascc/result.h"

namespace wascc::http_client {

// An address of either family as sixteen bytes; that of version 4 as ::ffff:a.b.c.d.
using Address = std::array<std::uint8_t, 16>;

struct Network {
  Address address{};
  unsigned bits = 128;  // of the sixteen bytes
};

class Networks {
 public:
  // "10.0.0.0/8, 192.168.1.7, fd00::/8"; kInvalid says which entry is no network and
  // does not repeat it.
  static Result<Networks> parse(std::string_view list);

  bool contain(const Address& address) const;

 private:
  std::vector<Network> networks_;
};

// All zero for a family that is neither.
Address address_of(const sockaddr& socket_address);

// Not loopback, private, link-local (where Lambda and EC2 have their credentials), shared,
// documentation, multicast or reserved; nor one that holds such an address of version 4.
bool is_public(const Address& address);

}  // namespace wascc::http_client
