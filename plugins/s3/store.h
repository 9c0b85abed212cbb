// The buckets and objects of one binding, as containers and blobs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "blobstore/backend.h"
#include "s3/connection.h"
#include "s3/settings.h"

namespace wascc::s3 {

inline constexpr std::size_t kMaxListed = 100'000;  // objects of one bucket in one answer

// Any thread. An upload gathers in a file without a name, in the folder for temporary files, and
// becomes an object by one request; a download asks for one range after the other.
class Store final : public blobstore::Backend {
 public:
  explicit Store(Settings settings);

  Result<std::string> container_name(std::string_view id) const override;
  Result<std::string> blob_name(std::string_view id) const override;

  Status create_container(const std::string& container, Deadline deadline) override;
  Status remove_container(const std::string& container, Deadline deadline) override;
  Result<std::vector<blobstore::BlobSize>> list(const std::string& container,
                                                Deadline deadline) override;
  Result<std::optional<std::uint64_t>> size(const std::string& container, const std::string& id,
                                            Deadline deadline) override;
  Status remove(const std::string& container, const std::string& id, Deadline deadline) override;
  Result<std::unique_ptr<blobstore::BlobReader>> open(const std::string& container,
                                                      const std::string& id,
                                                      Deadline deadline) override;
  Result<std::unique_ptr<blobstore::BlobWriter>> create(const std::string& container,
                                                        const std::string& id,
                                                        std::uint64_t bytes) override;

 private:
  class Reader;
  class Writer;

  // Outlived by no reader or writer: each owns it, too.
  const std::shared_ptr<Connection> connection_;
};

}  // namespace wascc::s3
