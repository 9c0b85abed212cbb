// How one binding reaches its Redis server, as its values say it (docs/providers.md, "Redis").
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "wascc/msgpack.h"
#include "wascc/result.h"

namespace wascc::redis {

struct Address {
  std::string host = "127.0.0.1";
  std::uint16_t port = 6379;
  bool tls = false;
  std::string user;      // "": the default user
  std::string password;  // "": no AUTH
  std::uint32_t database = 0;

  std::string name() const;  // host:port, for messages; never a secret
};

// redis://user:password@host:port/database, all after the scheme optional; rediss:// with TLS. User
// and password may be percent-encoded. The message of an error repeats nothing of the text, which
// may hold a password.
Result<Address> parse_url(std::string_view url);

struct Settings {
  Address address;
  std::string ca_file;  // only with TLS
  std::chrono::milliseconds connect_timeout{2000};
  std::chrono::milliseconds command_timeout{5000};
};

// The values URL, CA_FILE, CONNECT_TIMEOUT_MS and COMMAND_TIMEOUT_MS; kInvalid names the wrong one.
Result<Settings> parse_settings(const StringMap& values);

}  // namespace wascc::redis
