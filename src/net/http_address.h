// Where a plain HTTP server listens, written as "127.0.0.1:9001", "http://[::1]:9001/prefix",
// "localhost", and how such a host becomes addresses of sockets without the system's name switch,
// which a static executable does not have.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wascc/result.h"

namespace wascc::net {

struct HttpAddress {
  std::string host;  // without brackets
  std::uint16_t port = 80;
  std::string path;  // what all request paths start with: empty, or "/…" without a slash at its end

  // Value of the header Host.
  std::string authority() const;
};

// kInvalid for what is no address; kUnsupported for another scheme than http.
Result<HttpAddress> parse_http_address(std::string_view text);

struct SocketAddress {
  sockaddr_storage storage;
  socklen_t size;
};

// Numeric addresses, "localhost" (IPv4 first) and names of the hosts file, in the file's order.
// Never empty; kNotFound for any other name.
Result<std::vector<SocketAddress>> resolve(const HttpAddress& address,
                                           const std::string& hosts_file = "/etc/hosts");

}  // namespace wascc::net
