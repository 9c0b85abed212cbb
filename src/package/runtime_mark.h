// Which engine an executable of ours holds, read from its bytes without running it
// (docs/formats/package.md, "The mark"). A pure function.
#pragma once

#include <optional>
#include <string>

#include "wascc/bytes.h"

namespace wascc::package {

struct RuntimeMark {
  std::string engine;  // engine::Engine::identity() of the executable
  bool compiles = false;
};

// Nothing for what is no ELF file, or no executable of this project.
std::optional<RuntimeMark> find_mark(ByteView executable);

}  // namespace wascc::package
