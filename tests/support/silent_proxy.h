// Stands between a client and a server of this machine, and can forget its connections as a router
// does: no end is told, and nothing gets through any more. New connections work.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace wascc::test {

class SilentProxy {
 public:
  explicit SilentProxy(std::uint16_t to) : to_(to) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::bind(listener_, raw, size) + ::listen(listener_, 16), 0);
    EXPECT_EQ(::getsockname(listener_, raw, &size), 0);
    port_ = ntohs(address.sin_port);
    EXPECT_EQ(::pipe(wake_), 0);
    thread_ = std::jthread([this] { run(); });
  }
  ~SilentProxy() {
    wake('x');
    thread_.join();
    for (const int fd : {listener_, wake_[0], wake_[1]}) ::close(fd);
  }
  SilentProxy(const SilentProxy&) = delete;
  SilentProxy& operator=(const SilentProxy&) = delete;

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  int connections() const { return accepted_; }  // so far
  void forget_connections() {
    wake('f');
    forgotten_.wait(false);
  }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  void wake(char reason) const { EXPECT_EQ(::write(wake_[1], &reason, 1), 1); }

  void run() {
    std::vector<std::pair<int, int>> pairs;  // those that are forwarded
    std::vector<int> all;
    while (true) {
      std::vector<pollfd> polled = {{listener_, POLLIN, 0}, {wake_[0], POLLIN, 0}};
      for (const auto& [from, to] : pairs) {
        polled.push_back({from, POLLIN, 0});
        polled.push_back({to, POLLIN, 0});
      }
      ::poll(polled.data(), polled.size(), -1);
      for (std::size_t i = 0; i < pairs.size(); ++i) {
        if (polled[2 + 2 * i].revents != 0) forward(pairs[i].first, pairs[i].second);
        if (polled[3 + 2 * i].revents != 0) forward(pairs[i].second, pairs[i].first);
      }
      std::erase_if(pairs, [](const auto& pair) { return pair.first < 0 || pair.second < 0; });
      if (polled[0].revents != 0) {
        const int from = ::accept(listener_, nullptr, nullptr);
        const int to = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const sockaddr_in address = loopback(to_);
        EXPECT_EQ(::connect(to, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        ++accepted_;
        pairs.emplace_back(from, to);
        all.insert(all.end(), {from, to});
      }
      char reason = 0;
      if (polled[1].revents == 0 || ::read(wake_[0], &reason, 1) != 1) continue;
      if (reason == 'x') break;
      pairs.clear();
      forgotten_ = true;
      forgotten_.notify_all();
    }
    for (const int fd : all) ::close(fd);
  }
  // Passes on what has come; an end of the stream ends the pair.
  static void forward(int& from, int& to) {
    char buffer[16384];
    const ssize_t got = ::recv(from, buffer, sizeof buffer, 0);
    if (got > 0 && ::send(to, buffer, static_cast<std::size_t>(got), MSG_NOSIGNAL) == got) return;
    ::shutdown(from, SHUT_RDWR);
    ::shutdown(to, SHUT_RDWR);
    from = to = -1;
  }

  const std::uint16_t to_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  int wake_[2] = {-1, -1};
  std::atomic<int> accepted_ = 0;
  std::atomic<bool> forgotten_ = false;
  std::jthread thread_;
};

}  // namespace wascc::test
