// Real signed modules in a real host: which replacements are made, and which are refused.
#include "runtime/reload.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "base/file.h"
#include "claims/module.h"
#include "support/guests.h"
#include "support/manual_clock.h"
#include "support/signed_vectors.h"
#include "support/temporary_folder.h"

namespace wascc::runtime {
namespace {

namespace fs = std::filesystem;
const std::string kKey(test::kModuleKey);

// A module that answers each call with one letter.
Bytes letter(char letter) {
  return test::assemble(
      std::string(R"((module (import "wapc" "__guest_response" (func $answer (param i32 i32)))
        (memory (export "memory") 1) (data (i32.const 0) ")") +
      letter + R"(")
        (func (export "__guest_call") (param i32 i32) (result i32)
          (call $answer (i32.const 0) (i32.const 1)) (i32.const 1))))");
}

claims::Claims says(const std::string& name) {
  claims::Claims claims;
  claims.subject = kKey;
  claims.name = name;
  return claims;
}

Bytes sign(ByteView module, const claims::Claims& claims,
           std::string_view issuer = test::kAccountSeed) {
  auto signed_module = claims::sign_module(module, claims, *claims::KeyPair::from_seed(issuer));
  EXPECT_TRUE(signed_module) << signed_module.error().message();
  return *signed_module;
}

struct ReloadTest : testing::Test {
  // The wall clock stands still for the tokens; deadlines are the engine's, which has a real clock.
  struct TokenClock final : Clock {
    std::chrono::system_clock::time_point now() const override { return still.now(); }
    std::chrono::steady_clock::time_point steady_now() const override {
      return std::chrono::steady_clock::now();
    }
    test::ManualClock still;
  } clock;
  const test::TemporaryFolder temporary;
  const fs::path folder = temporary.path();
  std::unique_ptr<engine::Engine> engine = test::real_engine();
  Host host{*engine, {}, Log()};
  claims::Trust trust;

  std::string path() const { return folder / "actor.wasm"; }
  void write(const Bytes& bytes) { ASSERT_TRUE(write_file_atomically(path(), bytes)); }
  Reload reload() { return Reload(host, loader(), clock, {{kKey, path()}}); }
  ActorLoader loader() { return ActorLoader(*engine, clock, Log(), trust); }
  void start(const Bytes& wasm) {
    write(wasm);
    auto loaded = loader().load(path());
    ASSERT_TRUE(loaded) << loaded.error().message();
    ASSERT_TRUE(host.add_actor(std::move(loaded->claims), std::move(loaded->module)));
  }
  std::string answer() { return to_text(*host.call_actor(kKey, "Op", {})); }
  static std::string text(const Result<std::string>& done) {
    return done ? *done : done.error().message();
  }
};

TEST_F(ReloadTest, TakesWhatTheFileHoldsNow) {
  const Bytes first = sign(letter('a'), says("one"));
  start(first);
  Reload changes = reload();
  EXPECT_EQ(text(changes.from_file(kKey)), "unchanged: one (" + kKey + ")");
  write(sign(letter('b'), says("two")));
  EXPECT_EQ(text(changes.from_file(kKey)), "replaced: two (" + kKey + ")");
  EXPECT_EQ(answer(), "b");
  EXPECT_EQ(text(changes.from_bytes(kKey, first)), "replaced: one (" + kKey + ")");
  EXPECT_EQ(answer(), "a");
}

TEST_F(ReloadTest, RefusesWhatIsNotSoundAndKeepsTheOldActor) {
  start(sign(letter('a'), says("one")));
  Reload changes = reload();
  claims::Claims expired = says("late");
  expired.expires = 1;
  claims::Claims other = says("other");
  other.subject = "MB4OLDIC3TCZ4Q4TGGOVAZC43VXFE2JQVRAXQMQFXUCREOOFEKOKZTY2";
  Bytes forged = sign(letter('b'), says("two"));
  forged[forged.size() - 2] ^= std::byte{1};  // in the token's last bytes: its signature
  Bytes changed = sign(letter('b'), says("two"));
  changed[9] ^= std::byte{1};
  const claims::KeyPair stranger = claims::KeyPair::generate(claims::KeyKind::kAccount);
  const struct {
    const char* what;
    Bytes wasm;
    const char* why;
  } cases[] = {
      {"another subject", sign(letter('b'), other),
       "Failed to perform hot swap: the new module is another actor"},
      {"another issuer", sign(letter('b'), says("two"), stranger.seed().view()),
       "Failed to perform hot swap: the new module's issuer is"},
      {"expired", sign(letter('b'), expired), "Expired token"},
      {"bad signature", forged, ""},
      {"bad hash", changed, ""},
      {"unsigned", letter('b'), ""},
      {"no module", to_bytes("größer"), ""},
      {"does not start",
       sign(test::assemble(R"((module (memory (export "memory") 1)
          (func (export "wapc_init") unreachable)
          (func (export "__guest_call") (param i32 i32) (result i32) (i32.const 1))))"),
            says("two")),
       "Failed to perform hot swap: waPC failure: start function wapc_init"},
  };
  for (const auto& c : cases) {
    const auto done = changes.from_bytes(kKey, c.wasm);
    ASSERT_FALSE(done) << c.what;
    EXPECT_NE(done.error().message().find(c.why), std::string::npos)
        << c.what << ": " << done.error().message();
    write(c.wasm);
    EXPECT_FALSE(changes.from_file(kKey)) << c.what;
    EXPECT_EQ(answer(), "a") << c.what;
  }
  EXPECT_EQ(host.actor(kKey)->name, "one");
}

TEST_F(ReloadTest, KnowsOnlyActorsThatRun) {
  start(sign(letter('a'), says("one")));
  Reload changes = reload();
  EXPECT_EQ(changes.from_file("MX").error().code(), Errc::kNotFound);
  EXPECT_EQ(changes.from_bytes("MX", sign(letter('a'), says("one"))).error().code(),
            Errc::kNotFound);
}

}  // namespace
}  // namespace wascc::runtime
