// How the providers of one capability are used in ProviderConformance, whatever is behind them.
#pragma once

#include <string>

#include "conformance/provider_conformance.h"
#include "wascc/messages/blobstore.h"
#include "wascc/messages/eventstreams.h"
#include "wascc/messages/keyvalue.h"

namespace wascc::test {

// A number that must be 0 or 1.
inline Result<int> place_of(std::string_view text) {
  if (text == "0" || text == "1") return text == "1" ? 1 : 0;
  return Error(Errc::kProvider, "no place: " + std::string(text));
}

struct AnyKeyValue : StandardProvider {
  void prepare(Provider& provider) override {
    for (const int place : {0, 1}) {
      EXPECT_TRUE(provider.bind({"admin", values(place)}));
      EXPECT_TRUE(set(provider, "admin", "place", std::to_string(place)));
    }
    EXPECT_TRUE(provider.unbind("admin"));
  }
  Result<int> place(Provider& provider, const std::string& actor) override {
    WASCC_TRY(const std::string text, get(provider, actor, "place"));
    return place_of(text);
  }
  Result<std::string> echo(Provider& provider, const std::string& actor,
                           const std::string& digits) override {
    WASCC_CHECK(set(provider, actor, "key " + digits, digits));
    return get(provider, actor, "key " + digits);
  }

 private:
  static Status set(Provider& provider, const std::string& actor, const std::string& key,
                    const std::string& value) {
    const Bytes request = encode(keyvalue::SetRequest{key, value, 0});
    WASCC_TRY([[maybe_unused]] const Bytes answer,
              provider.handle_call({actor, keyvalue::kOpSet, request}));
    return {};
  }
  static Result<std::string> get(Provider& provider, const std::string& actor,
                                 const std::string& key) {
    const Bytes request = encode(keyvalue::GetRequest{key});
    WASCC_TRY(const Bytes answer, provider.handle_call({actor, keyvalue::kOpGet, request}));
    WASCC_TRY(auto got, decode<keyvalue::GetResponse>(answer));
    return std::move(got.value);
  }
};

struct AnyEventStreams : StandardProvider {
  void prepare(Provider& provider) override {
    for (const int place : {0, 1}) {
      EXPECT_TRUE(provider.bind({"admin", values(place)}));
      EXPECT_TRUE(write(provider, "admin", "place", std::to_string(place)));
    }
    EXPECT_TRUE(provider.unbind("admin"));
  }
  Result<int> place(Provider& provider, const std::string& actor) override {
    WASCC_TRY(const std::string text, last(provider, actor, "place"));
    return place_of(text);
  }
  Result<std::string> echo(Provider& provider, const std::string& actor,
                           const std::string& digits) override {
    WASCC_CHECK(write(provider, actor, "stream " + digits, digits));
    return last(provider, actor, "stream " + digits);
  }

 private:
  static Status write(Provider& provider, const std::string& actor, const std::string& stream,
                      const std::string& value) {
    const Bytes request = encode(eventstreams::Event{"", stream, {{"value", value}}});
    WASCC_TRY([[maybe_unused]] const Bytes answer,
              provider.handle_call({actor, eventstreams::kOpWriteEvent, request}));
    return {};
  }
  static Result<std::string> last(Provider& provider, const std::string& actor,
                                  const std::string& stream) {
    const Bytes request = encode(eventstreams::StreamQuery{stream, {}, 0});
    WASCC_TRY(const Bytes answer,
              provider.handle_call({actor, eventstreams::kOpQueryStream, request}));
    WASCC_TRY(const auto results, decode<eventstreams::StreamResults>(answer));
    if (results.events.empty()) return Error(Errc::kNotFound, "an empty stream");
    return results.events.back().values.at(0).second;
  }
};

// A blob's size tells its place; its name comes back with its size.
struct AnyBlobStore : StandardProvider {
  void prepare(Provider& provider) override {
    for (const int place : {0, 1}) {
      EXPECT_TRUE(provider.bind({"admin", values(place)}));
      const Bytes container = encode(blobstore::Container{"photos"});
      EXPECT_TRUE(provider.handle_call({"admin", blobstore::kOpCreateContainer, container}));
      EXPECT_TRUE(
          upload(provider, "admin", "place", std::string(static_cast<std::size_t>(place), 'x')));
    }
    EXPECT_TRUE(provider.unbind("admin"));
  }
  Result<int> place(Provider& provider, const std::string& actor) override {
    WASCC_TRY(const blobstore::Blob blob, info(provider, actor, "place"));
    return place_of(std::to_string(blob.byte_size));
  }
  Result<std::string> echo(Provider& provider, const std::string& actor,
                           const std::string& digits) override {
    WASCC_CHECK(upload(provider, actor, digits, digits));
    WASCC_TRY(blobstore::Blob blob, info(provider, actor, digits));
    if (blob.byte_size != digits.size()) return Error(Errc::kProvider, "another size");
    return std::move(blob.id);
  }

 private:
  static Status upload(Provider& provider, const std::string& actor, const std::string& id,
                       const std::string& content) {
    blobstore::FileChunk chunk{0, "photos", id, content.size(), 100, {}, {}};
    WASCC_TRY([[maybe_unused]] const Bytes begun,
              provider.handle_call({actor, blobstore::kOpStartUpload, encode(chunk)}));
    if (content.empty()) return {};
    chunk.chunk_bytes = to_bytes(content);
    WASCC_TRY([[maybe_unused]] const Bytes done,
              provider.handle_call({actor, blobstore::kOpUploadChunk, encode(chunk)}));
    return {};
  }
  static Result<blobstore::Blob> info(Provider& provider, const std::string& actor,
                                      const std::string& id) {
    const Bytes request = encode(blobstore::Blob{id, "photos", 0});
    WASCC_TRY(const Bytes answer,
              provider.handle_call({actor, blobstore::kOpGetObjectInfo, request}));
    return decode<blobstore::Blob>(answer);
  }
};

}  // namespace wascc::test
