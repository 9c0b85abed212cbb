// wascc:blobstore: containers of binary objects, moved in chunks both ways.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wascc/bytes.h"
#include "wascc/msgpack.h"

namespace wascc {

inline constexpr std::string_view kBlobStore = "wascc:blobstore";

namespace blobstore {

inline constexpr std::string_view kOpCreateContainer = "CreateContainer";
inline constexpr std::string_view kOpRemoveContainer = "RemoveContainer";
inline constexpr std::string_view kOpRemoveObject = "RemoveObject";
inline constexpr std::string_view kOpListObjects = "ListObjects";
inline constexpr std::string_view kOpGetObjectInfo = "GetObjectInfo";
inline constexpr std::string_view kOpStartUpload = "StartUpload";
inline constexpr std::string_view kOpUploadChunk = "UploadChunk";
inline constexpr std::string_view kOpStartDownload = "StartDownload";
inline constexpr std::string_view kOpReceiveChunk = "ReceiveChunk";  // to the actor

struct Container {
  std::string id;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("id", self.id);
  }
};

struct ContainerList {
  std::vector<Container> containers;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.defaulted("containers", self.containers);
  }
};

struct Blob {
  std::string id;
  std::string container;
  std::uint64_t byte_size = 0;  // 0 in a request

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("id", self.id);
    visit.field("container", self.container);
    visit.field("byteSize", self.byte_size);
  }
};

struct BlobList {
  std::vector<Blob> blobs;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.defaulted("blobs", self.blobs);
  }
};

// A piece of an upload or download; number 0 without bytes starts an upload.
struct FileChunk {
  std::uint64_t sequence_no = 0;
  std::string container;
  std::string id;
  std::uint64_t total_bytes = 0;
  std::uint64_t chunk_size = 0;
  Bytes chunk_bytes;
  std::optional<std::string> context;  // from codec 0.8.1 on

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("sequenceNo", self.sequence_no);
    visit.field("container", self.container);
    visit.field("id", self.id);
    visit.field("totalBytes", self.total_bytes);
    visit.field("chunkSize", self.chunk_size);
    visit.defaulted("chunkBytes", self.chunk_bytes);
    visit.extension("context", self.context);
  }
};

// Starts a download. Its chunks carry the context that it carried.
struct StreamRequest {
  std::string id;
  std::string container;
  std::uint64_t chunk_size = 0;
  std::optional<std::string> context;  // from codec 0.8.1 on

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("id", self.id);
    visit.field("container", self.container);
    visit.field("chunkSize", self.chunk_size);
    visit.extension("context", self.context);
  }
};

// How an actor remembers a transfer in progress; in no operation.
struct Transfer {
  std::string blob_id;
  std::string container;
  std::uint64_t chunk_size = 0;
  std::uint64_t total_size = 0;
  std::uint64_t total_chunks = 0;
  std::optional<std::string> context;  // from codec 0.8.1 on

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("blobId", self.blob_id);
    visit.field("container", self.container);
    visit.field("chunkSize", self.chunk_size);
    visit.field("totalSize", self.total_size);
    visit.field("totalChunks", self.total_chunks);
    visit.extension("context", self.context);
  }
};

}  // namespace blobstore

}  // namespace wascc
