// A client of a loopback port that says exactly what it is told to. One thread at a time.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace wascc::test {

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ~RawClient() { ::close(fd_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void say(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  void say_no_more() { ::shutdown(fd_, SHUT_WR); }
  // What comes until `end` has been seen, or the server closes.
  std::string hear(std::string_view end) {
    char chunk[4096];
    while (heard_.find(end) == std::string::npos) {
      const ssize_t got = ::recv(fd_, chunk, sizeof chunk, 0);
      if (got <= 0) return std::exchange(heard_, {});
      heard_.append(chunk, static_cast<std::size_t>(got));
    }
    const std::size_t cut = heard_.find(end) + end.size();
    std::string text = heard_.substr(0, cut);
    heard_.erase(0, cut);
    return text;
  }
  std::string hear_all() { return hear("\r\nno such text\r\n"); }

 private:
  int fd_;
  std::string heard_;
};

}  // namespace wascc::test
