// From a path to the table of a native provider.
#include <dlfcn.h>
#include <elf.h>

#include <cstring>

#include "base/file.h"
#include "providers/native_provider.h"
#include "providers/shared_object.h"

namespace wascc::providers {
namespace {

// A library larger than this is no provider.
constexpr std::size_t kMaxLibraryBytes = std::size_t{512} << 20;
// What a provider of 2020 exports: an object of the Rust compiler of its day.
constexpr const char* kRustEntry = "__capability_provider_create";

// What dlopen would say only in riddles.
Status check_header(const std::string& path) {
  Elf64_Ehdr header;
  WASCC_TRY(const Bytes start, read_file_start(path, sizeof header));
  if (start.size() < sizeof header || std::memcmp(start.data(), ELFMAG, SELFMAG) != 0)
    return Error(Errc::kMalformed, path + " is no shared library");
  std::memcpy(&header, start.data(), sizeof header);
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_machine != this_machine())
    return Error(Errc::kUnsupported, path + " was built for another processor than this " +
                                         std::string(machine_name(this_machine())));
  return {};
}

// Found in the file, because the libraries of its day that it needs may be missing.
bool is_rust_provider(const std::string& path) {
  const Result<Bytes> library = read_file(path, kMaxLibraryBytes);
  return library &&
         as_text(*library).find(std::string(1, '\0') + kRustEntry + '\0') != std::string_view::npos;
}

// The reason, unless there is a better one.
Error refused(const std::string& path, Error reason) {
  if (!is_rust_provider(path)) return reason;
  return Error(Errc::kUnsupported,
               path + " is a provider for the Rust host and must be rebuilt for this runtime");
}

std::string dl_error() {
  const char* text = ::dlerror();
  return text == nullptr ? "unknown reason" : text;
}

}  // namespace

Result<const wascc_provider_api*> open_native_library(const std::string& path) {
  WASCC_CHECK(check_header(path));
  // A name without a slash would be searched for in the system's folders.
  const std::string file = path.find('/') == std::string::npos ? "./" + path : path;
  void* handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr)
    return refused(path, Error(Errc::kUnavailable,
                               "cannot load " + dl_error() +
                                   " (a library that a provider needs is searched for beside it "
                                   "if it was linked with the run path $ORIGIN)"));
  using Entry = decltype(&wascc_capability_provider_v1);
  const auto entry = reinterpret_cast<Entry>(::dlsym(handle, WASCC_PROVIDER_ENTRY));
  if (entry == nullptr)
    return refused(
        path, Error(Errc::kMalformed, path + " is no provider: it does not export " +
                                          WASCC_PROVIDER_ENTRY + " (docs/providers-native.md)"));
  return entry();
}

Result<std::unique_ptr<Provider>> load_native_provider(const std::string& path, const Log& log) {
  constexpr const char* kWhere = "Plugin error";
  WASCC_TRY(const wascc_provider_api* const table, open_native_library(path).context(kWhere));
  return native_provider(table, path, log).context(kWhere);
}

}  // namespace wascc::providers
