// How one binding reaches its NATS servers, as its values say it (docs/providers.md, "Messaging").
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "wascc/msgpack.h"
#include "wascc/result.h"

namespace wascc::nats {

struct Settings {
  std::vector<std::string> servers;  // URLs, tried in their order, without secrets
  std::string name;                  // host:port of each, for messages
  std::string user, password;        // both or neither
  std::string token;
  bool tls = false;
  std::string ca_file;  // only with TLS
  std::vector<std::string> subjects;
  std::string queue_group;  // "": none
  std::string jwt, seed;    // both or neither
  std::chrono::milliseconds connect_timeout{2000};
};

// The values URL, CA_FILE, SUBSCRIPTION, QUEUEGROUP_NAME, CLIENT_JWT, CLIENT_SEED and
// CONNECT_TIMEOUT_MS; kInvalid names the wrong one and repeats nothing that may be a secret.
Result<Settings> parse_settings(const StringMap& values);

}  // namespace wascc::nats
