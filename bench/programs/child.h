// A process under measurement: started with a chosen environment, looked at through /proc.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace bench {

class Child {
 public:
  // Runs `command` in `folder` with `environment` alone. Its output is dropped, unless
  // BENCH_STDERR is set: then its standard error stays visible.
  bool start(const std::string& folder, std::vector<std::string> environment, char** command) {
    std::vector<char*> variables;
    for (std::string& variable : environment) variables.push_back(variable.data());
    variables.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    if (std::getenv("BENCH_STDERR") == nullptr)
      posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    const bool started =
        posix_spawnp(&pid_, command[0], &actions, nullptr, command, variables.data()) == 0;
    posix_spawn_file_actions_destroy(&actions);
    return started;
  }

  bool ended() const { return waitpid(pid_, nullptr, WNOHANG) == pid_; }
  void kill() const {
    ::kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  // Lets it end in its own way, as an instrumented process must to write its report.
  void terminate() const {
    ::kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }

  // Processor time of all threads so far, in nanoseconds.
  double cpu_ns() const {
    double sum = 0;
    std::error_code ignored;
    for (const auto& task : std::filesystem::directory_iterator(proc("task"), ignored)) {
      std::ifstream file(task.path() / "schedstat");
      double ns = 0;
      file >> ns;
      sum += ns;
    }
    return sum;
  }

  long rss_kb() const { return status_kb("VmRSS:"); }
  long anonymous_kb() const { return status_kb("RssAnon:"); }

  // Page faults that needed no disk.
  long faults() const {
    std::ifstream file(proc("stat"));
    std::string text;
    std::getline(file, text);
    text.erase(0, text.rfind(')') + 2);  // the name may hold anything
    long value = 0;
    for (int field = 3; field <= 10; ++field) {
      value = std::atol(text.c_str());
      text.erase(0, text.find(' ') + 1);
    }
    return value;
  }

 private:
  std::string proc(const char* what) const { return "/proc/" + std::to_string(pid_) + "/" + what; }
  long status_kb(const std::string& key) const {
    std::ifstream file(proc("status"));
    for (std::string line; std::getline(file, line);)
      if (line.starts_with(key)) return std::atol(line.c_str() + key.size());
    return 0;
  }

  pid_t pid_ = 0;
};

}  // namespace bench
