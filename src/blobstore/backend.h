// Where the blobs of one binding are kept: a folder, a bucket. What a provider of wascc:blobstore
// adds to that, chunks and transfers, is the same for all (provider.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wascc/bytes.h"
#include "wascc/deadline.h"
#include "wascc/result.h"

namespace wascc::blobstore {

// A blob as it was when it was opened. Where that is gone meanwhile a read is an error, and never
// of another blob. One thread at a time.
class BlobReader {
 public:
  virtual ~BlobReader() = default;
  virtual std::uint64_t size() const = 0;
  // Fills all of `out` from `offset` on, which both lie within the blob.
  virtual Status read(std::uint64_t offset, std::span<std::byte> out, Deadline deadline) = 0;
};

// A blob in the making, invisible until it is committed. One that ends without it leaves no trace.
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;
  // Any thread; the order does not matter.
  virtual Status write(std::uint64_t offset, ByteView bytes) = 0;
  // Takes the place of a blob of that name in one step. Called once, when all bytes are written.
  virtual Status commit(Deadline deadline) = 0;
};

struct BlobSize {
  std::string id;
  std::uint64_t bytes = 0;
};

// Any thread. Container and blob ids are those that container_name and blob_name answer. kNotFound
// where the container or blob is not there. A store on this machine need not look at the deadline.
class Backend {
 public:
  virtual ~Backend() = default;

  // The name under which a thing is kept; kInvalid for one that nothing can have.
  virtual Result<std::string> container_name(std::string_view id) const = 0;
  virtual Result<std::string> blob_name(std::string_view id) const = 0;

  // A container that is there already is no error.
  virtual Status create_container(const std::string& container, Deadline deadline) = 0;
  // Only an empty one.
  virtual Status remove_container(const std::string& container, Deadline deadline) = 0;
  virtual Result<std::vector<BlobSize>> list(const std::string& container, Deadline deadline) = 0;
  // Nothing where there is no such blob, or no such container.
  virtual Result<std::optional<std::uint64_t>> size(const std::string& container,
                                                    const std::string& id, Deadline deadline) = 0;
  virtual Status remove(const std::string& container, const std::string& id, Deadline deadline) = 0;
  virtual Result<std::unique_ptr<BlobReader>> open(const std::string& container,
                                                   const std::string& id, Deadline deadline) = 0;
  // Of that many bytes. Whether the container is there may turn out with the commit only.
  virtual Result<std::unique_ptr<BlobWriter>> create(const std::string& container,
                                                     const std::string& id,
                                                     std::uint64_t bytes) = 0;
};

}  // namespace wascc::blobstore
