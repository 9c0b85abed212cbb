#include "providers/blobstore_folder.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <thread>

#include "support/fake_dispatcher.h"
#include "support/memory_log.h"

namespace wascc::providers {
namespace {

namespace fs = std::filesystem;
using namespace wascc::blobstore;

const std::string kActor = "M" + std::string(55, 'A'), kOther = "M" + std::string(55, 'B');

struct FolderBlobStore : testing::Test {
  fs::path folder;
  test::MemoryLog log;
  test::FakeDispatcher actor;
  std::unique_ptr<FolderBlobStoreProvider> provider;

  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "wascc-blobs-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
    provider = std::make_unique<FolderBlobStoreProvider>(Log(log));
    ASSERT_TRUE(provider->start(actor));
    ASSERT_TRUE(bind(kActor, "root"));
  }
  void TearDown() override {
    provider->stop();
    provider.reset();
    fs::remove_all(folder);
  }

  Status bind(const std::string& who, const std::string& root, StringMap more = {}) {
    more.emplace_back("ROOT", (folder / root).string());
    return provider->bind({who, std::move(more)});
  }
  template <class Message>
  Result<Bytes> call(std::string_view operation, const Message& message,
                     const std::string& who = kActor) {
    const Bytes payload = encode(message);
    return provider->handle_call({who, operation, payload});
  }
  template <class Message>
  std::string error(std::string_view operation, const Message& message,
                    const std::string& who = kActor) {
    const auto answer = call(operation, message, who);
    return answer ? "answered" : answer.error().message();
  }
  std::string create(const std::string& container) {
    const auto answer = call(kOpCreateContainer, Container{container});
    return answer ? decode<Container>(*answer)->id : answer.error().message();
  }
  FileChunk chunk(const std::string& content, std::uint64_t size, std::uint64_t number) {
    return {number,
            "c",
            "b",
            content.size(),
            size,
            to_bytes(content.substr(std::min<std::size_t>(number * size, content.size()), size)),
            {}};
  }
  // Uploads c/b with its chunks in this order.
  std::string upload(const std::string& content, std::uint64_t size,
                     const std::vector<std::uint64_t>& order, const std::string& who = kActor) {
    FileChunk first = chunk(content, size, 0);
    first.chunk_bytes.clear();
    auto answer = call(kOpStartUpload, first, who);
    for (const std::uint64_t number : order)
      if (answer) answer = call(kOpUploadChunk, chunk(content, size, number), who);
    return answer ? "uploaded" : answer.error().message();
  }
  std::string stored(const std::string& path) {
    std::ifstream file(folder / path, std::ios::binary);
    if (!file) return "(nothing)";
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::vector<FileChunk> received() {
    std::vector<FileChunk> chunks;
    for (const auto& seen : actor.calls()) {
      EXPECT_EQ(seen.operation, "ReceiveChunk");
      EXPECT_EQ(seen.actor, kActor);
      chunks.push_back(*decode<FileChunk>(seen.payload));
    }
    return chunks;
  }
  std::size_t leftovers() {
    const fs::path uploads = folder / "root/.uploads";
    if (!fs::exists(uploads)) return 0;
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(uploads), fs::directory_iterator()));
  }
};

TEST_F(FolderBlobStore, CleansNamesSoThatNoneLeadsOutOfTheFolder) {
  struct Case {
    const char* id;
    const char* name;
  };
  constexpr Case kCases[] = {{"photos", "photos"},      {"/etc/h4x0rd", "etc_h4x0rd"},
                             {"../passwd", "passwd"},   {"../../../etc/passwd", "etc_passwd"},
                             {".uploads", "uploads"},   {"a/../b", "a__b"},
                             {"a....b", "ab"},          {"a...b", "a.b"},
                             {"größe.txt", "größe.txt"}};
  for (const Case& c : kCases) EXPECT_EQ(file_name(c.id).value_or("refused"), c.name) << c.id;
  for (const std::string& id : {std::string(), std::string("../.."), std::string("/"),
                                std::string("a\0b", 3), std::string(256, 'x')})
    EXPECT_FALSE(file_name(id)) << id;
}

