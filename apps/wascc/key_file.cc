#include "key_file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.h"

namespace wascc::cli {
namespace {

constexpr std::size_t kMaxSeedFileBytes = 4096;

Error system_error(const std::string& what) {
  return Error(errno == EEXIST ? Errc::kExists : Errc::kUnavailable, what + ": " + strerror(errno));
}

Status write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_error("write");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return fsync(fd) == 0 ? Status() : system_error("fsync");
}

// The key whose seed is the first `size` bytes, which are gone afterwards.
Result<claims::KeyPair> parse_and_wipe(Bytes& bytes, std::size_t size) {
  std::string_view text = as_text(bytes).substr(0, size);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
    text.remove_suffix(1);
  Result<claims::KeyPair> key = claims::KeyPair::from_seed(text);
  explicit_bzero(bytes.data(), bytes.size());
  return key;
}

}  // namespace

Status write_seed(const std::string& path, const claims::KeyPair& key) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return system_error(path);
  const claims::SecretText seed = key.seed();
  Status status = write_all(fd, seed.view());
  if (status) status = write_all(fd, "\n");
  if (close(fd) != 0 && status) status = system_error("close");
  if (!status) unlink(path.c_str());
  return std::move(status).context(path);
}

Result<claims::KeyPair> read_seed(const std::string& path) {
  Result<Bytes> bytes = read_file(path, kMaxSeedFileBytes);
  if (!bytes) return std::move(bytes).error().context("seed file");
  return parse_and_wipe(*bytes, bytes->size()).context("seed file " + path);
}

Result<claims::KeyPair> read_seed_from(int fd) {
  Bytes bytes(kMaxSeedFileBytes);
  std::size_t used = 0;
  while (used < bytes.size()) {
    const ssize_t got = read(fd, bytes.data() + used, bytes.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("seed on standard input");
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  return parse_and_wipe(bytes, used).context("seed on standard input");
}

Result<claims::KeyPair> read_seed(const std::string& path, claims::KeyKind kind) {
  Result<claims::KeyPair> key = read_seed(path);
  if (key && key->public_key().kind() != kind)
    return Error(Errc::kInvalid, "seed file " + path + " holds the key of a different kind: " +
                                     std::string(to_string(key->public_key().kind())) + ", not " +
                                     std::string(to_string(kind)));
  return key;
}

}  // namespace wascc::cli
