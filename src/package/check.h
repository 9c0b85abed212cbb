// What is in a package, and whether its bootstrap would start with it (docs/packages.md, "Check").
// Nothing of the package's native code or executable is run: actors run as WebAssembly, compiled
// here from their modules.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/engine.h"
#include "manifest/expand.h"
#include "package/zip.h"
#include "wascc/result.h"

namespace wascc::package {

struct Finding {
  enum class Kind : std::uint8_t { kOk, kNote, kWarning, kMissing, kRefused };
  Kind kind;
  std::string what;  // a file of the package
  std::string text;
};

struct Report {
  std::vector<Finding> findings;

  // Nothing in it is refused.
  bool accepted() const;
  // And nothing that a start needs is missing.
  bool starts() const;
  // Every reason for which it is refused, in one line; if there are none, what is missing.
  std::string reasons() const;
};

struct CheckContext {
  engine::Engine& engine;  // one with a compiler
  const Clock& clock;
  const manifest::Environment& environment;  // settings and variables as the function will have
};

Report check(std::span<const ZipEntry> entries, const CheckContext& context);

// The same of a ZIP file, its size included. Fails if it cannot be read as a ZIP.
Result<Report> check_file(const std::string& path, const CheckContext& context);

}  // namespace wascc::package