TEST_F(FolderBlobStore, CreatesListsAndRemovesContainers) {
  EXPECT_EQ(create("../c"), "c") << "the cleaned name is answered";
  EXPECT_EQ(create("c"), "c") << "a second time is no error";
  EXPECT_EQ(upload("hello", 3, {0, 1}), "uploaded");
  const auto list = decode<BlobList>(*call(kOpListObjects, Container{"c"}));
  ASSERT_EQ(list->blobs.size(), 1U);
  EXPECT_EQ(list->blobs[0].id, "b");
  EXPECT_EQ(list->blobs[0].container, "c");
  EXPECT_EQ(list->blobs[0].byte_size, 5U);
  EXPECT_EQ(error(kOpRemoveContainer, Container{"c"}), "container c is not empty");
  EXPECT_EQ(error(kOpRemoveObject, Blob{"b", "c", 0}), "answered");
  EXPECT_EQ(call(kOpRemoveContainer, Container{"c"}).value_or(to_bytes("?")), Bytes());
  EXPECT_EQ(error(kOpRemoveContainer, Container{"c"}), "no such container: c");
  EXPECT_EQ(error(kOpListObjects, Container{"c"}), "no such container: c");
}

TEST_F(FolderBlobStore, TellsTheSizeOfABlobAndNoneOfAMissingOne) {
  create("c");
  upload("hello", 5, {0});
  const auto there = decode<Blob>(*call(kOpGetObjectInfo, Blob{"b", "c", 0}));
  EXPECT_EQ(there->id + " " + there->container + " " + std::to_string(there->byte_size), "b c 5");
  for (const Blob& missing : {Blob{"x", "c", 0}, Blob{"b", "x", 0}}) {
    const auto none = decode<Blob>(*call(kOpGetObjectInfo, missing));
    EXPECT_EQ(none->id + " " + none->container + " " + std::to_string(none->byte_size),
              "none none 0");
  }
}

TEST_F(FolderBlobStore, PutsChunksTogetherInWhateverOrderTheyCome) {
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
                        {"no bytes, no chunk", "", 2, {}}};
  create("c");
  for (const Case& c : cases) {
    EXPECT_EQ(upload(c.content, c.size, c.order), "uploaded") << c.name;
    EXPECT_EQ(stored("root/c/b"), c.content) << c.name;
    EXPECT_EQ(leftovers(), 0U) << c.name;
  }
}

TEST_F(FolderBlobStore, ABlobAppearsOnlyWhenItIsComplete) {
  create("c");
  upload("old", 3, {0});
  EXPECT_EQ(upload("abcdefg", 2, {0, 1, 3}), "uploaded");
  EXPECT_EQ(stored("root/c/b"), "old");
  EXPECT_EQ(leftovers(), 1U);
  EXPECT_EQ(error(kOpUploadChunk, chunk("abcdefg", 2, 2)), "answered");
  EXPECT_EQ(stored("root/c/b"), "abcdefg");
  EXPECT_EQ(error(kOpUploadChunk, chunk("abcdefg", 2, 2)),
            "no upload of c/b is in progress: StartUpload begins one");
}

TEST_F(FolderBlobStore, RefusesChunksThatDoNotFit) {
  create("c");
  EXPECT_EQ(upload("abcdefg", 2, {}), "uploaded");
  FileChunk wrong = chunk("abcdefg", 2, 0);
  wrong.sequence_no = 4;
  EXPECT_EQ(error(kOpUploadChunk, wrong), "sequenceNo 4: the upload has 4 chunks, from 0 on");
  wrong.sequence_no = 3;
  EXPECT_EQ(error(kOpUploadChunk, wrong), "chunk 3 has 2 bytes and not 1");
  FileChunk huge = chunk("", 1, 0);
  huge.total_bytes = ~std::uint64_t{0};
  EXPECT_NE(error(kOpStartUpload, huge).find("MAX_BLOB_BYTES"), std::string::npos);
  huge.total_bytes = std::uint64_t{1} << 30;
  EXPECT_NE(error(kOpStartUpload, huge).find("send larger ones"), std::string::npos);
  huge.chunk_size = 0;
  EXPECT_EQ(error(kOpStartUpload, huge), "chunkSize is 0");
  EXPECT_EQ(error(kOpStartUpload, FileChunk{0, "nowhere", "b", 1, 1, {}, {}}),
            "no such container: nowhere");
}

TEST_F(FolderBlobStore, BoundsWhatAnActorHasInProgress) {
  create("c");
  for (std::size_t i = 0; i < kMaxUploads; ++i)
    EXPECT_EQ(error(kOpStartUpload, FileChunk{0, "c", std::to_string(i), 9, 1, {}, {}}),
              "answered");
  EXPECT_EQ(error(kOpStartUpload, FileChunk{0, "c", "more", 9, 1, {}, {}}),
            "more than 16 uploads at the same time: finish one first");
  EXPECT_EQ(error(kOpStartUpload, FileChunk{0, "c", "3", 9, 1, {}, {}}), "answered")
      << "the same once more takes its own place";
  EXPECT_EQ(leftovers(), kMaxUploads);
}

