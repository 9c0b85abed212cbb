#include "key_store.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "key_file.h"
#include "local_host.h"

namespace wascc::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kEnding = ".seed";
constexpr const char* kUsualAccount = "account";

// Folders are made for their owner alone.
Status make_folder(const std::string& path) {
  std::error_code error;
  const mode_t before = umask(077);
  fs::create_directories(path, error);
  umask(before);
  if (error) return Error(Errc::kUnavailable, "cannot make " + path + ": " + error.message());
  return {};
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

}  // namespace

Result<std::string> key_folder() {
  if (const auto chosen = variable("WASCC_KEYS"); chosen && !chosen->empty()) return *chosen;
  if (const auto config = variable("XDG_CONFIG_HOME"); config && !config->empty())
    return (fs::path(*config) / "wascc/keys").string();
  if (const auto home = variable("HOME"); home && !home->empty())
    return (fs::path(*home) / ".config/wascc/keys").string();
  return Error(Errc::kInvalid, "no folder for keys: set HOME, or WASCC_KEYS to a folder");
}

Result<std::string> stored_key_path(const std::string& name) {
  if (name.empty() || name.size() > 64 || !std::all_of(name.begin(), name.end(), is_name_byte))
    return Error(Errc::kInvalid, "'" + name +
                                     "' cannot be the name of a key: up to 64 letters, digits, "
                                     "'-' and '_'");
  WASCC_TRY(const std::string folder, key_folder());
  return (fs::path(folder) / (name + kEnding)).string();
}

Result<std::string> store_key(const std::string& name, const claims::KeyPair& key) {
  WASCC_TRY(std::string path, stored_key_path(name));
  WASCC_TRY(const std::string folder, key_folder());
  WASCC_CHECK(make_folder(folder));
  WASCC_CHECK(write_seed(path, key));
  return path;
}

Result<std::vector<std::string>> stored_key_names() {
  WASCC_TRY(const std::string folder, key_folder());
  std::vector<std::string> names;
  std::error_code error;
  if (!fs::exists(folder, error)) return names;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    if (entry->path().extension() == kEnding) names.push_back(entry->path().stem().string());
  if (error) return Error(Errc::kUnavailable, "cannot list " + folder + ": " + error.message());
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::string> seed_path(const std::string& text) {
  if (text.find_first_of("/.") != std::string::npos) return text;
  WASCC_TRY(std::string path, stored_key_path(text));
  std::error_code ignored;
  if (fs::exists(path, ignored)) return path;
  WASCC_TRY(const std::vector<std::string> names, stored_key_names());
  return Error(Errc::kNotFound, "there is no key named " + text + " (there is " +
                                    (names.empty() ? "none" : joined(names)) +
                                    "); a seed file is written with its '.' or '/'");
}

Result<FoundKey> default_account() {
  constexpr auto kAccount = claims::KeyKind::kAccount;
  WASCC_TRY(const std::vector<std::string> names, stored_key_names());
  const bool usual = std::find(names.begin(), names.end(), kUsualAccount) != names.end();
  std::vector<std::string> accounts;
  std::optional<FoundKey> found;
  for (const std::string& name : names) {
    if (usual && name != kUsualAccount) continue;
    WASCC_TRY(std::string path, stored_key_path(name));
    WASCC_TRY(claims::KeyPair pair, read_seed(path));
    if (pair.public_key().kind() != kAccount) continue;
    accounts.push_back(name);
    if (!found) found.emplace(FoundKey{std::move(pair), std::move(path)});
  }
  if (accounts.size() == 1) return *std::move(found);
  if (accounts.empty())
    return Error(Errc::kNotFound,
                 "there is no account key to sign with; `wascc keys new account` makes one");
  return Error(Errc::kInvalid, "there are several account keys (" + joined(accounts) +
                                   "): choose with --issuer NAME");
}

Result<FoundKey> module_key(const std::string& name) {
  WASCC_TRY(std::string path, stored_key_path(name));
  std::error_code ignored;
  if (!fs::exists(path, ignored))
    return Error(Errc::kNotFound, "there is no key for the actor " + name +
                                      "; `wascc keys new module " + name + "` makes one");
  WASCC_TRY(claims::KeyPair pair, read_seed(path, claims::KeyKind::kModule));
  return FoundKey{std::move(pair), std::move(path)};
}

}  // namespace wascc::cli
