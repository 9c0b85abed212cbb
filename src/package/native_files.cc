#include "package/native_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "providers/archive.h"
#include "providers/shared_object.h"

namespace wascc::package {
namespace {

namespace fs = std::filesystem;
using providers::SharedObject;

// What comes with the C library, on Lambda as everywhere.
constexpr std::array<std::string_view, 10> kOfTheSystem = {
    "libc.so.6",    "libm.so.6",       "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1",
    "libdl.so.2",   "libpthread.so.0", "librt.so.1",           "libresolv.so.2",
    "libutil.so.1", "libanl.so.1"};
constexpr std::string_view kOrigin = "$ORIGIN";

bool of_the_system(std::string_view library) {
  return std::find(kOfTheSystem.begin(), kOfTheSystem.end(), library) != kOfTheSystem.end();
}

// Libraries that have to lie in the package.
std::vector<std::string> own_needs(const SharedObject& object) {
  std::vector<std::string> needs;
  std::copy_if(object.needed.begin(), object.needed.end(), std::back_inserter(needs),
               [](const std::string& library) { return !of_the_system(library); });
  return needs;
}

bool searches_beside_itself(const SharedObject& object) {
  return std::find(object.run_path.begin(), object.run_path.end(), kOrigin) !=
         object.run_path.end();
}

std::string beside(const std::string& name, const std::string& library) {
  return (fs::path(name).parent_path() / library).generic_string();
}

Result<fs::path> find_library(const std::string& library, const fs::path& needed_by,
                              const SharedObject& object) {
  if (library.find('/') != std::string::npos)
    return Error(Errc::kUnsupported,
                 needed_by.string() + " needs " + library + " by its path: link it by its name");
  std::vector<fs::path> folders{needed_by.parent_path()};
  for (std::string folder : object.run_path) {
    if (folder.starts_with(kOrigin))
      folder.replace(0, kOrigin.size(), needed_by.parent_path().string());
    folders.emplace_back(folder);
  }
  const std::string machine(providers::machine_name(object.machine));
  const std::vector<std::string> system = {"/usr/local/lib",
                                           "/lib/" + machine + "-linux-gnu",
                                           "/usr/lib/" + machine + "-linux-gnu",
                                           "/lib64",
                                           "/usr/lib64",
                                           "/lib",
                                           "/usr/lib"};
  folders.insert(folders.end(), system.begin(), system.end());
  std::error_code ignored;
  for (const fs::path& folder : folders)
    if (fs::is_regular_file(folder / library, ignored)) return folder / library;
  return Error(Errc::kNotFound, needed_by.string() + " needs " + library +
                                    ", which is neither beside it, nor on its run path, nor in "
                                    "the system's folders");
}

// Why the file itself would not be loaded on Lambda.
Status check_fits(const SharedObject& object, const std::string& name) {
  if (object.machine != providers::this_machine())
    return Error(Errc::kUnsupported, name + " was built for another processor than the bootstrap");
  std::string newer;
  for (const std::string& version : providers::newer_than_glibc(object, providers::kLambdaGlibc))
    newer.append(newer.empty() ? "" : ", ").append(version);
  if (newer.empty()) return {};
  return Error(Errc::kUnsupported,
               name + " needs " + newer + ", and Lambda has glibc " +
                   std::string(providers::kLambdaGlibc) +
                   ": build it on an older system, or link what needs it statically");
}

Result<SharedObject> read_object(ByteView content, const std::string& name) {
  WASCC_TRY(SharedObject object, providers::read_shared_object(content).context(name));
  WASCC_CHECK(check_fits(object, name));
  return object;
}

// Every library that the one needs, down to the last, lies where the loader will look.
Status check_needs(const ZipEntry& library, const SharedObject& object, bool inherits,
                   const FindEntry& find, std::set<std::string>& seen) {
  for (const std::string& need : own_needs(object)) {
    const std::string name = beside(library.name, need);
    const ZipEntry* const found = find(name);
    if (found == nullptr)
      return Error(Errc::kNotFound, std::string(library.name)
                                        .append(" needs ")
                                        .append(need)
                                        .append(", and the package has no ")
                                        .append(name));
    if (!searches_beside_itself(object) && !inherits)
      return Error(Errc::kUnsupported,
                   library.name + " needs " + need +
                       " and does not look for it in the package: link the provider with "
                       "-Wl,-rpath,'$ORIGIN' -Wl,--disable-new-dtags");
    if (!seen.insert(name).second) continue;
    WASCC_TRY(const SharedObject next, read_object(found->content, name));
    const bool hands_on =
        inherits || (object.run_path_is_inherited && searches_beside_itself(object));
    WASCC_CHECK(check_needs(*found, next, hands_on && next.run_path.empty(), find, seen));
  }
  return {};
}

Result<std::string> check_archive(const ZipEntry& entry, std::chrono::system_clock::time_point now,
                                  const claims::Trust& trust, const Authorizer* authorizer) {
  WASCC_TRY(const providers::ProviderArchive archive,
            providers::read_archive(entry.content, now, trust, authorizer));
  const auto library = archive.libraries.find(providers::this_target());
  if (library == archive.libraries.end())
    return Error(Errc::kNotFound, "it has no library for " + providers::this_target());
  WASCC_TRY(const SharedObject object, read_object(library->second, library->first));
  if (const auto needs = own_needs(object); !needs.empty())
    return Error(Errc::kUnsupported, "its library needs " + needs.front() +
                                         ", and one in an archive has nothing beside it");
  return "native provider of " + archive.claims.capability + ", " + archive.claims.subject +
         ", signed by " + archive.claims.issuer;
}

}  // namespace

Result<std::vector<ZipEntry>> collect_native(const std::string& path, const std::string& name) {
  WASCC_TRY(Bytes provider, read_file(path, kMaxNativeFileBytes));
  std::vector<ZipEntry> entries;
  entries.push_back({name, std::move(provider)});
  if (providers::is_archive(entries.front().content)) return entries;
  std::vector<fs::path> sources{fs::absolute(path)};
  for (std::size_t i = 0; i < entries.size(); ++i) {
    WASCC_TRY(const SharedObject object,
              providers::read_shared_object(entries[i].content).context(sources[i].string()));
    for (const std::string& need : own_needs(object)) {
      const std::string packed = beside(name, need);
      if (std::any_of(entries.begin(), entries.end(),
                      [&](const ZipEntry& entry) { return entry.name == packed; }))
        continue;
      WASCC_TRY(const fs::path source, find_library(need, sources[i], object));
      WASCC_TRY(Bytes content, read_file(source.string(), kMaxNativeFileBytes));
      entries.push_back({packed, std::move(content)});
      sources.push_back(source);
    }
  }
  return entries;
}

Result<std::string> check_native_provider(const ZipEntry& provider, const FindEntry& find,
                                          std::chrono::system_clock::time_point now,
                                          const claims::Trust& trust,
                                          const Authorizer* authorizer) {
  if (providers::is_archive(provider.content))
    return check_archive(provider, now, trust, authorizer);
  WASCC_TRY(const SharedObject object, read_object(provider.content, provider.name));
  std::set<std::string> seen;
  WASCC_CHECK(check_needs(provider, object, false, find, seen));
  std::string text = "native provider, not run here";
  for (const std::string& name : seen)
    text.append(text.ends_with("here") ? "; with " : ", ").append(name);
  return text;
}

}  // namespace wascc::package