TEST_F(FolderBlobStore, UnbindingForgetsUnfinishedUploads) {
  create("c");
  upload("abcdefg", 2, {0, 1});
  EXPECT_EQ(leftovers(), 1U);
  EXPECT_TRUE(provider->unbind(kActor));
  EXPECT_TRUE(provider->unbind(kActor)) << "a second time is no error";
  EXPECT_EQ(leftovers(), 0U);
  EXPECT_EQ(error(kOpListObjects, Container{"c"}),
            "No client for this actor. Did the host configure it?");
}

TEST_F(FolderBlobStore, BindingAgainIsAnUpdate) {
  create("c");
  upload("abcdefg", 2, {0, 1, 2});
  EXPECT_TRUE(bind(kActor, "root")) << "the same values: what goes on goes on";
  EXPECT_EQ(error(kOpUploadChunk, chunk("abcdefg", 2, 3)), "answered");
  EXPECT_EQ(stored("root/c/b"), "abcdefg");
  EXPECT_TRUE(bind(kActor, "second"));
  EXPECT_EQ(error(kOpListObjects, Container{"c"}), "no such container: c");
  EXPECT_FALSE(provider->bind({kActor, {}})) << "a bad update";
  create("c");
  EXPECT_TRUE(fs::exists(folder / "second/c")) << "leaves the values of before";
}

TEST_F(FolderBlobStore, EachActorHasItsOwnFolder) {
  ASSERT_TRUE(bind(kOther, "other"));
  create("c");
  ASSERT_TRUE(call(kOpCreateContainer, Container{"c"}, kOther));
  upload("one", 3, {0});
  upload("two", 3, {0}, kOther);
  EXPECT_EQ(stored("root/c/b"), "one");
  EXPECT_EQ(stored("other/c/b"), "two");
}

TEST_F(FolderBlobStore, RefusesBindingsWithTheReason) {
  const auto none = provider->bind({kActor, {}});
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message().find("Missing configuration value: ROOT"), std::string::npos);
  std::ofstream(folder / "file") << "x";
  EXPECT_FALSE(bind(kActor, "file"));
  for (const char* bad : {"", "0", "-1", "1k", "99999999999999999999"}) {
    const auto bound = bind(kActor, "root", {{"MAX_BLOB_BYTES", bad}});
    ASSERT_FALSE(bound) << bad;
    EXPECT_NE(bound.error().message().find("MAX_BLOB_BYTES"), std::string::npos);
  }
}

TEST_F(FolderBlobStore, SymbolicLinksLeadNowhere) {
  create("c");
  fs::create_directories(folder / "outside");
  std::ofstream(folder / "outside/secret") << "secret";
  fs::create_directory_symlink(folder / "outside", folder / "root/link");
  fs::create_symlink(folder / "outside/secret", folder / "root/c/b");
  EXPECT_NE(error(kOpListObjects, Container{"link"}), "answered");
  EXPECT_NE(error(kOpStartDownload, StreamRequest{"b", "c", 0, {}}), "answered");
  EXPECT_TRUE(actor.calls().empty());
  EXPECT_EQ(decode<Blob>(*call(kOpGetObjectInfo, Blob{"b", "c", 0}))->id, "none");
  EXPECT_TRUE(decode<BlobList>(*call(kOpListObjects, Container{"c"}))->blobs.empty());
  EXPECT_EQ(upload("mine", 4, {0}), "uploaded") << "takes the link's place";
  EXPECT_EQ(stored("outside/secret"), "secret");
  EXPECT_EQ(stored("root/c/b"), "mine");
}

TEST_F(FolderBlobStore, DownloadsComeInChunksWithTheContextOfTheRequest) {
  create("c");
  upload("abcdefg", 7, {0});
  EXPECT_EQ(call(kOpStartDownload, StreamRequest{"b", "c", 3, "ctx"}).value_or(to_bytes("?")),
            Bytes());
  const auto chunks = received();
  ASSERT_EQ(chunks.size(), 3U);
  std::string content;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    EXPECT_EQ(chunks[i].sequence_no, i);
    EXPECT_EQ(chunks[i].total_bytes, 7U);
    EXPECT_EQ(chunks[i].chunk_size, 3U);
    EXPECT_EQ(chunks[i].container + "/" + chunks[i].id, "c/b");
    EXPECT_EQ(chunks[i].context, "ctx");
    content += to_text(chunks[i].chunk_bytes);
  }
  EXPECT_EQ(content, "abcdefg");
}

