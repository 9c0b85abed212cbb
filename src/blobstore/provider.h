// wascc:blobstore over any Backend: the operations, uploads put together from chunks, downloads cut
// into them (docs/providers.md, "Blob store").
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/guarded.h"
#include "blobstore/backend.h"
#include "wascc/messages/blobstore.h"
#include "wascc/provider.h"

namespace wascc::blobstore {

inline constexpr std::uint64_t kDefaultChunkBytes = 524'288;
inline constexpr std::uint64_t kMaxChunkBytes = std::uint64_t{32} << 20;
inline constexpr std::size_t kMaxUploads = 16;    // of one actor, at the same time
inline constexpr std::size_t kMaxDownloads = 64;  // of one actor, asked for and not finished
// Of one blob that is uploaded, where the binding has no MAX_BLOB_BYTES.
inline constexpr std::uint64_t kDefaultMaxBlobBytes = std::uint64_t{1} << 30;

// What every such provider says of itself.
CapabilityDescriptor describe(std::string name, std::string text);

// Any thread, like every provider.
class BlobStoreProvider : public Provider {
 public:
  // Told of a download that ended early: nobody else learns of it. Any thread.
  using Warn = std::function<void(const std::string& text)>;

  explicit BlobStoreProvider(Warn warn);
  ~BlobStoreProvider() override;

  Status start(Dispatcher& dispatcher) override;
  // An update with the values of before changes nothing. One with others forgets what was going on.
  Status bind(const CapabilityConfiguration& configuration) override;
  Status unbind(std::string_view actor) override;
  Result<Bytes> handle_call(const ProviderCall& call) override;
  void stop() override;

 protected:
  virtual Result<std::shared_ptr<Backend>> open_backend(
      const CapabilityConfiguration& configuration) = 0;

 private:
  struct Client;
  struct Row;
  class Delivery;
  using ClientPtr = std::shared_ptr<Client>;  // the provider's, and that of each call and download

  static Result<Bytes> create_container(Client& client, const ProviderCall& call);
  static Result<Bytes> remove_container(Client& client, const ProviderCall& call);
  static Result<Bytes> remove_object(Client& client, const ProviderCall& call);
  static Result<Bytes> list_objects(Client& client, const ProviderCall& call);
  static Result<Bytes> object_info(Client& client, const ProviderCall& call);
  static Result<Bytes> start_upload(Client& client, const ProviderCall& call);
  static Result<Bytes> upload_chunk(Client& client, const ProviderCall& call);
  Result<Bytes> start_download(const ClientPtr& client, const ProviderCall& call);
  void deliver(Client& client, BlobReader& blob, FileChunk& chunk, Deadline deadline);
  Status deliver_chunks(Client& client, BlobReader& blob, FileChunk& chunk, Deadline deadline);

  const Warn warn_;
  Guarded<std::map<std::string, ClientPtr, std::less<>>> clients_;
  std::mutex mutex_;
  std::condition_variable idle_;
  Dispatcher* dispatcher_ = nullptr;  // under mutex_; absent before start and after stop
  int delivering_ = 0;                // under mutex_
};

}  // namespace wascc::blobstore
