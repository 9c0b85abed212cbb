#include "package/zip.h"

#include <fcntl.h>
#include <libdeflate.h>
#include <minizip/unzip.h>
#include <minizip/zip.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <set>
#include <system_error>
#include <utility>

#include "base/encoding.h"
#include "base/file.h"

namespace wascc::package {
namespace {

constexpr uLong kFirstDosDate = (1U << 21) | (1U << 16);  // 1980-01-01 00:00, the earliest there is
constexpr uLong kMadeByUnix = (3U << 8) | 20;
constexpr uLong kUtf8Names = 1U << 11;
constexpr int kMaxNameLength = 1024;

// A ZIP that is being read or written; closing an unfinished one throws it away.
struct CloseUnzip {
  void operator()(void* file) const { unzClose(file); }
};

std::uint32_t mode_of(const ZipEntry& entry) { return entry.executable ? 0100755 : 0100644; }

// The library keeps the system's reason to itself; it is what the last call of it left.
Error write_error(const std::string& what) {
  const std::string reason = std::error_code(errno, std::generic_category()).message();
  return Error(Errc::kUnavailable, "cannot write " + what + (errno == 0 ? "" : ": " + reason));
}

struct FreeCompressor {
  void operator()(libdeflate_compressor* raw) const { libdeflate_free_compressor(raw); }
};

// The smallest that deflate reaches at a bearable speed: 3 % less than zlib's best, as fast.
constexpr int kCompressionLevel = 12;

Result<Bytes> compressed(ByteView content) {
  const std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor(
      libdeflate_alloc_compressor(kCompressionLevel));
  if (!compressor) return Error(Errc::kUnavailable, "no memory to compress with");
  Bytes out(libdeflate_deflate_compress_bound(compressor.get(), content.size()));
  out.resize(libdeflate_deflate_compress(compressor.get(), content.data(), content.size(),
                                         out.data(), out.size()));
  return out;
}

Status add(zipFile zip, const ZipEntry& entry) {
  WASCC_TRY(const Bytes packed, compressed(entry.content));
  constexpr int kAlreadyCompressed = 1;
  zip_fileinfo info{};
  info.dosDate = kFirstDosDate;
  info.external_fa = static_cast<uLong>(mode_of(entry)) << 16;
  int failed =
      zipOpenNewFileInZip4(zip, entry.name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr,
                           Z_DEFLATED, Z_BEST_COMPRESSION, kAlreadyCompressed, -MAX_WBITS,
                           DEF_MEM_LEVEL, Z_DEFAULT_STRATEGY, nullptr, 0, kMadeByUnix, kUtf8Names);
  // The library counts in int.
  constexpr std::size_t kPiece = 1 << 20;
  for (std::size_t at = 0; failed == ZIP_OK && at < packed.size(); at += kPiece)
    failed = zipWriteInFileInZip(zip, packed.data() + at,
                                 static_cast<unsigned>(std::min(kPiece, packed.size() - at)));
  if (failed == ZIP_OK)
    failed = zipCloseFileInZipRaw64(
        zip, entry.content.size(), libdeflate_crc32(0, entry.content.data(), entry.content.size()));
  if (failed != ZIP_OK) return write_error(entry.name + " into the ZIP");
  return {};
}

Status write_to(const std::string& path, std::span<const ZipEntry> entries) {
  zipFile zip = zipOpen64(path.c_str(), APPEND_STATUS_CREATE);
  if (zip == nullptr) return write_error("the ZIP");
  Status status;
  for (const ZipEntry& entry : entries)
    if (status) status = add(zip, entry);
  if (zipClose(zip, nullptr) != ZIP_OK && status) status = write_error("the end of the ZIP");
  return status;
}

Error damaged(const std::string& what) { return Error(Errc::kMalformed, "damaged ZIP: " + what); }

// The current entry, or nothing for a folder.
Result<ZipEntry> read_entry(unzFile zip, const ZipLimits& limits, std::uint64_t& left,
                            bool& is_folder) {
  unz_file_info64 info{};
  char name[kMaxNameLength + 1] = "";
  if (unzGetCurrentFileInfo64(zip, &info, name, sizeof name, nullptr, 0, nullptr, 0) != UNZ_OK)
    return damaged("an entry cannot be read");
  if (info.size_filename > kMaxNameLength) return damaged("a name of more than 1024 bytes");
  ZipEntry entry;
  entry.name.assign(name, info.size_filename);
  is_folder = entry.name.ends_with('/');
  if (is_folder) entry.name.pop_back();
  if (!is_inside(entry.name))
    return Error(Errc::kMalformed,
                 "the ZIP holds a name that leaves its folder: " + to_utf8_lossy(entry.name));
  if (is_folder) return entry;
  const auto mode = static_cast<mode_t>(info.external_fa >> 16);
  if ((info.version >> 8) == 3 && S_ISLNK(mode))
    return Error(Errc::kMalformed, "the ZIP holds a link: " + entry.name);
  if ((info.flag & 1) != 0)
    return Error(Errc::kMalformed, "the ZIP holds an encrypted file: " + entry.name);
  entry.executable = (mode & S_IXUSR) != 0;
  if (unzOpenCurrentFile(zip) != UNZ_OK) return damaged(entry.name + " cannot be opened");

  std::byte buffer[64 * 1024];
  for (;;) {
    const int got = unzReadCurrentFile(zip, buffer, sizeof buffer);
    if (got < 0) return damaged(entry.name + " cannot be unpacked");
    if (got == 0) break;
    if (static_cast<std::uint64_t>(got) > left)
      return Error(Errc::kTooLarge,
                   "the ZIP unpacks to more than " + std::to_string(limits.bytes) + " bytes");
    left -= static_cast<std::uint64_t>(got);
    entry.content.insert(entry.content.end(), buffer, buffer + got);
  }
  if (entry.content.size() != info.uncompressed_size)
    return damaged(entry.name + " is shorter than it should be");
  if (unzCloseCurrentFile(zip) != UNZ_OK)
    return damaged(entry.name + " does not match its checksum");
  return entry;
}

Result<std::vector<ZipEntry>> read_entries(const std::string& path, const ZipLimits& limits) {
  const std::unique_ptr<void, CloseUnzip> zip(unzOpen64(path.c_str()));
  if (!zip) return Error(Errc::kMalformed, "no ZIP file");
  std::vector<ZipEntry> entries;
  std::set<std::string> names;
  std::uint64_t left = limits.bytes;
  int at = unzGoToFirstFile(zip.get());
  for (; at == UNZ_OK; at = unzGoToNextFile(zip.get())) {
    if (names.size() >= limits.entries)
      return Error(Errc::kTooLarge,
                   "the ZIP holds more than " + std::to_string(limits.entries) + " files");
    bool is_folder = false;
    WASCC_TRY(ZipEntry entry, read_entry(zip.get(), limits, left, is_folder));
    if (!names.insert(entry.name).second)
      return Error(Errc::kMalformed, "the ZIP holds twice: " + entry.name);
    if (!is_folder) entries.push_back(std::move(entry));
  }
  if (at != UNZ_END_OF_LIST_OF_FILE) return damaged("its list of files is incomplete");
  return entries;
}

}  // namespace

bool is_inside(std::string_view name) {
  if (name.empty() || !is_utf8(name)) return false;
  for (const char c : name)
    if (static_cast<unsigned char>(c) < 0x20 || c == '\\' || c == 0x7f) return false;
  while (true) {
    const std::size_t slash = name.find('/');
    const std::string_view part = name.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    name.remove_prefix(slash + 1);
  }
}

Status write_zip(const std::string& path, std::span<const ZipEntry> entries) {
  std::string temporary = path + ".XXXXXX";
  const int fd = ::mkstemp(temporary.data());
  if (fd < 0) return write_error("a file beside it").context(path);
  ::fchmod(fd, 0644);
  errno = 0;
  Status status = write_to(temporary, entries);
  if (status && (::fsync(fd) != 0 || ::rename(temporary.c_str(), path.c_str()) != 0))
    status = write_error("the ZIP in its place");
  ::close(fd);
  if (!status) ::unlink(temporary.c_str());
  return std::move(status).context(path);
}

Result<std::vector<ZipEntry>> read_zip(const std::string& path, const ZipLimits& limits) {
  WASCC_CHECK(read_file_start(path, 1));  // says what is wrong with it, and opens no pipe
  return read_entries(path, limits).context(path);
}

}  // namespace wascc::package
