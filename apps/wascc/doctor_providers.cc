// wascc doctor: native providers.
#include <chrono>
#include <memory>
#include <string>

#include "base/file.h"
#include "child.h"
#include "doctor.h"
#include "providers/archive.h"
#include "providers/native_provider.h"
#include "providers/shared_object.h"

namespace wascc::cli {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{512} << 20;
constexpr std::chrono::seconds kLongestSilence{30};
constexpr char kLoaded = '+';  // before what it is; any other text says why it does not load

// What it says it serves: "example:shout 1.0.0".
Result<std::string> load_in_child(const std::string& path, const claims::Trust& trust) {
  std::string said;
  const auto load = [&](int fd) {
    const Log silent;
    const auto provider =
        providers::load_native_provider(path, {silent, std::chrono::system_clock::now(), trust});
    if (!provider) return write_all(fd, provider.error().message());
    const CapabilityDescriptor is = (*provider)->descriptor();
    write_all(fd, kLoaded + is.id + " " + is.version);
  };
  WASCC_TRY(const std::string end,
            in_child(load, kLongestSilence, [&said](std::string_view text) { said += text; }));
  if (!end.empty()) return Error(Errc::kProvider, path + ": while it was loaded, " + end);
  if (!said.starts_with(kLoaded)) return Error(Errc::kProvider, said);
  return said.substr(1);
}

// Symbols that Lambda's C library does not have yet.
std::string too_new(ByteView library) {
  std::string versions;
  if (const auto object = providers::read_shared_object(library))
    for (const std::string& version : providers::newer_than_glibc(*object, providers::kLambdaGlibc))
      versions.append(versions.empty() ? "" : ", ").append(version);
  return versions;
}

}  // namespace

void check_native_provider(Findings& findings, const std::string& path,
                           const claims::Trust& trust) {
  const auto bytes = read_file(path, kMaxFileBytes);
  const auto is = bytes ? load_in_child(path, trust) : Result<std::string>(bytes.error());
  if (!is) {
    findings.problem("providers", is.error().message(), "The function cannot start without it.",
                     "docs/providers-native.md, \"When it does not load\"");
    return;
  }
  findings.fine("providers", path + " loads, and serves " + *is);
  if (const std::string versions = too_new(*bytes); !versions.empty())
    findings.problem("providers", path + " needs " + versions,
                     "Lambda's C library is of version " + std::string(providers::kLambdaGlibc) +
                         "; it loads here and not there.",
                     "link it on an older system, or with what find_package(wascc) offers");
}

}  // namespace wascc::cli
