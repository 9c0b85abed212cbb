#include "blobstore/provider.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "blobstore/upload.h"

namespace wascc::blobstore {
namespace {

using UploadKey = std::pair<std::string, std::string>;  // container, blob
using UploadPtr = std::shared_ptr<Upload>;  // the client's, and that of each chunk's call

Result<std::uint64_t> max_blob_bytes(const StringMap& values) {
  const auto found = std::ranges::find(values, "MAX_BLOB_BYTES", &StringMap::value_type::first);
  if (found == values.end()) return kDefaultMaxBlobBytes;
  const std::string& text = found->second;
  std::uint64_t bytes = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  if (error != std::errc() || end != text.data() + text.size() || bytes == 0)
    return Error(Errc::kInvalid, "MAX_BLOB_BYTES must be a number of bytes, 1 or more");
  return bytes;
}

std::string place(const std::string& container, const std::string& id) {
  return container + "/" + id;
}

}  // namespace

CapabilityDescriptor describe(std::string name, std::string text) {
  CapabilityDescriptor descriptor{
      std::string(kBlobStore), std::move(name), "1.0.0", 0, std::move(text), {}};
  for (const std::string_view operation :
       {kOpCreateContainer, kOpRemoveContainer, kOpRemoveObject, kOpListObjects, kOpGetObjectInfo,
        kOpStartUpload, kOpUploadChunk, kOpStartDownload})
    descriptor.supported_operations.push_back({std::string(operation), Direction::kToProvider, ""});
  descriptor.supported_operations.push_back(
      {std::string(kOpReceiveChunk), Direction::kToActor, "Takes a chunk of a download"});
  return descriptor;
}

struct BlobStoreProvider::Client {
  std::string actor;
  StringMap values;
  std::shared_ptr<Backend> backend;  // the client's; may be shared with other bindings
  std::uint64_t max_blob_bytes = 0;
  std::atomic<bool> ended = false;
  std::atomic<std::size_t> downloads = 0;
  Guarded<std::map<UploadKey, UploadPtr>> uploads;
};

struct BlobStoreProvider::Row {
  std::string_view operation;
  Result<Bytes> (*run)(Client& client, const ProviderCall& call);
};

BlobStoreProvider::BlobStoreProvider(Warn warn) : warn_(std::move(warn)) {}
BlobStoreProvider::~BlobStoreProvider() = default;

Status BlobStoreProvider::start(Dispatcher& dispatcher) {
  const std::scoped_lock lock(mutex_);
  dispatcher_ = &dispatcher;
  return {};
}

Status BlobStoreProvider::bind(const CapabilityConfiguration& configuration) {
  const auto same = clients_.with([&](const auto& clients) {
    const auto found = clients.find(configuration.module);
    return found != clients.end() && found->second->values == configuration.values;
  });
  if (same) return {};
  auto client = std::make_shared<Client>();
  client->actor = configuration.module;
  client->values = configuration.values;
  WASCC_TRY(client->max_blob_bytes, max_blob_bytes(configuration.values));
  WASCC_TRY(client->backend, open_backend(configuration));
  const ClientPtr before = clients_.with([&](auto& clients) {
    return std::exchange(clients[configuration.module], std::move(client));
  });
  if (before) before->ended = true;
  return {};
}

Status BlobStoreProvider::unbind(std::string_view actor) {
  const ClientPtr ended = clients_.with([&](auto& clients) -> ClientPtr {
    const auto found = clients.find(actor);
    if (found == clients.end()) return nullptr;
    ClientPtr client = std::move(found->second);
    clients.erase(found);
    return client;
  });
  if (ended) ended->ended = true;
  return {};
}

void BlobStoreProvider::stop() {
  std::unique_lock lock(mutex_);
  dispatcher_ = nullptr;
  idle_.wait(lock, [this] { return delivering_ == 0; });
}

Result<Bytes> BlobStoreProvider::handle_call(const ProviderCall& call) {
  static constexpr Row kOperations[] = {
      {kOpCreateContainer, create_container}, {kOpRemoveContainer, remove_container},
      {kOpRemoveObject, remove_object},       {kOpListObjects, list_objects},
      {kOpGetObjectInfo, object_info},        {kOpStartUpload, start_upload},
      {kOpUploadChunk, upload_chunk},
  };
  const Row* row = std::ranges::find(kOperations, call.operation, &Row::operation);
  const bool download = call.operation == kOpStartDownload;
  if (row == std::end(kOperations) && !download) return Error(Errc::kUnsupported, "bad dispatch");
  const ClientPtr client = clients_.with([&](const auto& clients) {
    const auto found = clients.find(call.actor);
    return found == clients.end() ? nullptr : found->second;
  });
  if (!client)
    return Error(Errc::kNotFound, "No client for this actor. Did the host configure it?");
  return download ? start_download(client, call) : row->run(*client, call);
}

Result<Bytes> BlobStoreProvider::create_container(Client& client, const ProviderCall& call) {
  WASCC_TRY(const auto request, decode<Container>(call.payload));
  WASCC_TRY(std::string name, client.backend->container_name(request.id));
  WASCC_CHECK(client.backend->create_container(name, call.deadline));
  return encode(Container{std::move(name)});
}

Result<Bytes> BlobStoreProvider::remove_container(Client& client, const ProviderCall& call) {
  WASCC_TRY(const auto request, decode<Container>(call.payload));
  WASCC_TRY(const std::string name, client.backend->container_name(request.id));
  WASCC_CHECK(client.backend->remove_container(name, call.deadline));
  return Bytes();
}

Result<Bytes> BlobStoreProvider::remove_object(Client& client, const ProviderCall& call) {
  WASCC_TRY(const auto request, decode<Blob>(call.payload));
  WASCC_TRY(const std::string container, client.backend->container_name(request.container));
  WASCC_TRY(const std::string id, client.backend->blob_name(request.id));
  WASCC_CHECK(client.backend->remove(container, id, call.deadline));
  return Bytes();
}

Result<Bytes> BlobStoreProvider::list_objects(Client& client, const ProviderCall& call) {
  WASCC_TRY(const auto request, decode<Container>(call.payload));
  WASCC_TRY(const std::string container, client.backend->container_name(request.id));
  WASCC_TRY(auto found, client.backend->list(container, call.deadline));
  BlobList list;
  list.blobs.reserve(found.size());
  for (BlobSize& blob : found) list.blobs.push_back({std::move(blob.id), container, blob.bytes});
  return encode(list);
}

Result<Bytes> BlobStoreProvider::object_info(Client& client, const ProviderCall& call) {
  WASCC_TRY(const auto request, decode<Blob>(call.payload));
  WASCC_TRY(std::string container, client.backend->container_name(request.container));
  WASCC_TRY(std::string id, client.backend->blob_name(request.id));
  WASCC_TRY(const std::optional<std::uint64_t> bytes,
            client.backend->size(container, id, call.deadline));
  if (!bytes) return encode(Blob{"none", "none", 0});  // what actors of 2020 look for
  return encode(Blob{std::move(id), std::move(container), *bytes});
}

Result<Bytes> BlobStoreProvider::start_upload(Client& client, const ProviderCall& call) {
  WASCC_TRY(const auto request, decode<FileChunk>(call.payload));
  WASCC_TRY(std::string container, client.backend->container_name(request.container));
  WASCC_TRY(std::string id, client.backend->blob_name(request.id));
  if (request.total_bytes > client.max_blob_bytes)
    return Error(Errc::kTooLarge, "a blob of " + std::to_string(request.total_bytes) +
                                      " bytes is more than " +
                                      std::to_string(client.max_blob_bytes) + " (MAX_BLOB_BYTES)");
  WASCC_TRY(const std::uint64_t chunks, chunk_count(request.total_bytes, request.chunk_size));
  const auto full = [&](const auto& uploads) {
    return uploads.size() >= kMaxUploads && !uploads.contains({container, id});
  };
  const Error too_many(Errc::kTooLarge, "more than " + std::to_string(kMaxUploads) +
                                            " uploads at the same time: finish one first");
  if (client.uploads.with(full)) return too_many;
  WASCC_TRY(auto writer, client.backend->create(container, id, request.total_bytes));
  auto upload =
      std::make_shared<Upload>(std::move(writer), request.total_bytes, request.chunk_size, chunks);
  if (chunks == 0) {
    WASCC_CHECK(upload->commit(call.deadline));
    return Bytes();
  }
  const bool taken = client.uploads.with([&](auto& uploads) {
    if (full(uploads)) return false;
    std::swap(uploads[{std::move(container), std::move(id)}], upload);
    return true;
  });
  if (!taken) return too_many;
  return Bytes();
}

Result<Bytes> BlobStoreProvider::upload_chunk(Client& client, const ProviderCall& call) {
  WASCC_TRY(const auto chunk, decode<FileChunk>(call.payload));
  WASCC_TRY(std::string container, client.backend->container_name(chunk.container));
  WASCC_TRY(std::string id, client.backend->blob_name(chunk.id));
  const UploadKey key(std::move(container), std::move(id));
  const UploadPtr upload = client.uploads.with([&](const auto& uploads) {
    const auto found = uploads.find(key);
    return found == uploads.end() ? nullptr : found->second;
  });
  if (!upload)
    return Error(Errc::kNotFound, "no upload of " + place(key.first, key.second) +
                                      " is in progress: StartUpload begins one");
  const auto progress = upload->put(chunk, call.deadline);
  const bool over =
      progress ? *progress == Upload::Progress::kDone : progress.error().code() != Errc::kInvalid;
  if (over)  // or failed for good
    client.uploads.with([&](auto& uploads) {
      const auto found = uploads.find(key);
      if (found != uploads.end() && found->second == upload) uploads.erase(found);
    });
  if (!progress) return progress.error();
  return Bytes();
}

Result<Bytes> BlobStoreProvider::start_download(const ClientPtr& client, const ProviderCall& call) {
  WASCC_TRY(auto request, decode<StreamRequest>(call.payload));
  WASCC_TRY(std::string container, client->backend->container_name(request.container));
  WASCC_TRY(std::string id, client->backend->blob_name(request.id));
  if (request.chunk_size > kMaxChunkBytes)
    return Error(Errc::kTooLarge, "chunkSize " + std::to_string(request.chunk_size) +
                                      " is more than " + std::to_string(kMaxChunkBytes));
  // Counted down when the work ends, or is dropped undone.
  struct Place {
    ClientPtr client;
    explicit Place(ClientPtr of) : client(std::move(of)) { ++client->downloads; }
    ~Place() { --client->downloads; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
  };
  const auto place = std::make_shared<Place>(client);  // of this call and of the work put off
  if (client->downloads > kMaxDownloads)
    return Error(Errc::kTooLarge, "more than " + std::to_string(kMaxDownloads) +
                                      " downloads in one call: ask for the rest later");
  WASCC_TRY(std::shared_ptr<BlobReader> blob, client->backend->open(container, id, call.deadline));
  FileChunk first;
  first.container = std::move(container);
  first.id = std::move(id);
  first.total_bytes = blob->size();
  first.chunk_size = request.chunk_size != 0 ? request.chunk_size : kDefaultChunkBytes;
  first.context = std::move(request.context);
  Dispatcher* dispatcher = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    dispatcher = dispatcher_;
  }
  if (dispatcher == nullptr) return Error(Errc::kUnavailable, "the blob store is not running");
  dispatcher->after_call(
      client->actor,
      [this, place, blob = std::move(blob), first = std::move(first),
       deadline = call.deadline]() mutable { deliver(*place->client, *blob, first, deadline); });
  return Bytes();
}

void BlobStoreProvider::deliver(Client& client, BlobReader& blob, FileChunk& chunk,
                                Deadline deadline) {
  const Status delivered = deliver_chunks(client, blob, chunk, deadline);
  if (!delivered)
    warn_("download of " + place(chunk.container, chunk.id) + " ended at chunk " +
          std::to_string(chunk.sequence_no) + ": " + delivered.error().message());
}

// The dispatcher, as long as stop waits for it.
class BlobStoreProvider::Delivery {
 public:
  explicit Delivery(BlobStoreProvider& provider) : provider_(provider) {
    const std::scoped_lock lock(provider_.mutex_);
    dispatcher_ = provider_.dispatcher_;
    if (dispatcher_ != nullptr) ++provider_.delivering_;
  }
  ~Delivery() {
    if (dispatcher_ == nullptr) return;
    const std::scoped_lock lock(provider_.mutex_);
    if (--provider_.delivering_ == 0) provider_.idle_.notify_all();
  }
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  Dispatcher* dispatcher() const { return dispatcher_; }

 private:
  BlobStoreProvider& provider_;
  Dispatcher* dispatcher_ = nullptr;
};

Status BlobStoreProvider::deliver_chunks(Client& client, BlobReader& blob, FileChunk& chunk,
                                         Deadline deadline) {
  std::uint64_t offset = 0;
  do {  // a blob without bytes is one chunk without bytes: else the actor would wait for it
    const std::uint64_t bytes = std::min(chunk.chunk_size, chunk.total_bytes - offset);
    chunk.chunk_bytes.resize(static_cast<std::size_t>(bytes));
    WASCC_CHECK(blob.read(offset, chunk.chunk_bytes, deadline));
    const Delivery delivery(*this);
    if (delivery.dispatcher() == nullptr || client.ended)
      return Error(Errc::kUnavailable, "the binding has ended");
    const Bytes payload = encode(chunk);
    WASCC_CHECK(delivery.dispatcher()->dispatch({client.actor, kOpReceiveChunk, payload}));
    offset += bytes;
    ++chunk.sequence_no;
  } while (offset < chunk.total_bytes);
  return {};
}

}  // namespace wascc::blobstore
