#include "s3/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "base/encoding.h"

namespace wascc::s3 {
namespace {

constexpr std::size_t kBlock = std::size_t{256} << 10;

Error io_error(const char* doing, int number) {
  const char* const reason = ::strerrordesc_np(number);
  return Error(Errc::kUnavailable,
               std::string(doing) + ": " + (reason != nullptr ? reason : "unknown error"));
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { ::EVP_MD_CTX_free(context); }
};

}  // namespace

Result<Spool> Spool::make(std::uint64_t bytes) {
  std::error_code failed;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(failed);
  if (failed) return Error(Errc::kUnavailable, "gather an upload in TMPDIR: " + failed.message());
  std::string name = (folder / "wascc-upload-XXXXXX").string();
  Spool spool(::mkostemp(name.data(), O_CLOEXEC), bytes);
  if (spool.fd_ < 0) return io_error("gather an upload in the folder for temporary files", errno);
  ::unlink(name.c_str());
  if (::ftruncate(spool.fd_, static_cast<off_t>(bytes)) != 0)
    return io_error("gather an upload", errno);
  return spool;
}

Spool::Spool(Spool&& other) noexcept : fd_(std::exchange(other.fd_, -1)), size_(other.size_) {}

Spool::~Spool() {
  if (fd_ >= 0) ::close(fd_);
}

Status Spool::write(std::uint64_t offset, ByteView bytes) const {
  while (!bytes.empty()) {
    const ssize_t done = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return io_error("gather an upload", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(done));
    offset += static_cast<std::uint64_t>(done);
  }
  return {};
}

Result<std::string> Spool::digest() const {
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(::EVP_MD_CTX_new());
  if (!context || ::EVP_DigestInit_ex(context.get(), ::EVP_sha256(), nullptr) != 1)
    return Error(Errc::kOutOfMemory, "no memory for a digest");
  std::vector<std::byte> block(kBlock);
  for (std::uint64_t offset = 0; offset < size_;) {
    const std::size_t wanted = std::min<std::uint64_t>(kBlock, size_ - offset);
    const ssize_t got = ::pread(fd_, block.data(), wanted, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return io_error("read a gathered upload", got < 0 ? errno : EIO);
    ::EVP_DigestUpdate(context.get(), block.data(), static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  std::byte digest[32];
  ::EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(digest), nullptr);
  return hex_lower(digest);
}

}  // namespace wascc::s3
