// A file without a name, for bytes that come in any order and go as one. Gone with the object, and
// with the process.
#pragma once

#include <cstdint>
#include <string>

#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::s3 {

class Spool {
 public:
  // In the folder for temporary files (TMPDIR, else /tmp), `bytes` long.
  static Result<Spool> make(std::uint64_t bytes);
  Spool(Spool&& other) noexcept;
  Spool& operator=(Spool&&) = delete;
  ~Spool();

  int descriptor() const { return fd_; }
  std::uint64_t size() const { return size_; }

  // Any thread, each its own bytes.
  Status write(std::uint64_t offset, ByteView bytes) const;
  // SHA-256 of all of it, in lower-case hexadecimal.
  Result<std::string> digest() const;

 private:
  Spool(int fd, std::uint64_t size) : fd_(fd), size_(size) {}

  int fd_;
  const std::uint64_t size_;
};

}  // namespace wascc::s3
