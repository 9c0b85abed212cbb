#include "providers/blobstore_folder.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>

#include "conformance/blobstore_conformance.h"
#include "support/fake_dispatcher.h"
#include "support/memory_log.h"
#include "support/temporary_folder.h"

namespace wascc::providers {
namespace {

namespace fs = std::filesystem;
using namespace wascc::blobstore;

const std::string kActor = "M" + std::string(55, 'A'), kOther = "M" + std::string(55, 'B');

struct FolderBlobStore : testing::Test {
  const test::TemporaryFolder temporary;
  const fs::path folder = temporary.path();
  test::MemoryLog log;
  test::FakeDispatcher actor;
  std::unique_ptr<FolderBlobStoreProvider> provider;

  void SetUp() override {
    provider = std::make_unique<FolderBlobStoreProvider>(Log(log));
    ASSERT_TRUE(provider->start(actor));
    ASSERT_TRUE(bind(kActor, "root"));
  }
  void TearDown() override {
    provider->stop();
    provider.reset();
  }

  Status bind(const std::string& who, const std::string& root) {
    return provider->bind({who, {{"ROOT", (folder / root).string()}}});
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

TEST_F(FolderBlobStore, WhatIsUnfinishedLiesBesideTheContainersAndGoesWithItsBinding) {
  EXPECT_EQ(create("../c"), "c") << "the cleaned name is answered";
  EXPECT_EQ(upload("abcdefg", 2, {0, 1, 2}), "uploaded");
  EXPECT_EQ(stored("root/c/b"), "(nothing)");
  EXPECT_EQ(leftovers(), 1U);
  EXPECT_EQ(error(kOpUploadChunk, chunk("abcdefg", 2, 3)), "answered");
  EXPECT_EQ(stored("root/c/b"), "abcdefg");
  EXPECT_EQ(leftovers(), 0U);
  EXPECT_EQ(upload("1234567", 2, {0, 1, 2}), "uploaded");
  EXPECT_EQ(leftovers(), 1U);
  EXPECT_TRUE(provider->unbind(kActor));
  EXPECT_EQ(leftovers(), 0U);
  EXPECT_EQ(stored("root/c/b"), "abcdefg");
}

TEST_F(FolderBlobStore, BindingAgainWithAnotherFolderIsAnUpdate) {
  create("c");
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

struct FolderUnderTest final : test::BlobStoreUnderTest {
  const test::TemporaryFolder root;
  test::MemoryLog log;
  FolderBlobStoreProvider folder{Log(log)};

  Provider& provider() override { return folder; }
  StringMap values() override { return {{"ROOT", root.path()}}; }
};

std::unique_ptr<test::BlobStoreUnderTest> make_folder() {
  return std::make_unique<FolderUnderTest>();
}

}  // namespace
}  // namespace wascc::providers

namespace wascc::test {
INSTANTIATE_TEST_SUITE_P(InAFolder, BlobStoreConformance, testing::Values(&providers::make_folder));
}  // namespace wascc::test
