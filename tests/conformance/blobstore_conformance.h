// What every provider of wascc:blobstore answers (docs/providers.md, "Blob store"), as tests that
// run on each of them. A program defines one BlobStoreUnderTest and
//   INSTANTIATE_TEST_SUITE_P(InAFolder, BlobStoreConformance, testing::Values(&make_folder));
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "blobstore/provider.h"
#include "support/fake_dispatcher.h"
#include "wascc/messages/blobstore.h"
#include "wascc/provider.h"

namespace wascc::test {

// A provider that is not started and to which nobody is bound, and nothing is stored yet.
struct BlobStoreUnderTest {
  virtual ~BlobStoreUnderTest() = default;
  virtual std::string unavailable() { return {}; }  // why it cannot be had here
  virtual Provider& provider() = 0;
  virtual StringMap values() = 0;  // of a binding
};

class BlobStoreConformance
    : public testing::TestWithParam<std::function<std::unique_ptr<BlobStoreUnderTest>()>> {
 protected:
  using Blob = blobstore::Blob;
  using BlobList = blobstore::BlobList;
  using Container = blobstore::Container;
  using FileChunk = blobstore::FileChunk;
  using StreamRequest = blobstore::StreamRequest;

  void SetUp() override {
    if (!under_test->unavailable().empty()) GTEST_SKIP() << under_test->unavailable();
    ASSERT_TRUE(provider().start(actor));
    bind("M1");
  }
  void TearDown() override {
    if (under_test->unavailable().empty()) provider().stop();
  }

  Provider& provider() { return under_test->provider(); }
  void bind(const std::string& who, StringMap more = {}) {
    StringMap values = under_test->values();
    values.insert(values.end(), more.begin(), more.end());
    const Status bound = provider().bind({who, std::move(values)});
    ASSERT_TRUE(bound) << bound.error().message();
  }
  template <class Message>
  Result<Bytes> call(std::string_view operation, const Message& message,
                     std::string_view who = "M1") {
    const Bytes payload = encode(message);
    return provider().handle_call({who, operation, payload});
  }
  template <class Message>
  std::string error(std::string_view operation, const Message& message) {
    const auto answer = call(operation, message);
    return answer ? "answered" : answer.error().message();
  }
  void create() {
    ASSERT_EQ(error(blobstore::kOpCreateContainer, Container{"photos"}), "answered");
  }
  static FileChunk chunk(const std::string& content, std::uint64_t size, std::uint64_t number,
                         const std::string& id = "b") {
    const std::size_t from = std::min<std::size_t>(number * size, content.size());
    return {number, "photos", id, content.size(), size, to_bytes(content.substr(from, size)), {}};
  }
  // Uploads photos/ID with its chunks in this order.
  std::string upload(const std::string& content, std::uint64_t size,
                     const std::vector<std::uint64_t>& order, const std::string& id = "b") {
    FileChunk first = chunk(content, size, 0, id);
    first.chunk_bytes.clear();
    std::string told = error(blobstore::kOpStartUpload, first);
    for (const std::uint64_t number : order)
      if (told == "answered")
        told = error(blobstore::kOpUploadChunk, chunk(content, size, number, id));
    return told;
  }
  // The content of a blob, or why there is none.
  std::string stored(const std::string& id = "b", std::string_view who = "M1") {
    const std::size_t before = actor.calls().size();
    const auto answer = call(blobstore::kOpStartDownload, StreamRequest{id, "photos", 0, {}}, who);
    if (!answer) return answer.error().message();
    std::string content;
    const auto calls = actor.calls();
    for (std::size_t i = before; i < calls.size(); ++i)
      content += to_text(decode<FileChunk>(calls[i].payload)->chunk_bytes);
    return content;
  }
  std::vector<FileChunk> received() {
    std::vector<FileChunk> chunks;
    for (const auto& seen : actor.calls()) chunks.push_back(*decode<FileChunk>(seen.payload));
    return chunks;
  }

  std::unique_ptr<BlobStoreUnderTest> under_test = GetParam()();
  FakeDispatcher actor;
};

TEST_P(BlobStoreConformance, CreatesListsAndRemovesContainers) {
  using namespace blobstore;
  const auto created = call(kOpCreateContainer, Container{"photos"});
  ASSERT_TRUE(created) << created.error().message();
  EXPECT_EQ(decode<Container>(*created)->id, "photos");
  EXPECT_EQ(error(kOpCreateContainer, Container{"photos"}), "answered") << "a second time";
  EXPECT_TRUE(decode<BlobList>(*call(kOpListObjects, Container{"photos"}))->blobs.empty());
  for (const char* id : {"c", "a", "e", "b", "d"})
    EXPECT_EQ(upload(std::string("of ") + id, 3, {0, 1}, id), "answered");
  const auto list = decode<BlobList>(*call(kOpListObjects, Container{"photos"}));
  std::string seen;
  for (const Blob& blob : list->blobs)
    seen += blob.container + "/" + blob.id + " " + std::to_string(blob.byte_size) + "\n";
  EXPECT_EQ(seen, "photos/a 4\nphotos/b 4\nphotos/c 4\nphotos/d 4\nphotos/e 4\n");
  EXPECT_EQ(error(kOpRemoveContainer, Container{"photos"}), "container photos is not empty");
  for (const Blob& blob : list->blobs)
    EXPECT_EQ(call(kOpRemoveObject, blob).value_or(to_bytes("?")), Bytes());
  const auto again = call(kOpRemoveObject, list->blobs[0]);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), Errc::kNotFound);
  EXPECT_EQ(call(kOpRemoveContainer, Container{"photos"}).value_or(to_bytes("?")), Bytes());
  EXPECT_EQ(error(kOpRemoveContainer, Container{"photos"}), "no such container: photos");
  EXPECT_EQ(error(kOpListObjects, Container{"photos"}), "no such container: photos");
}

