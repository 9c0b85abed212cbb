#include "blobstore/upload.h"

#include <algorithm>
#include <string>
#include <utility>

namespace wascc::blobstore {

Result<std::uint64_t> chunk_count(std::uint64_t total_bytes, std::uint64_t chunk_size) {
  if (total_bytes == 0) return std::uint64_t{0};
  if (chunk_size == 0) return Error(Errc::kInvalid, "chunkSize is 0");
  const std::uint64_t chunks = total_bytes / chunk_size + (total_bytes % chunk_size != 0 ? 1 : 0);
  if (chunks > kMaxChunks)
    return Error(Errc::kTooLarge, std::to_string(chunks) + " chunks are more than " +
                                      std::to_string(kMaxChunks) + ": send larger ones");
  return chunks;
}

Upload::Upload(std::unique_ptr<BlobWriter> writer, std::uint64_t total_bytes,
               std::uint64_t chunk_size, std::uint64_t chunks)
    : writer_(std::move(writer)),
      total_bytes_(total_bytes),
      chunk_size_(chunk_size),
      received_(Received{std::vector<bool>(chunks), chunks}) {}

Result<Upload::Progress> Upload::put(const FileChunk& chunk, Deadline deadline) {
  const std::uint64_t chunks = received_.with([](const Received& r) { return r.chunks.size(); });
  if (chunk.sequence_no >= chunks)
    return Error(Errc::kInvalid, "sequenceNo " + std::to_string(chunk.sequence_no) +
                                     ": the upload has " + std::to_string(chunks) +
                                     " chunks, from 0 on");
  const std::uint64_t offset = chunk.sequence_no * chunk_size_;
  const std::uint64_t expected = std::min(chunk_size_, total_bytes_ - offset);
  if (chunk.chunk_bytes.size() != expected)
    return Error(Errc::kInvalid, "chunk " + std::to_string(chunk.sequence_no) + " has " +
                                     std::to_string(chunk.chunk_bytes.size()) + " bytes and not " +
                                     std::to_string(expected));
  WASCC_CHECK(writer_->write(offset, chunk.chunk_bytes));
  const bool last = received_.with([&](Received& received) {
    if (received.chunks[chunk.sequence_no]) return false;
    received.chunks[chunk.sequence_no] = true;
    return --received.missing == 0;
  });
  if (!last) return Progress::kGoesOn;
  WASCC_CHECK(writer_->commit(deadline));
  return Progress::kDone;
}

}  // namespace wascc::blobstore
