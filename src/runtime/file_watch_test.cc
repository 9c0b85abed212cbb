#include "runtime/file_watch.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>

#include "support/temporary_folder.h"

namespace wascc::runtime {
namespace {

namespace fs = std::filesystem;

struct FileWatchTest : testing::Test {
  const test::TemporaryFolder temporary;
  const fs::path folder = temporary.path();
  std::mutex mutex;
  std::condition_variable told;
  std::set<std::size_t> changed;

  void write(const fs::path& name, const std::string& text) {
    std::ofstream(folder / name) << text;
  }
  FileWatch::Changed note() {
    return [this](std::size_t file) {
      const std::scoped_lock lock(mutex);
      changed.insert(file);
      told.notify_all();
    };
  }
  void wait_for(std::size_t file) {
    std::unique_lock lock(mutex);
    told.wait(lock, [&] { return changed.contains(file); });
  }
};

TEST_F(FileWatchTest, TellsOfAFileThatIsWrittenAndOfOneThatIsMovedThere) {
  const auto watch = FileWatch::start({(folder / "a").string(), (folder / "b").string()}, note());
  ASSERT_TRUE(watch) << watch.error().message();
  write("unwatched", "x");
  write("a", "x");
  wait_for(0);
  write("new", "x");
  fs::rename(folder / "new", folder / "b");
  wait_for(1);
  EXPECT_EQ(changed, (std::set<std::size_t>{0, 1}));
}

TEST_F(FileWatchTest, TellsEveryPlaceOfAFileThatIsListedTwice) {
  const std::string a = (folder / "a").string();
  const auto watch = FileWatch::start({a, a}, note());
  ASSERT_TRUE(watch);
  write("a", "x");
  wait_for(0);
  wait_for(1);
}

TEST_F(FileWatchTest, SaysWhichFolderIsNotThere) {
  const auto watch = FileWatch::start({(folder / "none" / "a").string()}, note());
  ASSERT_FALSE(watch);
  EXPECT_NE(watch.error().message().find("none"), std::string::npos);
}

}  // namespace
}  // namespace wascc::runtime
