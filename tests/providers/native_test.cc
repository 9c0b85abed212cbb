// Native providers from shared libraries: one behaviour in each language, and what is refused.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "providers/native_provider.h"
#include "support/fake_dispatcher.h"
#include "support/memory_log.h"
#include "wascc/msgpack.h"

namespace wascc::providers {
namespace {

const std::string kFolder = WASCC_TEST_PROVIDERS "/";

struct Text {
  std::string text;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("text", self.text);
  }
};

// example:shout, in whatever language it was written.
class ShoutTest : public testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<Provider> started() {
    auto provider = load_native_provider(GetParam(), Log(lines_));
    EXPECT_TRUE(provider) << provider.error().message();
    EXPECT_TRUE((*provider)->start(dispatcher_));
    return *std::move(provider);
  }
  static Result<std::string> shout(Provider& provider, std::string_view actor, std::string text) {
    WASCC_TRY(const Bytes answer,
              provider.handle_call({actor, "Shout", encode(Text{std::move(text)}), kNoDeadline}));
    WASCC_TRY(Text said, decode<Text>(answer));
    return said.text;
  }

  test::MemoryLog lines_;
  test::FakeDispatcher dispatcher_;
};

TEST_P(ShoutTest, ServesTwoActorsEachAsItsBindingSays) {
  const auto provider = started();
  EXPECT_EQ(provider->descriptor().id, "example:shout");
  ASSERT_TRUE(provider->bind({"MA", {}}));
  ASSERT_TRUE(provider->bind({"MB", {{"OTHER", "x"}, {"END", "?!"}}}));
  EXPECT_EQ(*shout(*provider, "MA", "hello"), "HELLO!");
  EXPECT_EQ(*shout(*provider, "MB", "hello"), "HELLO?!");
  ASSERT_TRUE(provider->bind({"MA", {{"END", "."}}}));
  EXPECT_EQ(*shout(*provider, "MA", "hello"), "HELLO.");
  ASSERT_TRUE(provider->unbind("MA"));
  ASSERT_TRUE(provider->unbind("MA"));
  EXPECT_EQ(shout(*provider, "MA", "hello").error().code(), Errc::kDenied);
  EXPECT_EQ(*shout(*provider, "MB", "hello"), "HELLO?!");
  provider->stop();
}

TEST_P(ShoutTest, TwoInstancesOfOneLibraryKnowNothingOfEachOther) {
  const auto one = started();
  const auto other = started();
  ASSERT_TRUE(one->bind({"MA", {}}));
  EXPECT_EQ(*shout(*one, "MA", "a"), "A!");
  EXPECT_EQ(shout(*other, "MA", "a").error().message(), "no binding");
  one->stop();
  other->stop();
}

TEST_P(ShoutTest, RefusesWhatItDoesNotKnow) {
  const auto provider = started();
  const auto unknown = provider->handle_call({"MA", "Whisper", {}, kNoDeadline});
  EXPECT_EQ(unknown.error().code(), Errc::kUnsupported);
  EXPECT_EQ(unknown.error().message(), "bad dispatch");
  EXPECT_EQ(provider->bind({"MA", {{"END", ""}}}).error().code(), Errc::kInvalid);
  ASSERT_TRUE(provider->bind({"MA", {}}));
  EXPECT_EQ(provider->handle_call({"MA", "Shout", as_bytes("\xC1"), kNoDeadline}).error().code(),
            Errc::kMalformed);
  provider->stop();
}

// The libraries that the build made: in C, in C++ by two compilers, in Rust.
std::vector<std::string> shouts() {
  std::vector<std::string> paths(1);
  for (const char c : std::string_view(WASCC_SHOUTS))
    c == ',' ? static_cast<void>(paths.emplace_back()) : paths.back().push_back(c);
  return paths;
}

std::string stem(const testing::TestParamInfo<std::string>& info) {
  return std::filesystem::path(info.param).stem();
}

INSTANTIATE_TEST_SUITE_P(Providers, ShoutTest, testing::ValuesIn(shouts()), stem);

Error refusal(const std::string& path) {
  auto loaded = load_native_provider(path, Log());
  if (loaded) return Error(Errc::kInternal, "it was loaded");
  return std::move(loaded).error();
}

bool contains(const Error& error, std::string_view text) {
  return error.message().find(text) != std::string::npos;
}

TEST(NativeLibrary, AProviderOfTheRustHostIsRefusedByItsName) {
  EXPECT_EQ(
      refusal(kFolder + "rust_2020.so").message(),
      "Plugin error: " + kFolder +
          "rust_2020.so is a provider for the Rust host and must be rebuilt for this runtime");
}

TEST(NativeLibrary, SaysWhatIsMissing) {
  const struct {
    const char* file;
    Errc code;
    const char* text;
  } kCases[] = {
      {"no_entry.so", Errc::kMalformed,
       "no_entry.so is no provider: it does not export wascc_capability_provider_v1"},
      {"missing_symbol.so", Errc::kUnavailable, "undefined symbol: nobody_defines_this"},
      {"missing_library.so", Errc::kUnavailable,
       "libgone.so: cannot open shared object file: No such file or directory (a library that a "
       "provider needs is searched for beside it if it was linked with the run path $ORIGIN)"},
      {"version_2.so", Errc::kUnsupported, "version_2.so speaks version 2"},
      {"not_there.so", Errc::kNotFound, "not_there.so: I/O error: No such file or directory"},
      {"", Errc::kUnavailable, "not a regular file"},
  };
  for (const auto& c : kCases) {
    const Error error = refusal(kFolder + c.file);
    EXPECT_EQ(error.code(), c.code) << error.message();
    EXPECT_TRUE(error.message().starts_with("Plugin error: ")) << error.message();
    EXPECT_TRUE(contains(error, c.text)) << error.message();
  }
}

TEST(NativeLibrary, RefusesWhatIsNotForThisProcessor) {
  Bytes library = *read_file(kFolder + "no_entry.so", 1 << 20);
  const std::string path = testing::TempDir() + "wascc-elf-" + std::to_string(::getpid());
  library[18] = std::byte{0xF3};  // e_machine: RISC-V
  ASSERT_TRUE(write_file_atomically(path, library));
  EXPECT_TRUE(contains(refusal(path), "was built for another processor than this"));
  ASSERT_TRUE(write_file_atomically(path, as_bytes("#!/bin/sh\n")));
  EXPECT_TRUE(contains(refusal(path), "is no shared library"));
  ASSERT_TRUE(write_file_atomically(path, ByteView(library).first(64)));
  EXPECT_FALSE(contains(refusal(path), "it was loaded"));
  std::filesystem::remove(path);
}

TEST(NativeLibrary, AProviderThatCannotStartSaysWhy) {
  test::FakeDispatcher dispatcher;
  const auto provider = *load_native_provider(kFolder + "start_fails.so", Log());
  const Status started = provider->start(dispatcher);
  EXPECT_EQ(started.error().code(), Errc::kUnavailable);
  EXPECT_EQ(started.error().message(), "no server at 127.0.0.1:1");
}

}  // namespace
}  // namespace wascc::providers