TEST_P(BlobStoreConformance, TellsTheSizeOfABlobAndNoneOfAMissingOne) {
  create();
  upload("hello", 5, {0});
  const auto there = decode<Blob>(*call(blobstore::kOpGetObjectInfo, Blob{"b", "photos", 0}));
  EXPECT_EQ(there->id + " " + there->container + " " + std::to_string(there->byte_size),
            "b photos 5");
  for (const Blob& missing : {Blob{"x", "photos", 0}, Blob{"b", "nowhere", 0}}) {
    const auto none = decode<Blob>(*call(blobstore::kOpGetObjectInfo, missing));
    EXPECT_EQ(none->id + " " + none->container + " " + std::to_string(none->byte_size),
              "none none 0");
  }
}

TEST_P(BlobStoreConformance, PutsChunksTogetherInWhateverOrderTheyCome) {
  struct Case {
    const char* name;
    std::string content;
    std::uint64_t size;
    std::vector<std::uint64_t> order;
  };
  const Case cases[] = {{"one short chunk", "hello", 100, {0}},
                        {"a multiple of the size", "abcdef", 2, {0, 1, 2}},
                        {"not a multiple of the size", "abcdefg", 2, {0, 1, 2, 3}},
                        {"backwards", "abcdefg", 2, {3, 2, 1, 0}},
                        {"some twice", "abcdefg", 2, {1, 1, 3, 0, 1, 2}},
                        {"every byte value", std::string("\0\xFF\r\n\x7F", 5), 4, {1, 0}},
                        {"no bytes, no chunk", "", 2, {}}};
  create();
  for (const Case& c : cases) {
    EXPECT_EQ(upload(c.content, c.size, c.order), "answered") << c.name;
    EXPECT_EQ(stored(), c.content) << c.name;
  }
}

TEST_P(BlobStoreConformance, ABlobAppearsOnlyWhenItIsComplete) {
  create();
  EXPECT_EQ(upload("abcdefg", 2, {0, 1, 3}), "answered");
  EXPECT_EQ(decode<Blob>(*call(blobstore::kOpGetObjectInfo, Blob{"b", "photos", 0}))->id, "none");
  EXPECT_EQ(upload("old", 3, {0}), "answered");
  EXPECT_EQ(upload("abcdefg", 2, {0, 1, 3}), "answered");
  EXPECT_EQ(stored(), "old");
  EXPECT_EQ(error(blobstore::kOpUploadChunk, chunk("abcdefg", 2, 2)), "answered");
  EXPECT_EQ(stored(), "abcdefg");
  EXPECT_EQ(error(blobstore::kOpUploadChunk, chunk("abcdefg", 2, 2)),
            "no upload of photos/b is in progress: StartUpload begins one");
}

