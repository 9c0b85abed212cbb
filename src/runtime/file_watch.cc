#include "runtime/file_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>
#include <thread>
#include <utility>

#include "base/file_descriptor.h"

namespace wascc::runtime {
namespace {

class InotifyWatch final : public FileWatch {
 public:
  explicit InotifyWatch(Changed changed)
      : changed_(std::move(changed)),
        events_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)),
        end_(eventfd(0, EFD_CLOEXEC)) {}
  ~InotifyWatch() override {
    if (!thread_.joinable()) return;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(end_.get(), &one, sizeof one);
    thread_.join();
  }

  Status start(const std::vector<std::string>& files) {
    if (!events_ || !end_) return failure("watch files");
    for (std::size_t n = 0; n < files.size(); ++n) {
      const std::filesystem::path path(files[n]);
      const std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
      const int watch = inotify_add_watch(events_.get(), folder.c_str(),
                                          IN_CLOSE_WRITE | IN_MOVED_TO | IN_ONLYDIR);
      if (watch < 0) return failure("watch the folder " + folder);
      files_.emplace(std::pair(watch, path.filename().string()), n);
    }
    thread_ = std::thread([this] { run(); });
    return {};
  }

 private:
  static Error failure(const std::string& doing) {
    return Error(Errc::kUnavailable, "cannot " + doing + ": " + std::strerror(errno));
  }

  void run() {
    std::array<pollfd, 2> both{{{events_.get(), POLLIN, 0}, {end_.get(), POLLIN, 0}}};
    while (true) {
      if (poll(both.data(), both.size(), -1) < 0 && errno != EINTR) return;
      if (both[1].revents != 0) return;
      for (const std::size_t file : take()) changed_(file);
    }
  }

  // The files of all events there are.
  std::set<std::size_t> take() {
    std::set<std::size_t> changed;
    alignas(inotify_event) std::array<char, 16 * 1024> buffer;
    while (true) {
      const ssize_t length = read(events_.get(), buffer.data(), buffer.size());
      if (length <= 0) return changed;
      for (const char* at = buffer.data(); at < buffer.data() + length;) {
        const auto* event = reinterpret_cast<const inotify_event*>(at);
        at += sizeof(inotify_event) + event->len;
        if ((event->mask & IN_Q_OVERFLOW) != 0)  // some are lost: any file may have changed
          for (const auto& [name, file] : files_) changed.insert(file);
        else if (event->len != 0)
          for (auto [it, end] = files_.equal_range({event->wd, event->name}); it != end; ++it)
            changed.insert(it->second);
      }
    }
  }

  const Changed changed_;
  const FileDescriptor events_;
  const FileDescriptor end_;
  std::multimap<std::pair<int, std::string>, std::size_t> files_;  // by watch and name
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<FileWatch>> FileWatch::start(const std::vector<std::string>& files,
                                                    Changed changed) {
  auto watch = std::make_unique<InotifyWatch>(std::move(changed));
  WASCC_CHECK(watch->start(files));
  return std::unique_ptr<FileWatch>(std::move(watch));
}

}  // namespace wascc::runtime
