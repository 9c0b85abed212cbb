#include "base/file_content.h"

#include <sys/mman.h>

#include "base/file.h"

namespace wascc {

Result<FileContent> FileContent::copied(const std::string& path, std::size_t limit) {
  FileContent content;
  WASCC_TRY(content.copy_, read_file(path, limit));
  return content;
}

Result<FileContent> FileContent::mapped(const std::string& path, std::size_t limit) {
  FileContent content;
  WASCC_TRY(OpenFile opened, open_file(path, limit));
  content.file_ = std::move(opened.file);
  if (opened.size == 0) return content;  // nothing can be mapped of it
  void* const start = ::mmap(nullptr, opened.size, PROT_READ, MAP_PRIVATE, content.file_.get(), 0);
  if (start == MAP_FAILED)
    return Error(Errc::kUnavailable, path + ": cannot be mapped into memory");
  content.mapping_ = {static_cast<const std::byte*>(start), opened.size};
  return content;
}

FileContent::~FileContent() {
  if (!mapping_.empty())
    ::munmap(const_cast<std::byte*>(mapping_.data()), mapping_.size());  // NOLINT: ours to unmap
}

}  // namespace wascc
