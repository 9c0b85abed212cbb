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

  // Processor time of all threads so far, in nanoseconds. Of a thread that runs at this moment the
  // system tells only what it had when it last stopped.
  double cpu_ns() const {
    double sum = 0;
    for_each_thread("schedstat",
                    [&sum](const std::string& text) { sum += std::atof(text.c_str()); });
    return sum;
  }

  // Until all of its threads sleep; a fifth of a second at most.
  void wait_until_idle() const {
    bool idle = false;
    for (int tries = 0; tries < 2000 && !idle; ++tries) {
      usleep(100);
      idle = true;
      for_each_thread("stat", [&idle](const std::string& text) {
        idle = idle && text.compare(text.rfind(')') + 1, 2, " S") == 0;
      });
    }
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
  // The first line of that file of each.
  template <class Visit>
  void for_each_thread(const char* name, Visit visit) const {
    std::error_code ignored;
    for (const auto& task : std::filesystem::directory_iterator(proc("task"), ignored)) {
      std::ifstream file(task.path() / name);
      std::string line;
      if (std::getline(file, line)) visit(line);
    }
  }

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
