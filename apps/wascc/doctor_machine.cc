// wascc doctor: the machine, and the user's keys.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>

#include "doctor.h"
#include "key_file.h"
#include "key_store.h"
#include "local_host.h"

namespace wascc::cli {
namespace {

namespace fs = std::filesystem;

// Whether a program is on the PATH.
bool have(std::string_view program) {
  std::string path = variable("PATH").value_or("");
  for (std::string_view rest = path; !rest.empty();) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    if (access((fs::path(folder) / program).c_str(), X_OK) == 0) return true;
    rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
  }
  return false;
}

// Native code is made for x86-64-v3 unless asked otherwise.
bool runs_native_code() {
#ifdef __x86_64__
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
         __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

// Whether anybody but the owner can do anything with it.
bool open_to_others(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && (info.st_mode & 077) != 0;
}

void check_seed(Findings& findings, const std::string& name, bool& account) {
  const auto path = stored_key_path(name);
  const auto key = path ? read_seed(*path) : Result<claims::KeyPair>(path.error());
  if (!key) {
    findings.problem("keys", key.error().message(), "`sign` stops at a seed that it cannot read.",
                     path ? "rm " + *path + ", or put a copy in its place" : "");
    return;
  }
  if (key->public_key().kind() == claims::KeyKind::kAccount) account = true;
  if (open_to_others(*path))
    findings.problem("keys", *path + " is open to other users",
                     "Whoever reads a seed can sign in your name.", "chmod 600 " + *path);
}

}  // namespace

void check_machine(Findings& findings) {
  if (runs_native_code())
    findings.fine("machine", "the processor runs native code as packages carry it (x86-64-v3)");
  else
    findings.note("machine", "the processor is not x86-64-v3",
                  "Native code made with the usual settings does not run here; on Lambda it does.",
                  "");
  std::string missing;
  for (const std::string_view program : {"make", "clang++-14", "wasm-ld-14"})
    if (!have(program)) missing.append(missing.empty() ? "" : ", ").append(program);
  if (missing.empty())
    findings.fine("machine", "make, clang 14 and lld 14, for actors in C++");
  else
    findings.note("machine", "not on the PATH: " + missing,
                  "Actors in C++ are built with these; other templates do without.",
                  "apt-get install make clang-14 lld-14 wasi-libc libc++-14-dev-wasm32 "
                  "libc++abi-14-dev-wasm32");
}

void check_keys(Findings& findings) {
  const auto folder = key_folder();
  const auto names = stored_key_names();
  if (!folder || !names) {
    findings.problem("keys", (folder ? names.error() : folder.error()).message(),
                     "Keys can be neither kept nor found.", "");
    return;
  }
  std::error_code ignored;
  if (fs::exists(*folder, ignored) && open_to_others(*folder))
    findings.problem("keys", *folder + " is open to other users",
                     "Others see your keys' names, and may put keys there.",
                     "chmod 700 " + *folder);
  bool account = false;
  const std::size_t before = findings.problems();
  for (const std::string& name : *names) check_seed(findings, name, account);
  if (!account)
    findings.note("keys", "there is no account key in " + *folder,
                  "Without one nothing can be signed here.", "wascc keys new account");
  else if (findings.problems() == before)
    findings.fine("keys", std::to_string(names->size()) + " in " + *folder);
}

}  // namespace wascc::cli