TEST_P(BlobStoreConformance, RefusesChunksThatDoNotFit) {
  create();
  EXPECT_EQ(upload("abcdefg", 2, {}), "answered");
  FileChunk wrong = chunk("abcdefg", 2, 0);
  wrong.sequence_no = 4;
  EXPECT_EQ(error(blobstore::kOpUploadChunk, wrong),
            "sequenceNo 4: the upload has 4 chunks, from 0 on");
  wrong.sequence_no = 3;
  EXPECT_EQ(error(blobstore::kOpUploadChunk, wrong), "chunk 3 has 2 bytes and not 1");
  FileChunk huge = chunk("", 1, 0);
  huge.total_bytes = ~std::uint64_t{0};
  EXPECT_NE(error(blobstore::kOpStartUpload, huge).find("MAX_BLOB_BYTES"), std::string::npos);
  huge.total_bytes = std::uint64_t{1} << 30;
  EXPECT_NE(error(blobstore::kOpStartUpload, huge).find("send larger ones"), std::string::npos);
  huge.chunk_size = 0;
  EXPECT_EQ(error(blobstore::kOpStartUpload, huge), "chunkSize is 0");
  FileChunk nowhere{0, "nowhere", "b", 1, 1, {}, {}};
  std::string told = error(blobstore::kOpStartUpload, nowhere);
  nowhere.chunk_bytes = to_bytes("x");
  if (told == "answered") told = error(blobstore::kOpUploadChunk, nowhere);
  EXPECT_EQ(told, "no such container: nowhere") << "at its end at the latest";
}

TEST_P(BlobStoreConformance, BoundsWhatAnActorHasInProgress) {
  create();
  const auto start = [&](const std::string& id) {
    return error(blobstore::kOpStartUpload, FileChunk{0, "photos", id, 9, 1, {}, {}});
  };
  for (std::size_t i = 0; i < blobstore::kMaxUploads; ++i)
    EXPECT_EQ(start(std::to_string(i)), "answered");
  EXPECT_EQ(start("more"), "more than 16 uploads at the same time: finish one first");
  EXPECT_EQ(start("3"), "answered") << "the same once more takes its own place";
}

TEST_P(BlobStoreConformance, BindingAgainIsAnUpdateAndUnbindingForgets) {
  create();
  upload("abcdefg", 2, {0, 1, 2});
  bind("M1");
  EXPECT_EQ(error(blobstore::kOpUploadChunk, chunk("abcdefg", 2, 3)), "answered")
      << "the same values: what goes on goes on";
  EXPECT_EQ(stored(), "abcdefg");
  upload("1234567", 2, {0, 1, 2});
  bind("M1", {{"MAX_BLOB_BYTES", "7"}});
  EXPECT_NE(error(blobstore::kOpUploadChunk, chunk("1234567", 2, 3)), "answered");
  EXPECT_EQ(upload("12345678", 8, {}), "a blob of 8 bytes is more than 7 (MAX_BLOB_BYTES)");
  for (const char* bad : {"", "0", "-1", "1k", "99999999999999999999"}) {
    StringMap values = under_test->values();
    values.emplace_back("MAX_BLOB_BYTES", bad);
    const Status bound = provider().bind({"M1", std::move(values)});
    ASSERT_FALSE(bound) << bad;
    EXPECT_NE(bound.error().message().find("MAX_BLOB_BYTES"), std::string::npos);
  }
  EXPECT_EQ(stored(), "abcdefg") << "a bad update leaves the binding of before";
  upload("1234567", 2, {0, 1, 2});
  EXPECT_TRUE(provider().unbind("M1"));
  EXPECT_TRUE(provider().unbind("M1")) << "a second time is no error";
  EXPECT_EQ(stored(), "No client for this actor. Did the host configure it?");
  bind("M1");
  EXPECT_EQ(stored(), "abcdefg");
  EXPECT_NE(error(blobstore::kOpUploadChunk, chunk("1234567", 2, 3)), "answered");
}

TEST_P(BlobStoreConformance, DownloadsComeInChunksWithTheContextOfTheRequest) {
  using blobstore::kOpStartDownload;
  create();
  upload("abcdefg", 7, {0});
  EXPECT_EQ(call(kOpStartDownload, StreamRequest{"b", "photos", 3, "ctx"}).value_or(to_bytes("?")),
            Bytes());
  auto chunks = received();
  ASSERT_EQ(chunks.size(), 3U);
  std::string content;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    EXPECT_EQ(actor.calls()[i].operation, "ReceiveChunk");
    EXPECT_EQ(actor.calls()[i].actor, "M1");
    EXPECT_EQ(chunks[i].sequence_no, i);
    EXPECT_EQ(chunks[i].total_bytes, 7U);
    EXPECT_EQ(chunks[i].chunk_size, 3U);
    EXPECT_EQ(chunks[i].container + "/" + chunks[i].id, "photos/b");
    EXPECT_EQ(chunks[i].context, "ctx");
    content += to_text(chunks[i].chunk_bytes);
  }
  EXPECT_EQ(content, "abcdefg");
  upload("", 1, {});
  ASSERT_TRUE(call(kOpStartDownload, StreamRequest{"b", "photos", 0, {}}));
  chunks = received();
  ASSERT_EQ(chunks.size(), 4U) << "one chunk tells of a blob without bytes";
  EXPECT_EQ(chunks[3].total_bytes, 0U);
  EXPECT_EQ(chunks[3].chunk_size, 524'288U);
  EXPECT_FALSE(chunks[3].context);
  EXPECT_NE(
      error(kOpStartDownload, StreamRequest{"b", "photos", blobstore::kMaxChunkBytes + 1, {}}),
      "answered");
  EXPECT_EQ(call(kOpStartDownload, StreamRequest{"x", "photos", 0, {}}).error().code(),
            Errc::kNotFound);
}

