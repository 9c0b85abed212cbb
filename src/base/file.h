// Files: read up to a limit, write atomically. Errors name the path and the reason.
#pragma once

#include <cstddef>
#include <string>

#include "base/file_descriptor.h"
#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc {

// The whole file. kNotFound if there is none ("I/O error: No such file or directory (os error 2)"
// in the message), kTooLarge above `limit`, kUnavailable for any other failure. Follows links;
// refuses what is not a regular file.
Result<Bytes> read_file(const std::string& path, std::size_t limit);

// The first `count` bytes, fewer where the file ends before; fails as read_file does.
Result<Bytes> read_file_start(const std::string& path, std::size_t count);

struct OpenFile {
  FileDescriptor file;
  std::size_t size;
};
// Opened for reading, with the same errors as read_file.
Result<OpenFile> open_file(const std::string& path, std::size_t limit);

// All of it or nothing: a temporary file beside the target, flushed to disk, then renamed over it.
Status write_file_atomically(const std::string& path, ByteView bytes, unsigned mode = 0644);

}  // namespace wascc
