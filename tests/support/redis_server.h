// For tests: a real Redis server, and a peer that says exactly what a test wants.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "redis/client.h"
#include "support/real_server.h"

namespace wascc::test {

// Keeps on disk what it has acknowledged.
class RedisServer {
 public:
  explicit RedisServer(std::vector<std::string> more = {})
      : server_(
            [this, more](std::uint16_t port) {
              std::vector<std::string> command = {
                  "redis-server", "--bind",      "127.0.0.1", "--dir",  folder_.path(),
                  "--appendonly", "yes",         "--save",    "",       "--appendfsync",
                  "always",       "--daemonize", "no",        "--port", std::to_string(port)};
              for (std::string argument : more) {
                if (argument == "PORT") argument = std::to_string(port);
                command.push_back(std::move(argument));
              }
              return command;
            },
            "Ready to accept connections") {}

  RealServer& process() { return server_; }
  std::string url() const { return "redis://" + server_.address(); }

  // As an administrator: the reply, or nullptr.
  redis::ReplyHandle ask(std::vector<std::string_view> command) {
    auto client = redis::Client::make(*redis::parse_settings({{"URL", url()}}), clock_);
    auto reply = (*client)->command(command, kNoDeadline, redis::Repeat::kNever);
    return reply ? *std::move(reply) : nullptr;
  }

 private:
  const SystemClock clock_;
  const TemporaryFolder folder_;
  RealServer server_;
};

// Answers the n-th connection's reads, one after the other, with these bytes; nullopt closes it,
// and so does the end of its list. Further connections are closed at once.
class ScriptedPeer {
 public:
  using Script = std::vector<std::vector<std::optional<std::string>>>;

  explicit ScriptedPeer(Script script) : script_(std::move(script)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener_, raw, size) + ::listen(listener_, 16), 0);
    EXPECT_EQ(::getsockname(listener_, raw, &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] { run(); });
  }
  ~ScriptedPeer() { ::shutdown(listener_, SHUT_RDWR); }

  std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }
  int connections() const { return connections_; }

 private:
  void run() {
    while (true) {
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) break;
      const auto number = static_cast<std::size_t>(connections_++);
      static const std::vector<std::optional<std::string>> kNothing;
      for (const auto& answer : number < script_.size() ? script_[number] : kNothing) {
        char command[4096];
        if (::recv(fd, command, sizeof command, 0) <= 0 || !answer) break;
        (void)::send(fd, answer->data(), answer->size(), MSG_NOSIGNAL);
      }
      ::close(fd);
    }
    ::close(listener_);
  }

  const Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::jthread thread_;
};

}  // namespace wascc::test
