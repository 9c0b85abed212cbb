#include "package/zip.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "base/file.h"
#include "support/temporary_folder.h"

namespace wascc::package {
namespace {

struct Zip : testing::Test {
  const test::TemporaryFolder folder;
  std::string temporary(const std::string& name) const { return folder / name; }
};

std::vector<ZipEntry> sample() {
  return {{"bootstrap", to_bytes(std::string(100'000, 'b')), true},
          {"actors/echo.wasm", to_bytes(std::string("\0asm\1\0\0\0", 8)), false},
          {"empty", {}, false}};
}

TEST_F(Zip, GivesBackWhatWasWritten) {
  const std::string path = temporary("round.zip");
  ASSERT_TRUE(write_zip(path, sample()));
  const auto read = read_zip(path);
  ASSERT_TRUE(read) << read.error().message();
  const auto expected = sample();
  ASSERT_EQ(read->size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ((*read)[i].name, expected[i].name);
    EXPECT_EQ((*read)[i].content, expected[i].content);
    EXPECT_EQ((*read)[i].executable, expected[i].executable);
  }
}

TEST_F(Zip, IsTheSameInEveryTimeZoneAndUnderEveryName) {
  const std::string first = temporary("first.zip"), second = temporary("second.zip");
  ::setenv("TZ", "Pacific/Kiritimati", 1);
  ASSERT_TRUE(write_zip(first, sample()));
  ::setenv("TZ", "America/Adak", 1);
  ASSERT_TRUE(write_zip(second, sample()));
  ::unsetenv("TZ");
  EXPECT_EQ(*read_file(first, 1 << 20), *read_file(second, 1 << 20));
}

// zlib's best makes 74,817 bytes of it, libdeflate 62,515.
TEST_F(Zip, IsSmallerThanTheUsualCompressionMakesIt) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i * i);
  const std::string path = temporary("small.zip");
  ASSERT_TRUE(write_zip(path, std::vector<ZipEntry>{{"text", to_bytes(text), false}}));
  EXPECT_LT(read_file(path, 1 << 20)->size(), 70'000);
}

TEST_F(Zip, LeavesNothingBehindWhereItCannotWrite) {
  EXPECT_FALSE(write_zip("/proc/none/function.zip", sample()));
}

TEST_F(Zip, RefusesEveryFlippedByteOrReadsTheSame) {
  const std::string path = temporary("whole.zip"), changed = temporary("changed.zip");
  ASSERT_TRUE(write_zip(path, sample()));
  const Bytes whole = *read_file(path, 1 << 20);
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    Bytes bytes = whole;
    bytes[at] ^= std::byte{0x55};
    ASSERT_TRUE(write_file_atomically(changed, bytes));
    const auto read = read_zip(changed);  // dates, names and modes may differ; contents may not
    if (!read) continue;
    for (const ZipEntry& entry : *read) {
      bool known = false;
      for (const ZipEntry& one : sample()) known |= one.content == entry.content;
      EXPECT_TRUE(known) << "byte " << at;
    }
  }
}

TEST_F(Zip, RefusesMoreThanItsLimitsWhateverItClaims) {
  const std::string path = temporary("limits.zip");
  ASSERT_TRUE(write_zip(path, sample()));
  EXPECT_EQ(read_zip(path, {.entries = 2}).error().code(), Errc::kTooLarge);
  EXPECT_EQ(read_zip(path, {.bytes = 99'999}).error().code(), Errc::kTooLarge);
}

TEST_F(Zip, RefusesNamesThatLeaveTheFolder) {
  for (const char* name : {"../x", "/x", "a/../../x", "a//b", "./a", "a\\b", "", "a/..", "a\nb"})
    EXPECT_FALSE(is_inside(name)) << name;
  for (const char* name : {"bootstrap", "actors/echo.wasm", "..a", "é.wasm"})
    EXPECT_TRUE(is_inside(name)) << name;
  const std::string path = temporary("escape.zip");
  ASSERT_TRUE(write_zip(path, std::vector<ZipEntry>{{"../x", {}, false}}));
  EXPECT_EQ(read_zip(path).error().code(), Errc::kMalformed);
  ASSERT_TRUE(write_zip(path, std::vector<ZipEntry>{{"x", {}, false}, {"x", {}, false}}));
  EXPECT_EQ(read_zip(path).error().code(), Errc::kMalformed);
}

TEST_F(Zip, TellsNoZipFromNoFile) {
  EXPECT_EQ(read_zip(temporary("none.zip")).error().code(), Errc::kNotFound);
  const std::string path = temporary("text.zip");
  ASSERT_TRUE(write_file_atomically(path, as_bytes("not a ZIP")));
  EXPECT_EQ(read_zip(path).error().code(), Errc::kMalformed);
}

}  // namespace
}  // namespace wascc::package
