// Native providers from shared libraries: one behaviour in each language, and what is refused.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "claims/module.h"
#include "engine/wasmtime_engine.h"
#include "providers/archive.h"
#include "providers/native_provider.h"
#include "runtime/assembly.h"
#include "support/fake_dispatcher.h"
#include "support/guests.h"
#include "support/memory_log.h"
#include "support/signed_vectors.h"
#include "support/temporary_folder.h"
#include "wascc/host.h"
#include "wascc/msgpack.h"

namespace wascc::providers {
namespace {

const std::string kFolder = WASCC_TEST_PROVIDERS "/";

Result<std::unique_ptr<Provider>> load(const std::string& path, const Log& log) {
  return load_native_provider(path, {log, std::chrono::system_clock::time_point(), {}});
}

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
    auto provider = load(GetParam(), Log(lines_));
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

// What a test leaves in a folder of its own.
class Folder {
 public:
  std::string write(const std::string& name, ByteView bytes) const {
    EXPECT_TRUE(write_file_atomically(temporary_ / name, bytes));
    return temporary_ / name;
  }
  const std::string& path() const { return temporary_.path(); }

 private:
  test::TemporaryFolder temporary_;
};

Bytes archive_of(const std::string& library, const std::string& capability,
                 const std::string& target = this_target()) {
  ProviderArchive archive;
  archive.claims.id = "AAAAAAAAAAAAAAAAAAAAAA";
  archive.claims.issued_at = 1'600'000'000;
  archive.claims.subject = "VDGRJM37SVXJKMMU7573OOZ5QHOMKYOWDJ2TQCKLPQ7BUZB64XZ2VBVT";
  archive.claims.capability = capability;
  archive.claims.vendor = "wascc";
  archive.libraries.emplace(target, *read_file(library, 1 << 24));
  return *write_archive(std::move(archive), *claims::KeyPair::from_seed(test::kAccountSeed), true);
}

TEST(NativeArchive, TheLibraryOfThisMachineIsLoadedWithoutAFileOfItsOwn) {
  const Folder folder;
  test::FakeDispatcher dispatcher;
  const std::string path =
      folder.write("shout.par.gz", archive_of(shouts().front(), "example:shout"));
  const auto one = load(path, Log()), other = load(path, Log());
  ASSERT_TRUE(one) << one.error().message();
  ASSERT_TRUE(other) << other.error().message();
  for (const auto& provider : {one->get(), other->get()}) {
    ASSERT_TRUE(provider->start(dispatcher));
    EXPECT_EQ(provider->descriptor().id, "example:shout");
    provider->stop();
  }
}

TEST(NativeArchive, TwoArchivesAtOnceAreTwoLibraries) {
  const Folder folder;
  const auto shout =
      load(folder.write("a.par", archive_of(shouts().front(), "example:shout")), Log());
  const auto broken =
      load(folder.write("b.par", archive_of(kFolder + "start_fails.so", "test:broken")), Log());
  ASSERT_TRUE(shout && broken);
  EXPECT_EQ((*shout)->descriptor().id, "example:shout");
  EXPECT_EQ((*broken)->descriptor().id, "test:broken");
}

TEST(NativeArchive, SaysWhyItIsRefused) {
  const Folder folder;
  const auto refused = [&](ByteView bytes, claims::Trust trust = {}) {
    const std::string path = folder.write("x.par.gz", bytes);
    auto loaded =
        load_native_provider(path, {Log(), std::chrono::system_clock::time_point(), trust});
    if (loaded) return std::string("it was loaded");
    EXPECT_TRUE(loaded.error().message().starts_with("Plugin error: " + path))
        << loaded.error().message();
    return loaded.error().message();
  };
  const std::string shout = shouts().front();
  EXPECT_NE(refused(archive_of(shout, "example:shout", "riscv64-linux"))
                .find("No binary found in provider archive for " + this_target() +
                      ", only for riscv64-linux"),
            std::string::npos);
  EXPECT_NE(refused(archive_of(shout, "example:whisper"))
                .find("the token says example:whisper, and the library is a provider of "
                      "example:shout"),
            std::string::npos);
  EXPECT_NE(refused(archive_of(kFolder + "rust_2020.so", "example:shout"))
                .find("is a provider for the Rust host and must be rebuilt for this runtime"),
            std::string::npos);
  claims::Trust others;
  others.issuers = {"ACODERUVFFAWZQDSS6SBIACUA5O6SXF7HJ3YTYXBALHZP3P7R4BUO4J2"};
  EXPECT_NE(refused(archive_of(shout, "example:shout"), others).find("trusted issuers"),
            std::string::npos);
  Bytes damaged = archive_of(shout, "example:shout");
  damaged[damaged.size() / 2] ^= std::byte{1};
  EXPECT_NE(refused(damaged), "it was loaded");
}

// Asks example:shout, and answers with what comes back.
constexpr std::string_view kAsksForShouts = R"((module
  (import "wapc" "__guest_request" (func $request (param i32 i32)))
  (import "wapc" "__guest_response" (func $respond (param i32 i32)))
  (import "wapc" "__guest_error" (func $fail (param i32 i32)))
  (import "wapc" "__host_call" (func $call (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wapc" "__host_response" (func $answer (param i32)))
  (import "wapc" "__host_response_len" (func $length (result i32)))
  (import "wapc" "__host_error" (func $error (param i32)))
  (import "wapc" "__host_error_len" (func $error_length (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "example:shout") (data (i32.const 16) "Shout")
  (func (export "__guest_call") (param i32 i32) (result i32)
    (call $request (i32.const 512) (i32.const 1024))
    (if (result i32) (call $call (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 13)
                             (i32.const 16) (i32.const 5) (i32.const 1024) (local.get 1))
      (then (call $answer (i32.const 1024)) (call $respond (i32.const 1024) (call $length))
            (i32.const 1))
      (else (call $error (i32.const 1024)) (call $fail (i32.const 1024) (call $error_length))
            (i32.const 0))))))";

// A whole process: signed actor, manifest, native provider from a library and from an archive.
TEST(NativeDeployment, AnActorIsServedByTheProviderThatTheManifestLists) {
  const Folder folder;
  claims::Claims claims;
  claims.subject = test::kModuleKey;
  claims.capabilities = {"example:shout"};
  folder.write("actor.wasm", *claims::sign_module(test::assemble(kAsksForShouts), claims,
                                                  *claims::KeyPair::from_seed(test::kAccountSeed)));
  folder.write("shout.par.gz", archive_of(shouts().front(), "example:shout"));
  std::filesystem::copy_file(shouts().back(), folder.path() + "/shout.so");
  const auto engine = engine::make_wasmtime_engine();
  ASSERT_TRUE(engine);
  const manifest::Environment environment = [](std::string_view) -> std::optional<std::string> {
    return std::nullopt;
  };
  for (const std::string provider : {"shout.so", "./shout.par.gz"}) {
    folder.write("manifest.yaml",
                 as_bytes("actors: [actor.wasm]\ncapabilities: [{path: " + provider +
                          "}]\nbindings: [{actor: " + std::string(test::kModuleKey) +
                          ", capability: \"example:shout\", values: {END: ...}}]"));
    const auto deployment = runtime::deployment_at(folder.path(), environment);
    ASSERT_TRUE(deployment) << deployment.error().message();
    const SystemClock clock;
    test::MemoryLog lines;
    const Log log(lines);
    Host host(**engine, runtime::host_options(*deployment), log);
    const auto failed = runtime::assemble(host, *deployment,
                                          {**engine, clock, log, environment, load_native_provider},
                                          runtime::Front::kOptional, {});
    ASSERT_FALSE(failed) << failed->error.message();
    const auto said = host.call_actor(test::kModuleKey, "Any", encode(Text{"grüße"}));
    ASSERT_TRUE(said) << said.error().message();
    EXPECT_EQ(decode<Text>(*said)->text, "GRüßE...");
    const auto refused = host.call_actor(test::kModuleKey, "Any", as_bytes("\xC1"));
    EXPECT_NE(refused.error().message().find("Failed to de-serialize"), std::string::npos);
    host.stop();
  }
}

Error refusal(const std::string& path) {
  auto loaded = load(path, Log());
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
  const test::TemporaryFolder folder;
  const std::string path = folder / "library.so";
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
  const auto provider = *load(kFolder + "start_fails.so", Log());
  const Status started = provider->start(dispatcher);
  EXPECT_EQ(started.error().code(), Errc::kUnavailable);
  EXPECT_EQ(started.error().message(), "no server at 127.0.0.1:1");
}

}  // namespace
}  // namespace wascc::providers
