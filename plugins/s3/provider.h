// wascc:blobstore on S3 and what speaks like it (docs/providers.md, "S3").
#pragma once

#include <memory>

#include "blobstore/provider.h"
#include "wascc/provider.hpp"

namespace wascc::s3 {

// Any thread.
class S3BlobStore final : public blobstore::BlobStoreProvider {
 public:
  explicit S3BlobStore(ProviderLog log);

  CapabilityDescriptor descriptor() const override;

 protected:
  Result<std::shared_ptr<blobstore::Backend>> open_backend(
      const CapabilityConfiguration& configuration) override;
};

}  // namespace wascc::s3
