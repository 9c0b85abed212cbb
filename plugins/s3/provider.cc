#include "s3/provider.h"

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "s3/settings.h"
#include "s3/store.h"

namespace wascc::s3 {
namespace {

std::optional<std::string> variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace

S3BlobStore::S3BlobStore(ProviderLog log)
    : BlobStoreProvider([log](const std::string& text) { log.warn(text); }) {}

CapabilityDescriptor S3BlobStore::descriptor() const {
  return blobstore::describe("waSCC Blob Store (S3)", "Buckets of objects on S3.");
}

Result<std::shared_ptr<blobstore::Backend>> S3BlobStore::open_backend(
    const CapabilityConfiguration& configuration) {
  WASCC_TRY(Settings settings, Settings::from(configuration.values, variable));
  return std::shared_ptr<blobstore::Backend>(std::make_shared<Store>(std::move(settings)));
}

}  // namespace wascc::s3
