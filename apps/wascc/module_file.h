// Modules on disk, as all commands read them.
#pragma once

#include <cstddef>
#include <string>

#include "base/file.h"

namespace wascc::cli {

inline constexpr std::size_t kMaxModuleBytes = std::size_t{256} << 20;

inline Result<Bytes> read_module(const std::string& path) {
  return read_file(path, kMaxModuleBytes);
}

}  // namespace wascc::cli
