// A whole file to look at: copied into memory, or mapped, which costs next to nothing for what
// nobody reads.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "base/file_descriptor.h"
#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc {

// Owns the copy or the mapping. A mapping shows what others write to the file, and a file that gets
// shorter ends the process: map only what nobody changes while it is in use. Errors are those of
// read_file.
class FileContent {
 public:
  static Result<FileContent> copied(const std::string& path, std::size_t limit);
  static Result<FileContent> mapped(const std::string& path, std::size_t limit);
  ~FileContent();
  FileContent(FileContent&& other) noexcept
      : copy_(std::move(other.copy_)),
        mapping_(std::exchange(other.mapping_, {})),
        file_(std::move(other.file_)) {}
  FileContent& operator=(FileContent&&) = delete;

  ByteView bytes() const { return file_ ? mapping_ : ByteView(copy_); }
  // The descriptor of the file that is mapped, whatever has taken its name since; -1 if it was
  // copied. It is closed with this object.
  int mapped_file() const { return file_.get(); }

 private:
  FileContent() = default;

  Bytes copy_;
  ByteView mapping_;
  FileDescriptor file_;  // that is mapped
};

}  // namespace wascc
