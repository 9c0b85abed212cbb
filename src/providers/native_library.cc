// From a path to a native provider: a shared library, or a provider archive that holds one.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <elf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/file.h"
#include "providers/archive.h"
#include "providers/native_provider.h"
#include "providers/shared_object.h"
#include "providers/tar.h"

namespace wascc::providers {
namespace {

// A library larger than this is no provider.
constexpr std::size_t kMaxLibraryBytes = std::size_t{512} << 20;
// Of a file, to know what it is.
constexpr std::size_t kStartBytes = 512;
// What a provider of 2020 exports: an object of the Rust compiler of its day.
constexpr const char* kRustEntry = "__capability_provider_create";

// What dlopen would say only in riddles.
Status check_header(ByteView start, const std::string& path) {
  Elf64_Ehdr header;
  if (start.size() < sizeof header || std::memcmp(start.data(), ELFMAG, SELFMAG) != 0)
    return Error(Errc::kMalformed, path + " is no shared library");
  std::memcpy(&header, start.data(), sizeof header);
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != this_machine())
    return Error(Errc::kUnsupported, path + " was built for another processor than this " +
                                         std::string(machine_name(this_machine())));
  return {};
}

// Found in the file, because the libraries of its day that it needs may be missing.
bool is_rust_provider(ByteView library) {
  return as_text(library).find(std::string(1, '\0') + kRustEntry + '\0') != std::string_view::npos;
}

// The reason, unless there is a better one.
Error refused(const std::string& file, const std::string& name, Error reason) {
  const Result<Bytes> library = read_file(file, kMaxLibraryBytes);
  if (!library || !is_rust_provider(*library)) return reason;
  return Error(Errc::kUnsupported,
               name + " is a provider for the Rust host and must be rebuilt for this runtime");
}

// Without the file's own name, which the loader puts before some of its reasons.
std::string dl_error(const std::string& file) {
  const char* given = ::dlerror();
  std::string_view text = given == nullptr ? "unknown reason" : given;
  if (text.starts_with(file + ": ")) text.remove_prefix(file.size() + 2);
  return std::string(text);
}

// The table of the library in that file; `name` is for messages.
Result<const wascc_provider_api*> open_library(const std::string& file, const std::string& name) {
  void* handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr)
    return refused(file, name,
                   Error(Errc::kUnavailable,
                         "cannot load " + name + ": " + dl_error(file) +
                             " (a library that a provider needs is searched for beside it if it "
                             "was linked with the run path $ORIGIN)"));
  using Entry = decltype(&wascc_capability_provider_v1);
  const auto entry = reinterpret_cast<Entry>(::dlsym(handle, WASCC_PROVIDER_ENTRY));
  if (entry == nullptr)
    return refused(
        file, name,
        Error(Errc::kMalformed, name + " is no provider: it does not export " +
                                    WASCC_PROVIDER_ENTRY + " (docs/providers-native.md)"));
  return entry();
}

// A file that has no name anywhere, and so that nobody can change. It stays open: the loader knows
// a library by its path, and would take the next one under the same number for this one.
Result<std::string> file_in_memory(ByteView content) {
  const int fd = ::memfd_create("wascc-provider", MFD_CLOEXEC);
  if (fd < 0)
    return Error(Errc::kUnavailable, std::string("no file in memory: ") + std::strerror(errno));
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      ::close(fd);
      return Error(Errc::kUnavailable,
                   std::string("no room for a file in memory: ") + std::strerror(errno));
    }
    content = content.subspan(static_cast<std::size_t>(written));
  }
  return "/proc/self/fd/" + std::to_string(fd);
}

std::string targets(const ProviderArchive& archive) {
  std::string text;
  for (const auto& [target, library] : archive.libraries)
    text.append(text.empty() ? "" : ", ").append(target);
  return text;
}

Result<std::unique_ptr<Provider>> load_archive(ByteView bytes, const std::string& path,
                                               const NativeContext& context) {
  WASCC_TRY(const ProviderArchive archive,
            read_archive(bytes, context.now, context.trust, context.authorizer).context(path));
  const auto library = archive.libraries.find(this_target());
  if (library == archive.libraries.end())
    return Error(Errc::kNotFound, path + ": No binary found in provider archive for " +
                                      this_target() + ", only for " + targets(archive));
  WASCC_CHECK(check_header(library->second, path));
  WASCC_TRY(const std::string file, file_in_memory(library->second));
  WASCC_TRY(const wascc_provider_api* const table, open_library(file, path));
  WASCC_TRY(auto provider, native_provider(table, path, context.log));
  if (provider->descriptor().id != archive.claims.capability)
    return Error(Errc::kDenied, path + ": the token says " + archive.claims.capability +
                                    ", and the library is a provider of " +
                                    provider->descriptor().id);
  return provider;
}

Result<std::unique_ptr<Provider>> load(const std::string& path, const NativeContext& context) {
  if (!context.archive.empty()) {
    if (is_archive(context.archive)) return load_archive(context.archive, path, context);
    return Error(Errc::kMalformed, path + " is no provider archive (`wascc par create`)");
  }
  WASCC_TRY(const Bytes start, read_file_start(path, kStartBytes));
  if (is_archive(start)) {
    WASCC_TRY(const Bytes bytes, read_file(path, kMaxArchiveBytes));
    return load_archive(bytes, path, context);
  }
  WASCC_TRY(const wascc_provider_api* const table, open_native_library(path));
  return native_provider(table, path, context.log);
}

}  // namespace

Result<const wascc_provider_api*> open_native_library(const std::string& path) {
  WASCC_TRY(const Bytes start, read_file_start(path, sizeof(Elf64_Ehdr)));
  WASCC_CHECK(check_header(start, path));
  // A name without a slash would be searched for in the system's folders.
  return open_library(path.find('/') == std::string::npos ? "./" + path : path, path);
}

Result<std::unique_ptr<Provider>> load_native_provider(const std::string& path,
                                                       const NativeContext& context) {
  return load(path, context).context("Plugin error");
}

}  // namespace wascc::providers