TEST_P(BlobStoreConformance, ADownloadEndsWhenTheActorFailsOrIsUnbound) {
  create();
  upload("abcdefg", 7, {0});
  const StreamRequest request{"b", "photos", 3, {}};
  actor.answer = [](const Dispatch&) -> Result<Bytes> { return Error(Errc::kGuest, "full"); };
  EXPECT_EQ(error(blobstore::kOpStartDownload, request), "answered");
  EXPECT_EQ(actor.calls().size(), 1U);
  actor.answer = [&](const Dispatch&) -> Result<Bytes> {
    EXPECT_TRUE(provider().unbind("M1"));
    return Bytes();
  };
  EXPECT_EQ(error(blobstore::kOpStartDownload, request), "answered");
  EXPECT_EQ(actor.calls().size(), 2U);
}

TEST_P(BlobStoreConformance, ADownloadNeverMixesTwoBlobs) {
  create();
  const std::string old(std::size_t{6} << 20, 'o');
  ASSERT_EQ(upload(old, std::uint64_t{6} << 20, {0}), "answered");
  bool replaced = false;
  actor.answer = [&](const Dispatch&) -> Result<Bytes> {
    if (!std::exchange(replaced, true)) upload(std::string(old.size(), 'n'), old.size(), {0});
    return Bytes();
  };
  ASSERT_TRUE(call(blobstore::kOpStartDownload, StreamRequest{"b", "photos", 1 << 20, {}}));
  std::string content;
  for (const FileChunk& chunk : received()) content += to_text(chunk.chunk_bytes);
  EXPECT_GE(content.size(), std::size_t{1} << 20);
  EXPECT_TRUE(old.starts_with(content)) << "the rest may be missing, and is never of another";
}

TEST_P(BlobStoreConformance, RefusesUnknownOperationsAndMalformedMessages) {
  using namespace blobstore;
  EXPECT_EQ(error("Anything", Container{"photos"}), "bad dispatch");
  EXPECT_EQ(error("BindActor", Container{"photos"}), "bad dispatch") << "not from an actor";
  for (const std::string_view operation :
       {kOpCreateContainer, kOpRemoveContainer, kOpRemoveObject, kOpListObjects, kOpGetObjectInfo,
        kOpStartUpload, kOpUploadChunk, kOpStartDownload}) {
    const auto answer = provider().handle_call({"M1", operation, as_bytes("\xC1")});
    ASSERT_FALSE(answer) << operation;
    EXPECT_EQ(answer.error().message().rfind("Failed to de-serialize: ", 0), 0U)
        << answer.error().message();
  }
}

TEST_P(BlobStoreConformance, ParallelTransfersDoNotMix) {
  bind("M2");
  create();
  constexpr std::size_t kBytes = 20'000, kSize = 1'000;
  const std::vector<std::pair<std::string, std::string>> blobs = {
      {"M1", "v"}, {"M1", "w"}, {"M2", "x"}, {"M2", "y"}};
  for (const auto& [who, id] : blobs)
    ASSERT_TRUE(
        call(blobstore::kOpStartUpload, FileChunk{0, "photos", id, kBytes, kSize, {}, {}}, who));
  std::vector<std::jthread> threads;
  for (std::size_t t = 0; t < 4; ++t)  // which share the chunks of each blob
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < kBytes / kSize; ++i)
        for (std::size_t b = 0; b < blobs.size(); ++b) {
          if (i % 4 != (t + b) % 4) continue;
          const Bytes bytes(kSize, static_cast<std::byte>(b * 60 + i));
          EXPECT_TRUE(call(blobstore::kOpUploadChunk,
                           FileChunk{i, "photos", blobs[b].second, kBytes, kSize, bytes, {}},
                           blobs[b].first));
        }
      EXPECT_TRUE(call(blobstore::kOpListObjects, Container{"photos"}));
    });
  threads.clear();
  for (std::size_t b = 0; b < blobs.size(); ++b) {
    std::string expected;
    for (std::size_t i = 0; i < kBytes / kSize; ++i)
      expected += std::string(kSize, static_cast<char>(b * 60 + i));
    EXPECT_EQ(stored(blobs[b].second, blobs[b].first), expected);
  }
}

}  // namespace wascc::test
