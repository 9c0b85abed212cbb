#include "package/lock.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "package/layout.h"

namespace wascc::package {
namespace {

std::vector<ZipEntry> entries() {
  return {{"bootstrap", to_bytes("b"), true}, {"é.wasm", to_bytes("w"), false}};
}

Lock lock_of(const std::vector<ZipEntry>& files) {
  Lock lock;
  lock.runtime = {RuntimePlace::kLayer, false, "engine 1", sha256_hex(as_bytes("b"))};
  lock.native_code = "engine 1 cpu";
  for (const ZipEntry& file : files) lock.files.push_back(locked(file));
  return lock;
}

TEST(Lock, ReadsBackWhatItWrote) {
  const auto read = parse_lock(write_lock(lock_of(entries())));
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->runtime.place, RuntimePlace::kLayer);
  EXPECT_FALSE(read->runtime.compiles);
  EXPECT_EQ(read->runtime.engine, "engine 1");
  EXPECT_EQ(read->runtime.sha256, sha256_hex(as_bytes("b")));
  EXPECT_EQ(read->native_code, "engine 1 cpu");
  EXPECT_TRUE(differences(*read, entries()).empty());
}

TEST(Lock, TellsWhatWasFetched) {
  Lock lock = lock_of(entries());
  lock.fetched.push_back({"é.wasm", "example.com/echo:1", "sha256:00"});
  EXPECT_NE(write_lock(lock).find(R"("fetched":[{"file":"é.wasm","reference":)"
                                  R"("example.com/echo:1","digest":"sha256:00"}])"),
            std::string::npos);
}

TEST(Lock, NamesEveryDifference) {
  struct Case {
    const char* difference;
    std::vector<ZipEntry> now;
  };
  const Case cases[] = {
      {"é.wasm is missing", {{"bootstrap", to_bytes("b"), true}}},
      {"é.wasm has been changed", {{"bootstrap", to_bytes("b"), true}, {"é.wasm", to_bytes("x")}}},
      {"bootstrap has another mode", {{"bootstrap", to_bytes("b")}, {"é.wasm", to_bytes("w")}}},
      {"more has been added",
       {{"bootstrap", to_bytes("b"), true}, {"é.wasm", to_bytes("w")}, {"more", {}}}}};
  for (const Case& c : cases)
    EXPECT_EQ(differences(lock_of(entries()), c.now), std::vector<std::string>{c.difference});
}

TEST(Lock, RefusesWhatIsNone) {
  for (const char* text : {"", "[]", "{}", R"({"format":2})", R"({"format":1,"files":[]})",
                           R"({"format":1,"runtime":{"engine":"e"}})",
                           R"({"format":1,"runtime":{"in":"attic","engine":"e"},"files":[]})",
                           R"({"format":1,"runtime":{"in":"layer","engine":"e"}})"})
    EXPECT_EQ(parse_lock(text).error().code(), Errc::kMalformed) << text;
}

}  // namespace
}  // namespace wascc::package
