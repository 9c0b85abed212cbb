#include "base/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "support/temporary_folder.h"

namespace wascc {
namespace {

class File : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return temporary_ / name; }

  const test::TemporaryFolder temporary_;
  const std::string folder_ = temporary_.path();
};

TEST_F(File, ReadsWhatWasWritten) {
  const Bytes bytes = to_bytes(std::string("a\0b\xFF", 4));
  ASSERT_TRUE(write_file_atomically(path("file"), bytes));
  EXPECT_EQ(read_file(path("file"), 4).value(), bytes);
}

TEST_F(File, ReadsAnEmptyFileAndFilesWithoutASize) {
  ASSERT_TRUE(write_file_atomically(path("empty"), {}));
  EXPECT_TRUE(read_file(path("empty"), 0).value().empty());
  EXPECT_FALSE(read_file("/proc/self/status", 1 << 20).value().empty());
}

TEST_F(File, ReadsAStartAndNoMoreThanThereIs) {
  ASSERT_TRUE(write_file_atomically(path("file"), as_bytes("12345")));
  EXPECT_EQ(as_text(read_file_start(path("file"), 3).value()), "123");
  EXPECT_EQ(as_text(read_file_start(path("file"), 6).value()), "12345");
  EXPECT_EQ(read_file_start(path("none"), 6).error().code(), Errc::kNotFound);
}

TEST_F(File, RefusesMoreThanTheLimit) {
  ASSERT_TRUE(write_file_atomically(path("file"), as_bytes("12345")));
  EXPECT_EQ(read_file(path("file"), 4).error().code(), Errc::kTooLarge);
  EXPECT_EQ(read_file("/proc/self/status", 4).error().code(), Errc::kTooLarge);
}

TEST_F(File, SaysWhichFileIsMissingInTheReferenceWords) {
  const auto missing = read_file(path("none"), 1);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), Errc::kNotFound);
  EXPECT_EQ(missing.error().message(),
            path("none") + ": I/O error: No such file or directory (os error 2)");
}

TEST_F(File, RefusesWhatIsNoRegularFile) {
  EXPECT_EQ(read_file(folder_, 1).error().code(), Errc::kUnavailable);
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_file(path("pipe"), 1).error().code(), Errc::kUnavailable);
}

TEST_F(File, ReplacesAFileAndLeavesNothingBeside) {
  ASSERT_TRUE(write_file_atomically(path("file"), as_bytes("old"), 0600));
  ASSERT_TRUE(write_file_atomically(path("file"), as_bytes("new"), 0600));
  EXPECT_EQ(to_text(read_file(path("file"), 3).value()), "new");
  struct stat info;
  ASSERT_EQ(::stat(path("file").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(File, AFailedWriteLeavesTheFolderAsItWas) {
  EXPECT_EQ(write_file_atomically(path("no/such"), {}).error().code(), Errc::kNotFound);
  std::filesystem::create_directory(path("taken"));
  EXPECT_FALSE(write_file_atomically(path("taken"), as_bytes("x")));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

}  // namespace
}  // namespace wascc
