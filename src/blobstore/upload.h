// One upload: chunks in any order, until all are there. Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/guarded.h"
#include "blobstore/backend.h"
#include "wascc/messages/blobstore.h"
#include "wascc/result.h"

namespace wascc::blobstore {

inline constexpr std::uint64_t kMaxChunks = std::uint64_t{1} << 20;  // of one upload

// How many chunks a blob has, the last one shorter; kInvalid without a chunk size, kTooLarge beyond
// kMaxChunks.
Result<std::uint64_t> chunk_count(std::uint64_t total_bytes, std::uint64_t chunk_size);

class Upload {
 public:
  // `chunks` is chunk_count of the two sizes.
  Upload(std::unique_ptr<BlobWriter> writer, std::uint64_t total_bytes, std::uint64_t chunk_size,
         std::uint64_t chunks);

  enum class Progress : bool { kGoesOn, kDone };
  // Writes a chunk, and commits the blob with the last one that was missing. A chunk may come
  // again. kInvalid for one that does not fit what the upload began with.
  Result<Progress> put(const FileChunk& chunk, Deadline deadline);
  // For a blob without bytes, which no chunk follows.
  Status commit(Deadline deadline) { return writer_->commit(deadline); }

 private:
  struct Received {
    std::vector<bool> chunks;
    std::uint64_t missing = 0;
  };

  const std::unique_ptr<BlobWriter> writer_;
  const std::uint64_t total_bytes_;
  const std::uint64_t chunk_size_;
  Guarded<Received> received_;
};

}  // namespace wascc::blobstore