TEST_F(FolderBlobStore, DownloadsHaveADefaultSizeAndTellOfABlobWithoutBytes) {
  create("c");
  upload("", 1, {});
  ASSERT_TRUE(call(kOpStartDownload, StreamRequest{"b", "c", 0, {}}));
  const auto chunks = received();
  ASSERT_EQ(chunks.size(), 1U);
  EXPECT_EQ(chunks[0].total_bytes, 0U);
  EXPECT_EQ(chunks[0].chunk_size, 524'288U);
  EXPECT_FALSE(chunks[0].context);
  EXPECT_NE(error(kOpStartDownload, StreamRequest{"b", "c", kMaxChunkBytes + 1, {}}), "answered");
  EXPECT_NE(error(kOpStartDownload, StreamRequest{"x", "c", 0, {}}), "answered");
}

TEST_F(FolderBlobStore, ADownloadEndsWhenTheActorFailsOrIsUnbound) {
  create("c");
  upload("abcdefg", 7, {0});
  actor.answer = [](const Dispatch&) -> Result<Bytes> { return Error(Errc::kGuest, "full"); };
  EXPECT_EQ(error(kOpStartDownload, StreamRequest{"b", "c", 3, {}}), "answered");
  EXPECT_EQ(actor.calls().size(), 1U);
  EXPECT_EQ(log.count("warn blobstore download of c/b ended at chunk 0: full"), 1);
  actor.answer = [&](const Dispatch&) -> Result<Bytes> {
    EXPECT_TRUE(provider->unbind(kActor));
    return Bytes();
  };
  EXPECT_EQ(error(kOpStartDownload, StreamRequest{"b", "c", 3, {}}), "answered");
  EXPECT_EQ(actor.calls().size(), 2U);
}

TEST_F(FolderBlobStore, ADownloadIsOfTheBlobAsItWas) {
  create("c");
  upload("abcdefg", 7, {0});
  actor.answer = [&](const Dispatch&) -> Result<Bytes> {
    upload("XXXXXXX", 7, {0});
    return Bytes();
  };
  ASSERT_TRUE(call(kOpStartDownload, StreamRequest{"b", "c", 3, {}}));
  std::string content;
  for (const FileChunk& chunk : received()) content += to_text(chunk.chunk_bytes);
  EXPECT_EQ(content, "abcdefg");
}

TEST_F(FolderBlobStore, RefusesUnknownOperationsAndMalformedMessages) {
  EXPECT_EQ(error("Anything", Container{"c"}), "bad dispatch");
  EXPECT_EQ(error("BindActor", Container{"c"}), "bad dispatch") << "not from an actor";
  for (const std::string_view operation :
       {kOpCreateContainer, kOpRemoveContainer, kOpRemoveObject, kOpListObjects, kOpGetObjectInfo,
        kOpStartUpload, kOpUploadChunk, kOpStartDownload}) {
    const auto answer = provider->handle_call({kActor, operation, as_bytes("\xC1")});
    ASSERT_FALSE(answer) << operation;
    EXPECT_EQ(answer.error().message().rfind("Failed to de-serialize: ", 0), 0U)
        << answer.error().message();
  }
}

TEST_F(FolderBlobStore, ParallelTransfersOfTwoActorsDoNotMix) {
  ASSERT_TRUE(bind(kOther, "other"));
  ASSERT_TRUE(call(kOpCreateContainer, Container{"c"}));
  ASSERT_TRUE(call(kOpCreateContainer, Container{"c"}, kOther));
  constexpr std::size_t kBytes = 40'000, kSize = 1'000;
  const auto begin = [&](const std::string& who, const std::string& id) {
    return call(kOpStartUpload, FileChunk{0, "c", id, kBytes, kSize, {}, {}}, who);
  };
  // Four threads share the chunks of each of four blobs.
  std::vector<std::pair<std::string, std::string>> blobs;
  for (const std::string& who : {kActor, kOther})
    for (const char* id : {"x", "y"}) {
      ASSERT_TRUE(begin(who, id));
      blobs.emplace_back(who, id);
    }
  std::vector<std::jthread> threads;
  for (std::size_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < kBytes / kSize; ++i)
        for (std::size_t b = 0; b < blobs.size(); ++b) {
          if (i % 4 != (t + b) % 4) continue;
          const Bytes bytes(kSize, static_cast<std::byte>(b * 60 + i));
          EXPECT_TRUE(call(kOpUploadChunk,
                           FileChunk{i, "c", blobs[b].second, kBytes, kSize, bytes, {}},
                           blobs[b].first));
          EXPECT_TRUE(call(kOpListObjects, Container{"c"}, blobs[b].first));
        }
    });
  threads.clear();
  for (std::size_t b = 0; b < blobs.size(); ++b) {
    std::string expected;
    for (std::size_t i = 0; i < kBytes / kSize; ++i)
      expected += std::string(kSize, static_cast<char>(b * 60 + i));
    EXPECT_EQ(stored((blobs[b].first == kActor ? "root/c/" : "other/c/") + blobs[b].second),
              expected);
  }
}

}  // namespace
}  // namespace wascc::providers
