// wascc:blobstore in a folder of this machine (docs/providers.md, "Blob store in a folder").
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/log.h"
#include "blobstore/provider.h"

namespace wascc::providers {

// A container or blob as the name of one file: leading '/' and '.' go, every ".." goes, '/' becomes
// '_'. kInvalid if nothing is left, or what no file can be named.
Result<std::string> file_name(std::string_view id);

// Each binding says in ROOT which folder is its own; it is made if it is not there. No name and no
// symbolic link leads out of it. Any thread.
class FolderBlobStoreProvider final : public blobstore::BlobStoreProvider {
 public:
  // The sink of the log outlives the provider.
  explicit FolderBlobStoreProvider(const Log& log);

  CapabilityDescriptor descriptor() const override;

 protected:
  Result<std::shared_ptr<blobstore::Backend>> open_backend(
      const CapabilityConfiguration& configuration) override;
};

}  // namespace wascc::providers
