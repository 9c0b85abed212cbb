// A server that is not ours, such as Redis, started by a test on a free port and stopped with the
// object at the latest. It can be stopped and started again in the middle, on the same port and in
// the same folder. One thread at a time.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/temporary_folder.h"

namespace wascc::test {

// A port of the loopback interface that nobody listened on a moment ago.
inline std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const auto raw = reinterpret_cast<sockaddr*>(&address);
  const bool bound = ::bind(fd, raw, size) == 0 && ::getsockname(fd, raw, &size) == 0;
  ::close(fd);
  return bound ? ntohs(address.sin_port) : 0;
}

// A program that runs to its end; 0 if it could be started and succeeded. Its output is dropped.
inline int run_program(std::vector<std::string> command) {
  std::vector<char*> arguments;
  for (std::string& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t pid = -1;
  const int failed =
      ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = -1;
  if (failed != 0 || ::waitpid(pid, &status, 0) != pid) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class RealServer {
 public:
  // The command for a port; the text in its output by which it says that it can be used.
  using Command = std::function<std::vector<std::string>(std::uint16_t port)>;

  RealServer(Command command, std::string ready)
      : command_(std::move(command)), ready_(std::move(ready)) {
    for (int attempt = 0; attempt < 5 && pid_ < 0; ++attempt) {  // the port may be taken meanwhile
      port_ = free_port();
      start();
    }
  }
  ~RealServer() { end(SIGKILL); }
  RealServer(const RealServer&) = delete;
  RealServer& operator=(const RealServer&) = delete;

  bool running() const { return pid_ > 0; }
  std::uint16_t port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  const std::string& output() const { return output_; }  // what it wrote until it was ready

  // Returns once it can be used; running() is false if it ended instead.
  void start() {
    std::vector<std::string> command = command_(port_);
    std::vector<char*> arguments;
    for (std::string& argument : command) arguments.push_back(argument.data());
    arguments.push_back(nullptr);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
    const int failed =
        ::posix_spawnp(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    if (failed != 0) pid_ = -1;
    output_.clear();
    char buffer[4096];
    while (output_.find(ready_) == std::string::npos) {
      const ssize_t got = ::read(ends[0], buffer, sizeof buffer);
      if (got <= 0) {
        ::close(ends[0]);
        return end(SIGKILL);
      }
      output_.append(buffer, static_cast<std::size_t>(got));
    }
    drain_ = std::jthread([from = ends[0]] {  // a full pipe would stop it
      char dropped[4096];
      while (::read(from, dropped, sizeof dropped) > 0) {
      }
      ::close(from);
    });
  }
  // Ends it as its administrator would, and waits for its end.
  void stop() { end(SIGTERM); }
  // Ends it in the middle of whatever it does.
  void crash() { end(SIGKILL); }
  // Lets it stand still: connections stay, and nothing answers.
  void freeze() const {
    ::kill(pid_, SIGSTOP);
    ::waitpid(pid_, nullptr, WUNTRACED);  // not all of its threads stop at once
  }
  void thaw() const { ::kill(pid_, SIGCONT); }

 private:
  void end(int signal) {
    if (pid_ > 0) {
      ::kill(pid_, signal);
      ::kill(pid_, SIGCONT);
      ::waitpid(pid_, nullptr, 0);
    }
    pid_ = -1;
    drain_ = {};
  }

  const Command command_;
  const std::string ready_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
  std::string output_;
  std::jthread drain_;
};

}  // namespace wascc::test
