// For tests: a real S3 server, tests/support/s3_server.py, where the Python registry can be
// reached. What it has acknowledged outlives it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "support/real_server.h"
#include "wascc/msgpack.h"

namespace wascc::test {

class S3Server {
 public:
  explicit S3Server(std::vector<std::string> more = {})
      : server_(
            [this, more = std::move(more)](std::uint16_t port) {
              std::vector<std::string> command = {"python3",  "tests/support/s3_server.py",
                                                  "--port",   std::to_string(port),
                                                  "--folder", folder_.path()};
              command.insert(command.end(), more.begin(), more.end());
              return command;
            },
            "ready\n") {}

  RealServer& process() { return server_; }
  // Why there is none: a test is then skipped.
  std::string unavailable() const {
    if (server_.running()) return {};
    const std::size_t reason = server_.output().find("skipped: ");
    if (reason != std::string::npos) return server_.output().substr(reason + 9);
    ADD_FAILURE() << "the S3 server did not start: " << server_.output();
    return "the S3 server did not start";
  }
  // Values of a binding to it.
  StringMap values() const {
    return {{"ENDPOINT", "http://" + server_.address()},
            {"AWS_ACCESS_KEY_ID", "TESTKEY"},
            {"AWS_SECRET_ACCESS_KEY", "a/secret+of:the/test"}};
  }

 private:
  const TemporaryFolder folder_;
  RealServer server_;
};

}  // namespace wascc::test
