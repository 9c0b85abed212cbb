#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/file_descriptor.h"

namespace wascc {
namespace {

// Worded as the reference runtime words it; users and tests know "No such file or directory (os
// error 2)".
Error io_error(const std::string& path, int number) {
  const char* const reason = ::strerrordesc_np(number);
  return Error(number == ENOENT ? Errc::kNotFound : Errc::kUnavailable,
               path + ": I/O error: " + (reason != nullptr ? reason : "unknown error") +
                   " (os error " + std::to_string(number) + ")");
}

Error too_large(const std::string& path, std::size_t limit) {
  return Error(Errc::kTooLarge,
               path + ": larger than the limit of " + std::to_string(limit) + " bytes");
}

int open_retrying(const std::string& path, int flags, mode_t mode) {
  int fd;
  do fd = ::open(path.c_str(), flags, mode);
  while (fd < 0 && errno == EINTR);
  return fd;
}

Status write_all(int fd, ByteView bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io_error(path, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

// Without O_NONBLOCK, opening a pipe would wait for its other end.
int open_to_read(const std::string& path) {
  return open_retrying(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
}

// Its size; an error for what is no regular file.
Result<std::uint64_t> size_of(int fd, const std::string& path) {
  struct stat info;
  if (::fstat(fd, &info) != 0) return io_error(path, errno);
  if (!S_ISREG(info.st_mode)) return Error(Errc::kUnavailable, path + ": not a regular file");
  return static_cast<std::uint64_t>(info.st_size);
}

}  // namespace

Result<Bytes> read_file_start(const std::string& path, std::size_t count) {
  const FileDescriptor file(open_to_read(path));
  if (!file) return io_error(path, errno);
  WASCC_CHECK(size_of(file.get(), path));
  Bytes bytes(count);
  std::size_t used = 0;
  while (used < count) {
    const ssize_t got = ::read(file.get(), bytes.data() + used, count - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error(path, errno);
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  bytes.resize(used);
  return bytes;
}

Result<OpenFile> open_file(const std::string& path, std::size_t limit) {
  FileDescriptor file(open_to_read(path));
  if (!file) return io_error(path, errno);
  WASCC_TRY(const std::uint64_t size, size_of(file.get(), path));
  if (size > limit) return too_large(path, limit);
  return OpenFile{std::move(file), static_cast<std::size_t>(size)};
}

Result<Bytes> read_file(const std::string& path, std::size_t limit) {
  WASCC_TRY(const OpenFile opened, open_file(path, limit));
  const FileDescriptor& file = opened.file;
  // One byte more than its size, to see the end; a file may have grown, and those of /proc say 0.
  Bytes bytes(opened.size + 1);
  std::size_t used = 0;
  while (true) {
    if (used == bytes.size()) bytes.resize(bytes.size() * 2 + 4096);
    const ssize_t got = ::read(file.get(), bytes.data() + used, bytes.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error(path, errno);
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
    if (used > limit) return too_large(path, limit);
  }
  bytes.resize(used);
  return bytes;
}

Status write_file_atomically(const std::string& path, ByteView bytes, unsigned mode) {
  static std::atomic<unsigned> counter{0};
  std::string temporary;
  int fd = -1;
  do {  // O_EXCL: never through a link that somebody has put there
    temporary = path + ".tmp." + std::to_string(::getpid()) + "." + std::to_string(counter++);
    fd = open_retrying(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  } while (fd < 0 && errno == EEXIST);
  if (fd < 0) return io_error(temporary, errno);

  Status done;
  {
    const FileDescriptor file(fd);
    done = write_all(fd, bytes, temporary);
    if (done && ::fsync(fd) != 0) done = io_error(temporary, errno);
  }
  if (done && ::rename(temporary.c_str(), path.c_str()) != 0) done = io_error(path, errno);
  if (!done) ::unlink(temporary.c_str());
  return done;
}

}  // namespace wascc
