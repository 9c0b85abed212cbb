// Providers that a folder brings: portable and native ones, listed or found.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "support/assembly_fixture.h"
#include "support/fake_provider.h"
#include "support/guests.h"
#include "wascc/messages/keyvalue.h"

namespace wascc::runtime {
namespace {

// Asks test:double to double its payload, and answers with what comes back.
constexpr std::string_view kAsksForDoubles = R"((module
  (import "wapc" "__guest_request" (func $request (param i32 i32)))
  (import "wapc" "__guest_response" (func $respond (param i32 i32)))
  (import "wapc" "__host_call" (func $call (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wapc" "__host_response" (func $answer (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "test:double") (data (i32.const 16) "double")
  (func (export "__guest_call") (param i32 i32) (result i32)
    (call $request (i32.const 512) (i32.const 1024))
    (if (i32.eqz (call $call (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 11)
                             (i32.const 16) (i32.const 6) (i32.const 1024) (local.get 1)))
      (then unreachable))
    (call $answer (i32.const 1024))
    (call $respond (i32.const 1024) (local.get 1))
    (i32.const 1))))";

TEST_F(AssemblyTest, BindsAnActorToAPortableProviderWithWhatTheManifestGrants) {
  write("actor.wasm",
        sign(test::assemble(kAsksForDoubles), {"awslambda:event", "test:double"}, kKey));
  write("double.wasm", sign(test::guest("portable_provider"), {}, kOtherKey, true));
  manifest(
      "actors: [actor.wasm]\ncapabilities: [{path: double.wasm, folders: [/tmp]}]\n"
      "bindings: [{actor: " +
      kKey + ", capability: \"test:double\"}]");
  ASSERT_EQ(run(), "");
  EXPECT_EQ(to_text(*host_->call_actor(kKey, "Any", as_bytes("\x15"))), "\x2a");
}

// As test:double describes itself, but it answers with its arguments and then its environment, each
// entry with the NUL at its end.
constexpr std::string_view kTellsArguments = R"((module
  (import "wapc" "__guest_response" (func $respond (param i32 i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get"
    (func $environ_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\86\a2id\abtest:double\a4name\a6Double\a7version\a51.0.0\a8revision\00\b0long_description\a0\b4supported_operations\90")
  (func (export "__guest_call") (param $operation i32) (param i32) (result i32)
    (if (i32.eq (local.get $operation) (i32.const 23)) (then ;; GetCapabilityDescriptor
      (call $respond (i32.const 0) (i32.const 92)) (return (i32.const 1))))
    (drop (call $args_sizes (i32.const 128) (i32.const 132)))
    (drop (call $environ_sizes (i32.const 136) (i32.const 140)))
    (drop (call $args (i32.const 1024) (i32.const 2048)))
    (drop (call $environ (i32.const 1024) (i32.add (i32.const 2048) (i32.load (i32.const 132)))))
    (call $respond (i32.const 2048) (i32.add (i32.load (i32.const 132)) (i32.load (i32.const 140))))
    (i32.const 1))))";

TEST_F(AssemblyTest, GivesAPortableProviderItsArgumentsAndItsEnvironmentAndNoOther) {
  write("actor.wasm",
        sign(test::assemble(kAsksForDoubles), {"awslambda:event", "test:double"}, kKey));
  write("tells.wasm", sign(test::assemble(std::string(kTellsArguments)), {}, kOtherKey, true));
  manifest(
      "actors: [actor.wasm]\ncapabilities:\n"
      "  - {path: tells.wasm, arguments: [tally, --by, 7], environment: {STEP: x, NONE: ''}}\n"
      "bindings: [{actor: " +
      kKey + ", capability: \"test:double\"}]");
  ASSERT_EQ(run(), "");
  using std::string_literals::operator""s;
  const std::string told = "tally\0--by\0007\0STEP=x\0NONE=\0"s;
  // The actor passes on as many bytes as it was sent; one more shows that no more came.
  const std::string as_long(told.size() + 1, '-');
  EXPECT_EQ(to_text(*host_->call_actor(kKey, "Any", as_bytes(as_long))), told + "-");
}

TEST_F(AssemblyTest, FetchesAPortableProviderAndLoadsItFromMemory) {
  static Bytes held;
  held = sign(test::guest("portable_provider"), {}, kOtherKey, true);
  fetch_ = [](std::string_view) -> Result<oci::Fetched> { return oci::Fetched{{}, {}, held, {}}; };
  write("actor.wasm",
        sign(test::assemble(kAsksForDoubles), {"awslambda:event", "test:double"}, kKey));
  manifest(
      "actors: [actor.wasm]\ncapabilities: [{path: localhost/double, folders: [/tmp]}]\n"
      "bindings: [{actor: " +
      kKey + ", capability: \"test:double\"}]");
  ASSERT_EQ(run(), "");
  EXPECT_EQ(to_text(*host_->call_actor(kKey, "Any", as_bytes("\x15"))), "\x2a");
}

TEST_F(AssemblyTest, APortableProviderPassesTheChecksOfAnActor) {
  write("actor.wasm", echo());
  claims::Claims good;
  good.subject = kOtherKey;
  good.provider = true;
  claims::Claims expired = good, early = good;
  expired.expires = 1;
  early.not_before = std::int64_t{1} << 40;
  const auto account = claims::KeyPair::from_seed(test::kAccountSeed);
  const auto stranger = claims::KeyPair::generate(claims::KeyKind::kAccount);
  const auto refusal = [&](const claims::Claims& claims, const claims::KeyPair& issuer,
                           bool damaged = false) {
    Bytes module = *claims::sign_module(test::guest("portable_provider"), claims, issuer);
    if (damaged) module[module.size() - 2] ^= std::byte{1};  // in the token's signature
    write("double.wasm", module);
    manifest(
        "actors: [actor.wasm]\ncapabilities: [{path: double.wasm}]\nruntime: {trusted_issuers: " +
        std::string(test::kAccountKey) + "}\n");
    return run();
  };
  EXPECT_EQ(refusal(good, *account), "");
  EXPECT_NE(refusal(expired, *account).find("Expired token"), std::string::npos);
  EXPECT_NE(refusal(early, *account).find("cannot be used before"), std::string::npos);
  EXPECT_NE(refusal(good, *account, true), "");
  EXPECT_NE(refusal(good, stranger), "");
}

// Adds to the key-value store bound as "source" and the operation's one letter.
constexpr std::string_view kAddsToSources = R"((module
  (import "wapc" "__guest_request" (func $request (param i32 i32)))
  (import "wapc" "__guest_response" (func $respond (param i32 i32)))
  (import "wapc" "__host_call" (func $call (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wapc" "__host_response_len" (func $length (result i32)))
  (import "wapc" "__host_response" (func $answer (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "source") (data (i32.const 16) "wascc:keyvalue") (data (i32.const 32) "Add")
  (func (export "__guest_call") (param i32 i32) (result i32)
    (call $request (i32.const 6) (i32.const 1024))
    (if (i32.eqz (call $call (i32.const 0) (i32.const 7) (i32.const 16) (i32.const 14)
                             (i32.const 32) (i32.const 3) (i32.const 1024) (local.get 1)))
      (then unreachable))
    (call $answer (i32.const 1024))
    (call $respond (i32.const 1024) (call $length))
    (i32.const 1))))";

const std::string kTwoSources =
    "actors: [actor.wasm]\nbindings:\n  - {actor: " + kKey +
    ", capability: \"wascc:keyvalue\", binding: source1}\n  - {actor: " + kKey +
    ", capability: \"wasmcloud:keyvalue\", binding: source2}\n";

TEST_F(AssemblyTest, EveryBindingNameIsAStoreOfItsOwnInMemory) {
  write("actor.wasm",
        sign(test::assemble(kAddsToSources), {"awslambda:event", "wascc:keyvalue"}, kKey));
  manifest(kTwoSources);
  ASSERT_EQ(run(), "");
  const auto add = [this](const char* source, std::int32_t value) {
    const auto sum = host_->call_actor(kKey, source, encode(keyvalue::AddRequest{"n", value}));
    EXPECT_TRUE(sum) << sum.error().message();
    return decode<keyvalue::AddResponse>(*sum)->value;
  };
  EXPECT_EQ(add("1", 1), 1);
  EXPECT_EQ(add("2", 2), 2);
  EXPECT_EQ(add("1", 1), 2);
}

TEST_F(AssemblyTest, NoNameFindsAStoreInMemoryWhereAnotherProviderOfItIsListed) {
  load_native_ = [](const std::string&,
                    const providers::NativeContext&) -> Result<std::unique_ptr<Provider>> {
    static test::FakeProvider::Record record;
    return std::unique_ptr<Provider>(
        std::make_unique<test::FakeProvider>(std::string(kKeyValue), record));
  };
  write("actor.wasm",
        sign(test::assemble(kAddsToSources), {"awslambda:event", "wascc:keyvalue"}, kKey));
  manifest(kTwoSources + "capabilities: [{path: redis.so, binding_name: source1}]\n");
  EXPECT_NE(run().find("Failed to configure source2,wasmcloud:keyvalue"), std::string::npos);
}

TEST_F(AssemblyTest, TakesAModuleThatSaysSoForAProviderWithoutAManifest) {
  write("actor.wasm", echo());
  write("double.wasm", sign(test::guest("portable_provider"), {}, kOtherKey, true));
  ASSERT_EQ(run(), "");
  EXPECT_EQ(host_->actors().size(), 1U);
  EXPECT_EQ(host_->providers().back().descriptor.id, "test:double");
}

TEST_F(AssemblyTest, RefusesAnActorWhereAProviderIsNamed) {
  write("actor.wasm", echo());
  manifest("actors: [actor.wasm]\ncapabilities: [{path: actor.wasm}]");
  EXPECT_NE(run().find("Runtime.ProviderLoadError"), std::string::npos);
}

// Stands for a shared library: serves the capability that its file is named after, or fails.
Result<std::unique_ptr<Provider>> load_fake(const std::string& path,
                                            const providers::NativeContext&) {
  static test::FakeProvider::Record record;
  const std::string name = std::filesystem::path(path).stem();
  if (name == "broken") return Error(Errc::kUnsupported, "Plugin error: " + path + " is broken");
  auto provider = std::make_unique<test::FakeProvider>("wascc:" + name, record);
  if (name == "unwell") provider->on_start = [] { return Error(Errc::kUnavailable, "no server"); };
  return std::unique_ptr<Provider>(std::move(provider));
}

TEST_F(AssemblyTest, AListedNativeProviderTakesThePlaceOfTheBuiltInOne) {
  load_native_ = load_fake;
  write("a.wasm", echo({"awslambda:event", "wascc:logging", "wascc:extras"}));
  manifest(
      "actors: [a.wasm]\ncapabilities: [{path: lib/logging.so}, {path: lib/keyvalue.so}, "
      "{path: lib/keyvalue.so, binding_name: second}]");
  ASSERT_EQ(run(), "");
  std::map<std::string, std::string> found;
  for (const ProviderInfo& provider : host_->providers())
    found[provider.descriptor.id + "," + provider.binding] = provider.descriptor.name;
  EXPECT_EQ(found["wascc:logging,default"], "Fake");
  EXPECT_EQ(found["wascc:keyvalue,default"], "Fake");
  EXPECT_EQ(found["wascc:keyvalue,second"], "Fake");
  EXPECT_EQ(found["wascc:extras,default"], "waSCC Extras (Internal)");
  EXPECT_EQ(host_->bindings().size(), 3U) << "whoever provides it, logging binds by itself";
}

TEST_F(AssemblyTest, SaysWhichNativeProviderDoesNotStartAndWhy) {
  load_native_ = load_fake;
  write("a.wasm", echo());
  const struct {
    const char* capabilities;
    const char* text;
  } kCases[] = {
      {"{path: broken.so}", "/broken.so is broken"},
      {"{path: unwell.so}",
       "capability unwell.so: Capability provider error: Failed to start wascc:unwell,default: no "
       "server"},
      {"{path: x.so}, {path: x.so}", "twice, loading failed"},
      {"{path: x.so, folders: [/tmp]}",
       "arguments, environment and folders are for portable providers"},
  };
  for (const auto& c : kCases) {
    manifest(std::string("actors: [a.wasm]\ncapabilities: [") + c.capabilities + "]");
    const std::string failure = run();
    EXPECT_EQ(failure.find("Runtime.ProviderLoadError: "), 0U) << failure;
    EXPECT_NE(failure.find("manifest.yaml:2:"), std::string::npos) << failure;
    EXPECT_NE(failure.find(c.text), std::string::npos) << failure;
  }
}

}  // namespace
}  // namespace wascc::runtime
