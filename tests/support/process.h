// A program started by a test: its folder, its environment and nothing else of the test's own but
// what it tells the sanitizers; its standard output and error kept. Ends with the object at the
// latest.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace wascc::test {

class Process {
 public:
  Process(std::vector<std::string> command, const std::string& folder,
          std::vector<std::string> environment)
      : output_(folder + "/stdout.txt"), log_(folder + "/stderr.txt") {
    for (const std::string name : {"ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"})
      if (const char* value = std::getenv(name.c_str())) environment.push_back(name + "=" + value);
    std::vector<char*> arguments, variables;
    for (std::string& argument : command) arguments.push_back(argument.data());
    for (std::string& variable : environment) variables.push_back(variable.data());
    arguments.push_back(nullptr);
    variables.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
    posix_spawn_file_actions_addopen(&actions, 1, output_.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                     0600);
    posix_spawn_file_actions_addopen(&actions, 2, log_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const int failed =
        posix_spawn(&pid_, arguments[0], &actions, nullptr, arguments.data(), variables.data());
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) {
      pid_ = -1;
      ADD_FAILURE() << "cannot start " << command[0];
    }
  }
  ~Process() {
    if (pid_ > 0 && !ended_) {
      ::kill(pid_, SIGKILL);
      wait();
    }
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int number) const { ::kill(pid_, number); }
  // Waits for its end: the exit code, or minus the signal that ended it.
  int wait() {
    int status = 0;
    if (ended_ || ::waitpid(pid_, &status, 0) != pid_) return code_;
    ended_ = true;
    code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    return code_;
  }
  bool running() {
    int status = 0;
    if (ended_ || ::waitpid(pid_, &status, WNOHANG) == 0) return !ended_;
    ended_ = true;
    code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    return false;
  }
  // What it has written to its standard output, and to its standard error, so far.
  std::string output() const { return text_of(output_); }
  std::string log() const { return text_of(log_); }

 private:
  static std::string text_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string output_;
  std::string log_;
  pid_t pid_ = -1;
  bool ended_ = false;
  int code_ = -1;
};

}  // namespace wascc::test
