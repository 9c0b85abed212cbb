// Tells when files change, by inotify: written to their end, or another file moved in their place.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "wascc/result.h"

namespace wascc::runtime {

class FileWatch {
 public:
  // Called on a thread of its own with the place of the file in the list, once for all that
  // happened since; must not throw.
  using Changed = std::function<void(std::size_t file)>;

  // Watches the folders that the files are in, which must be there; the files need not be.
  static Result<std::unique_ptr<FileWatch>> start(const std::vector<std::string>& files,
                                                  Changed changed);
  // Returns when a call of `changed` that runs is over.
  virtual ~FileWatch() = default;
};

}  // namespace wascc::runtime
