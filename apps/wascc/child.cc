#include "child.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

namespace wascc::cli {
namespace {

// What nothing that `work` does by itself is likely to end with.
constexpr int kReturned = 113;

// Until the other end is closed; whether that was in time.
bool listen(int fd, std::chrono::milliseconds silence,
            const std::function<void(std::string_view)>& heard) {
  char buffer[4096];
  while (true) {
    pollfd one{fd, POLLIN, 0};
    const int ready = ::poll(&one, 1, static_cast<int>(silence.count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    const ssize_t got = ::read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return true;
    heard(std::string_view(buffer, static_cast<std::size_t>(got)));
  }
}

}  // namespace

Result<std::string> in_child(const std::function<void(int fd)>& work, std::chrono::seconds silence,
                             const std::function<void(std::string_view)>& heard) {
  int ends[2];
  if (::pipe(ends) != 0) return Error(Errc::kUnavailable, "no pipe");
  std::fflush(nullptr);  // or the child would write it, too
  const pid_t child = ::fork();
  if (child < 0) {
    ::close(ends[0]);
    ::close(ends[1]);
    return Error(Errc::kUnavailable, "no process");
  }
  if (child == 0) {
    ::close(ends[0]);
    work(ends[1]);
    _exit(kReturned);  // without the ends of static objects, which are the parent's
  }
  ::close(ends[1]);
  const bool in_time = listen(ends[0], silence, heard);
  ::close(ends[0]);
  if (!in_time) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!in_time) return "it did not return within " + std::to_string(silence.count()) + " seconds";
  if (WIFSIGNALED(status))
    return std::string("the process ended by signal ") + std::to_string(WTERMSIG(status)) + ", " +
           ::strsignal(WTERMSIG(status));
  if (WEXITSTATUS(status) != kReturned)
    return "it ended the process with exit status " + std::to_string(WEXITSTATUS(status));
  return std::string();
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace wascc::cli
