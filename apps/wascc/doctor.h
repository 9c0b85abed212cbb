// What `wascc doctor` finds, and the checks that find it. A check never fails: what it cannot do
// is a finding as well. One thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "claims/token.h"

namespace wascc::cli {

struct Finding {
  enum class Level { kFine, kNote, kProblem };

  Level level;
  std::string area;  // "keys", "actors"
  std::string what;
  std::string why;   // why it matters; empty where all is fine
  std::string cure;  // the command that mends it, if one does
};

class Findings {
 public:
  void fine(std::string area, std::string what);
  void note(std::string area, std::string what, std::string why, std::string cure);
  void problem(std::string area, std::string what, std::string why, std::string cure);
  // Said at the end: what only somebody else can tell.
  void unchecked(std::string what);

  const std::vector<Finding>& all() const { return all_; }
  const std::vector<std::string>& not_checked() const { return not_checked_; }
  std::size_t problems() const;

 private:
  std::vector<Finding> all_;
  std::vector<std::string> not_checked_;
};

void check_machine(Findings& findings);
void check_keys(Findings& findings);
// Manifest, actors, native code, providers and package of a folder, a manifest or a module.
void check_deployment(Findings& findings, const std::string& path);
// A native provider: what it needs, and whether it loads and describes itself. Its code runs in a
// process of its own.
void check_native_provider(Findings& findings, const std::string& path, const claims::Trust& trust);
// A package alone.
void check_package(Findings& findings, const std::string& path);

}  // namespace wascc::cli
