#include "providers/blobstore_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "providers/builtin.h"

namespace wascc::providers {
namespace {

using blobstore::BlobReader;
using blobstore::BlobSize;
using blobstore::BlobWriter;

// Uploads gather here, beside the containers, so that a finished one need only be renamed. No
// container can have the name: it begins with a dot.
constexpr const char* kUploads = ".uploads";
constexpr std::size_t kMaxListed = 100'000;  // blobs of one container in one answer
constexpr std::size_t kMaxName = 255;

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

Error io_error(const std::string& doing, int number) {
  const char* const reason = ::strerrordesc_np(number);
  return Error(number == ENOENT ? Errc::kNotFound : Errc::kUnavailable,
               doing + ": " + (reason != nullptr ? reason : "unknown error") + " (os error " +
                   std::to_string(number) + ")");
}

Error no_container(const std::string& name) {
  return Error(Errc::kNotFound, "no such container: " + name);
}

Result<Descriptor> open_at(const Descriptor& folder, const char* name, int flags,
                           const std::string& doing) {
  int fd;
  do fd = ::openat(folder.get(), name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
  while (fd < 0 && errno == EINTR);
  if (fd < 0) return io_error(doing, errno);
  return Descriptor(fd);
}

// Moves all of `size` bytes at `offset` by ::pread or ::pwrite.
template <class Move, class Byte>
Status move_all(Move move, int fd, Byte* bytes, std::size_t size, std::uint64_t offset,
                const char* doing) {
  while (size > 0) {
    const ssize_t moved = move(fd, bytes, size, static_cast<off_t>(offset));
    if (moved < 0 && errno == EINTR) continue;
    if (moved < 0) return io_error(doing, errno);
    if (moved == 0)
      return Error(Errc::kUnavailable, std::string(doing) + ": the file is shorter now");
    bytes += moved;
    size -= static_cast<std::size_t>(moved);
    offset += static_cast<std::uint64_t>(moved);
  }
  return {};
}

class FileReader final : public BlobReader {
 public:
  FileReader(Descriptor file, std::uint64_t size) : file_(std::move(file)), size_(size) {}

  std::uint64_t size() const override { return size_; }
  Status read(std::uint64_t offset, std::span<std::byte> out, Deadline /*deadline*/) override {
    return move_all(::pread, file_.get(), out.data(), out.size(), offset, "read a blob");
  }

 private:
  const Descriptor file_;
  const std::uint64_t size_;
};

class FileWriter final : public BlobWriter {
 public:
  FileWriter(Descriptor uploads, std::string temporary, Descriptor file, Descriptor container,
             std::string name)
      : uploads_(std::move(uploads)),
        temporary_(std::move(temporary)),
        file_(std::move(file)),
        container_(std::move(container)),
        name_(std::move(name)) {}
  ~FileWriter() override {
    if (!committed_) ::unlinkat(uploads_.get(), temporary_.c_str(), 0);
  }

  Status write(std::uint64_t offset, ByteView bytes) override {
    return move_all(::pwrite, file_.get(), bytes.data(), bytes.size(), offset, "write a blob");
  }
  Status commit(Deadline /*deadline*/) override {
    if (::fsync(file_.get()) != 0) return io_error("write a blob to disk", errno);
    if (::renameat(uploads_.get(), temporary_.c_str(), container_.get(), name_.c_str()) != 0)
      return io_error("put " + name_ + " in its place", errno);
    committed_ = true;
    return {};
  }

 private:
  const Descriptor uploads_;
  const std::string temporary_;
  const Descriptor file_;
  const Descriptor container_;
  const std::string name_;
  bool committed_ = false;
};

Result<std::string> random_name() {
  std::byte bytes[16];
  if (::getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
    return Error(Errc::kUnavailable, "no random bytes");
  return hex_lower(bytes);
}

// Every path is one name below an open folder, and links are not followed.
class Folder final : public blobstore::Backend {
 public:
  explicit Folder(Descriptor root) : root_(std::move(root)) {}

  Result<std::string> container_name(std::string_view id) const override { return file_name(id); }
  Result<std::string> blob_name(std::string_view id) const override { return file_name(id); }

  Status create_container(const std::string& container, Deadline /*deadline*/) override {
    if (::mkdirat(root_.get(), container.c_str(), 0755) != 0 && errno != EEXIST)
      return io_error("create container " + container, errno);
    WASCC_TRY([[maybe_unused]] const Descriptor there, this->container(container));
    return {};
  }

  Status remove_container(const std::string& container, Deadline /*deadline*/) override {
    if (::unlinkat(root_.get(), container.c_str(), AT_REMOVEDIR) == 0) return {};
    if (errno == ENOENT || errno == ENOTDIR) return no_container(container);
    if (errno == ENOTEMPTY || errno == EEXIST)
      return Error(Errc::kInvalid, "container " + container + " is not empty");
    return io_error("remove container " + container, errno);
  }

  Result<std::vector<BlobSize>> list(const std::string& container, Deadline /*deadline*/) override {
    WASCC_TRY(Descriptor folder, this->container(container));
    struct CloseDirectory {
      void operator()(DIR* directory) const { ::closedir(directory); }
    };
    const std::unique_ptr<DIR, CloseDirectory> directory(::fdopendir(folder.get()));
    if (!directory) return io_error("list " + container, errno);
    folder.release();  // closedir closes it
    std::vector<BlobSize> blobs;
    while (true) {
      errno = 0;
      const dirent* entry = ::readdir(directory.get());
      if (entry == nullptr && errno != 0) return io_error("list " + container, errno);
      if (entry == nullptr) break;
      struct stat info;
      if (entry->d_name[0] == '.' ||
          ::fstatat(::dirfd(directory.get()), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0 ||
          !S_ISREG(info.st_mode))
        continue;
      if (blobs.size() == kMaxListed)
        return Error(Errc::kTooLarge, "container " + container + " has more than " +
                                          std::to_string(kMaxListed) + " blobs");
      blobs.push_back({entry->d_name, static_cast<std::uint64_t>(info.st_size)});
    }
    std::ranges::sort(blobs, {}, &BlobSize::id);
    return blobs;
  }

  Result<std::optional<std::uint64_t>> size(const std::string& container, const std::string& id,
                                            Deadline /*deadline*/) override {
    const auto folder = this->container(container);
    if (!folder && folder.error().code() == Errc::kNotFound) return std::optional<std::uint64_t>();
    if (!folder) return folder.error();
    struct stat info;
    if (::fstatat(folder->get(), id.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) return std::optional<std::uint64_t>();
      return io_error("look at " + id, errno);
    }
    if (!S_ISREG(info.st_mode)) return std::optional<std::uint64_t>();
    return std::optional(static_cast<std::uint64_t>(info.st_size));
  }

  Status remove(const std::string& container, const std::string& id,
                Deadline /*deadline*/) override {
    WASCC_TRY(const Descriptor folder, this->container(container));
    if (::unlinkat(folder.get(), id.c_str(), 0) != 0)
      return io_error("remove " + container + "/" + id, errno);
    return {};
  }

  Result<std::unique_ptr<BlobReader>> open(const std::string& container, const std::string& id,
                                           Deadline /*deadline*/) override {
    WASCC_TRY(const Descriptor folder, this->container(container));
    const std::string doing = "open " + container + "/" + id;
    // Without O_NONBLOCK, opening a pipe would wait for its other end.
    WASCC_TRY(Descriptor file, open_at(folder, id.c_str(), O_RDONLY | O_NONBLOCK, doing));
    struct stat info;
    if (::fstat(file.get(), &info) != 0) return io_error(doing, errno);
    if (!S_ISREG(info.st_mode)) return Error(Errc::kNotFound, doing + ": not a regular file");
    return std::unique_ptr<BlobReader>(
        std::make_unique<FileReader>(std::move(file), static_cast<std::uint64_t>(info.st_size)));
  }

  Result<std::unique_ptr<BlobWriter>> create(const std::string& container, const std::string& id,
                                             std::uint64_t /*bytes*/) override {
    WASCC_TRY(Descriptor folder, this->container(container));
    if (::mkdirat(root_.get(), kUploads, 0700) != 0 && errno != EEXIST)
      return io_error("create " + std::string(kUploads), errno);
    WASCC_TRY(Descriptor uploads,
              open_at(root_, kUploads, O_RDONLY | O_DIRECTORY, "open " + std::string(kUploads)));
    WASCC_TRY(std::string temporary, random_name());
    WASCC_TRY(Descriptor file,
              open_at(uploads, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL, "begin an upload"));
    return std::unique_ptr<BlobWriter>(std::make_unique<FileWriter>(
        std::move(uploads), std::move(temporary), std::move(file), std::move(folder), id));
  }

 private:
  Result<Descriptor> container(const std::string& name) const {
    auto folder = open_at(root_, name.c_str(), O_RDONLY | O_DIRECTORY, "open container " + name);
    if (folder || folder.error().code() != Errc::kNotFound) return folder;
    return no_container(name);
  }

  const Descriptor root_;
};

}  // namespace

Result<std::string> file_name(std::string_view id) {
  std::string name(id.substr(std::min(id.find_first_not_of("/."), id.size())));
  for (std::size_t dots = name.find(".."); dots != std::string::npos; dots = name.find("..", dots))
    name.erase(dots, 2);
  std::ranges::replace(name, '/', '_');
  if (name.empty()) return Error(Errc::kInvalid, "a name of dots and slashes alone names nothing");
  if (name.size() > kMaxName || name.find('\0') != std::string::npos)
    return Error(Errc::kInvalid, "a name has at most 255 bytes, and none of them is 0");
  return name;
}

FolderBlobStoreProvider::FolderBlobStoreProvider(const Log& log)
    : BlobStoreProvider(
          [log = log.target("blobstore")](const std::string& text) { log.warn(text); }) {}

CapabilityDescriptor FolderBlobStoreProvider::descriptor() const {
  return blobstore::describe("waSCC Blob Store (Folder)", "Containers of blobs in a folder.");
}

Result<std::shared_ptr<blobstore::Backend>> FolderBlobStoreProvider::open_backend(
    const CapabilityConfiguration& configuration) {
  const auto root = std::ranges::find(configuration.values, "ROOT", &StringMap::value_type::first);
  if (root == configuration.values.end() || root->second.empty())
    return Error(
        Errc::kInvalid,
        "Missing configuration value: ROOT, the folder that holds this actor's containers");
  std::error_code failed;
  std::filesystem::create_directories(root->second, failed);
  if (failed) return Error(Errc::kUnavailable, "ROOT " + root->second + ": " + failed.message());
  Descriptor folder(::open(root->second.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0) return io_error("ROOT " + root->second, errno);
  return std::shared_ptr<blobstore::Backend>(std::make_shared<Folder>(std::move(folder)));
}

}  // namespace wascc::providers
