#include "base/file_content.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "support/temporary_folder.h"

namespace wascc {
namespace {

class FileContentTest : public testing::Test {
 protected:
  std::string file(const std::string& name, std::string_view text) const {
    const std::string path = folder_ / name;
    EXPECT_TRUE(write_file_atomically(path, as_bytes(text)));
    return path;
  }

  const test::TemporaryFolder folder_;
};

TEST_F(FileContentTest, IsTheWholeFileCopiedOrMapped) {
  for (const std::string& text :
       {std::string("short"), std::string(), std::string(70'000, 'x') + "end"}) {
    const std::string path = file("a", text);
    const auto copied = FileContent::copied(path, 1 << 20);
    const auto mapped = FileContent::mapped(path, 1 << 20);
    ASSERT_TRUE(copied && mapped);
    EXPECT_EQ(as_text(copied->bytes()), text);
    EXPECT_EQ(as_text(mapped->bytes()), text);
  }
}

TEST_F(FileContentTest, StaysTheFileThatWasMappedWhenAnotherTakesItsName) {
  const std::string path = file("b", "first");
  const auto mapped = FileContent::mapped(path, 100);
  file("b", "second");
  ASSERT_TRUE(mapped);
  EXPECT_EQ(as_text(mapped->bytes()), "first");
  std::string again(5, ' ');
  EXPECT_EQ(::pread(mapped->mapped_file(), again.data(), again.size(), 0), 5);
  EXPECT_EQ(again, "first");
  EXPECT_EQ(FileContent::copied(path, 100)->mapped_file(), -1);
}

TEST_F(FileContentTest, IsRefusedAsReadingIsRefused) {
  const std::string path = file("c", "12345");
  EXPECT_EQ(FileContent::mapped(path, 4).error().code(), Errc::kTooLarge);
  EXPECT_TRUE(FileContent::mapped(path, 5));
  EXPECT_EQ(FileContent::mapped(path + ".none", 4).error().code(), Errc::kNotFound);
  EXPECT_EQ(FileContent::mapped("/dev/null", 4).error().code(), Errc::kUnavailable);
  EXPECT_EQ(FileContent::mapped(folder_.path(), 4).error().code(), Errc::kUnavailable);
}

}  // namespace
}  // namespace wascc
