// Folders of real, signed modules to a running host on the real engine.
#include "runtime/assembly.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>

#include "base/encoding.h"
#include "base/file.h"
#include "claims/envelope.h"
#include "claims/module.h"
#include "engine/wasmtime_engine.h"
#include "lambda/provider.h"
#include "support/fake_provider.h"
#include "support/guests.h"
#include "support/manual_clock.h"
#include "support/memory_log.h"
#include "support/signed_vectors.h"
#include "support/temporary_folder.h"
#include "wascc/messages/keyvalue.h"

namespace wascc::runtime {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

// The real engine behind an executable that cannot compile.
class NoCompiler final : public engine::Engine {
 public:
  explicit NoCompiler(engine::Engine& engine) : engine_(engine) {}
  Result<engine::ModulePtr> compile(ByteView) override {
    return Error(Errc::kUnsupported, "no compiler");
  }
  Result<engine::ModulePtr> load_native(ByteView code) override {
    return engine_.load_native(code);
  }
  Result<engine::ModulePtr> load_native_file(const std::string& path) override {
    return engine_.load_native_file(path);
  }
  Result<Bytes> precompile(ByteView wasm, std::string_view identity) override {
    return engine_.precompile(wasm, identity);
  }
  Result<engine::LinkedPtr> link(engine::ModulePtr module,
                                 std::span<const engine::HostFunction> functions) override {
    return engine_.link(std::move(module), functions);
  }
  const std::string& identity() const override { return engine_.identity(); }
  bool can_compile() const override { return false; }

 private:
  engine::Engine& engine_;
};

class AssemblyTest : public ::testing::Test {
 protected:
  AssemblyTest() {
    auto engine = engine::make_wasmtime_engine();
    if (engine) engine_ = *std::move(engine);
    variables_["LAMBDA_TASK_ROOT"] = folder_.string();
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, ByteView bytes) {
    ASSERT_TRUE(write_file_atomically(path(name), bytes));
  }
  void manifest(const std::string& text) { write("manifest.yaml", as_bytes(text)); }

  // A module signed with the published account key, under a key of its own.
  Bytes sign(ByteView module, Strings capabilities, const std::string& subject,
             bool provider = false) {
    claims::Claims claims;
    claims.subject = subject;
    claims.name = "Test";
    claims.capabilities = std::move(capabilities);
    claims.provider = provider;
    auto signed_module =
        claims::sign_module(module, claims, *claims::KeyPair::from_seed(test::kAccountSeed));
    EXPECT_TRUE(signed_module) << signed_module.error().message();
    return *signed_module;
  }
  Bytes echo(Strings capabilities = {"awslambda:event"}) {
    return sign(*hex_decode(test::kEchoModuleHex), std::move(capabilities),
                std::string(test::kModuleKey));
  }
  Bytes native_code(ByteView module) { return *(*engine_->compile(module))->serialize(); }
  void write_native(const std::string& name, ByteView module, const claims::KeyPair* packager) {
    const Bytes native = native_code(module);
    const auto claims = claims::verify_module(module, clock_.now(), {});
    ASSERT_TRUE(claims);
    write(name + ".native", native);
    write(name + ".native.sig",
          claims::make_envelope(native, *claims, engine_->identity(), packager));
  }

  // Assembles what the folder holds; the host stays in host_. Answers the type and text of a
  // failure.
  std::string run(Front front = Front::kNeeded) { return run_with(*engine_, front); }
  std::string run_with(engine::Engine& engine, Front front = Front::kNeeded) {
    const manifest::Environment environment =
        [this](std::string_view name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      if (found == variables_.end()) return std::nullopt;
      return found->second;
    };
    const auto deployment = find_deployment(path("work"), environment);
    if (!deployment) return "Runtime.InvalidConfiguration: " + deployment.error().message();
    host_ = std::make_unique<Host>(engine, host_options(*deployment), log_);
    std::vector<std::unique_ptr<Provider>> providers;
    for (const auto& capability : {lambda::EventProvider::kHttp, lambda::EventProvider::kRaw}) {
      auto provider = std::make_unique<lambda::EventProvider>(capability);
      events_[std::string(capability.id)] = provider.get();
      providers.push_back(std::move(provider));
    }
    const auto failure =
        assemble(*host_, *deployment,
                 {engine, clock_, log_, environment, load_native_, Files::kMayChange, fetch_},
                 front, std::move(providers));
    return failure ? failure->type + ": " + failure->error.message() : "";
  }

  const test::TemporaryFolder temporary_;
  const fs::path folder_ = temporary_.path();
  std::map<std::string, std::string, std::less<>> variables_;
  // The wall clock stands still for the tokens; deadlines are the engine's affair, which has a real
  // clock.
  struct TokenClock final : Clock {
    std::chrono::system_clock::time_point now() const override { return still.now(); }
    std::chrono::steady_clock::time_point steady_now() const override {
      return std::chrono::steady_clock::now();
    }
    test::ManualClock still;
  } clock_;
  test::MemoryLog lines_;
  const Log log_{lines_};
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<Host> host_;
  std::map<std::string, lambda::EventProvider*> events_;
  providers::LoadNativeProvider load_native_ = nullptr;
  oci::Fetch fetch_ = nullptr;
};

const std::string kKey(test::kModuleKey);
// Some other module key: that of the original echo actor.
const std::string kOtherKey("MB4OLDIC3TCZ4Q4TGGOVAZC43VXFE2JQVRAXQMQFXUCREOOFEKOKZTY2");

TEST_F(AssemblyTest, APolicyRefusesAnActorAndSaysWhy) {
  write("echo.wasm", echo());
  manifest("actors: [echo.wasm]\nruntime: {policy: policy.yaml}\n");
  write("policy.yaml", as_bytes("denied_subjects: [" + kKey + "]\n"));
  const std::string refused = run();
  EXPECT_TRUE(refused.starts_with("Runtime.ActorNotTrusted: ")) << refused;
  EXPECT_TRUE(refused.ends_with("denied access to module: the policy denies " + kKey)) << refused;
  write("policy.yaml", as_bytes("denied_subject: [" + kKey + "]\n"));
  const std::string unreadable = run();
  EXPECT_TRUE(unreadable.starts_with("Runtime.InvalidConfiguration: ")) << unreadable;
  EXPECT_NE(unreadable.find("policy.yaml:1:1: unknown key 'denied_subject'"), std::string::npos);
  write("policy.yaml", as_bytes("denied_tokens: [another]\n"));
  EXPECT_EQ(run(), "");
}

TEST_F(AssemblyTest, RunsTheModuleThatLiesThere) {
  write("echo.wasm", echo({"awslambda:event", "wascc:http_server", "wascc:logging"}));
  ASSERT_EQ(run(), "");
  EXPECT_EQ(events_["awslambda:event"]->actor(), kKey);
  EXPECT_EQ(events_["wascc:http_server"]->actor(), kKey);
  EXPECT_EQ(to_text(*host_->call_actor(kKey, "Any", as_bytes("grüße"))), "grüße");
  EXPECT_EQ(host_->bindings().size(), 3U) << "logging binds by itself";
  EXPECT_EQ(lines_.count("no trusted_issuers are set"), 1);
}

TEST_F(AssemblyTest, FetchesWhatIsNoFileButAReference) {
  static Bytes held;
  held = echo();
  fetch_ = [](std::string_view reference) -> Result<oci::Fetched> {
    if (reference != "example.com/echo:1") return Error(Errc::kNotFound, "no such image");
    return oci::Fetched{{}, {}, held, {}};
  };
  manifest("actors: ['example.com/echo:1']\n");
  ASSERT_EQ(run(), "");
  EXPECT_EQ(events_["awslambda:event"]->actor(), kKey);
  held.back() ^= std::byte{1};  // checked like a file's
  EXPECT_TRUE(run().starts_with("Runtime.ActorNotTrusted: ")) << run();
  fs::create_directories(folder_ / "example.com");
  write("example.com/echo:1", echo());
  EXPECT_EQ(run(), "") << "the file comes first";
  manifest("actors: ['example.com/other']\n");
  EXPECT_TRUE(run().ends_with("actor example.com/other: no such image")) << run();
}

TEST_F(AssemblyTest, SaysWhatToDoWithAReferenceWhereNothingIsFetched) {
  for (const std::string list : {"actors: ['example.com/echo:1']\n",
                                 "actors: []\ncapabilities: [{path: 'example.com/echo:1'}]\n"}) {
    manifest(list);
    const std::string refused = run();
    EXPECT_NE(refused.find("waSCC Host Error: Failed to fetch OCI bytes: there is no file "
                           "example.com/echo:1, and this program fetches none from a registry: "
                           "package it with `wascc package`"),
              std::string::npos)
        << refused;
  }
  manifest("actors: [actors.d/../echo.wasm]\n");
  EXPECT_NE(run().find("OCI"), std::string::npos);
  manifest("actors: [actors/echo.wasm]\n");
  EXPECT_EQ(run().find("OCI"), std::string::npos) << "a path that is a path";
}

TEST_F(AssemblyTest, DoesWhatTheManifestSays) {
  fs::create_directories(folder_ / "actors");
  write("actors/relay.wasm",
        sign(*hex_decode(test::kRelayModuleHex), {"wascc:keyvalue", "awslambda:event"}, kKey));
  manifest("actors: [actors/relay.wasm]\nkittens: 1\nbindings:\n  - actor: " + kKey +
           "\n    capability: wascc:keyvalue\nruntime:\n  trusted_issuers: " +
           std::string(test::kAccountKey) + "\n  memory_limit_mb: 4\n  isolation: invocation\n");
  ASSERT_EQ(run(), "");
  EXPECT_EQ(events_["awslambda:event"]->actor(), kKey);
  EXPECT_EQ(lines_.count("manifest.yaml:2:1: unknown key 'kittens'"), 1);
  EXPECT_EQ(lines_.count("no trusted_issuers"), 0);
  for (const int expected : {1, 2}) {
    const auto answer = host_->call_actor(kKey, "Add", encode(keyvalue::AddRequest{"grüße", 1}));
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_EQ(decode<keyvalue::AddResponse>(*answer)->value, expected);
  }
}

TEST_F(AssemblyTest, BindsBuiltInProvidersWithoutListingThem) {
  for (const std::string capability : {"wascc:keyvalue", "wascc:eventstreams"}) {
    write("echo.wasm", echo({"awslambda:event", capability}));
    manifest("actors: [echo.wasm]\nbindings:\n  - {actor: " + kKey + ", capability: '" +
             capability + "'}\n");
    EXPECT_EQ(run(), "") << capability;
  }
}

TEST_F(AssemblyTest, RunsNativeCodeThatItsEnvelopeVouchesFor) {
  NoCompiler engine(*engine_);
  write("echo.wasm", echo());
  EXPECT_NE(run_with(engine).find("Runtime.ActorLoadError: "), std::string::npos);
  EXPECT_NE(run_with(engine).find("run `wascc compile` on the module"), std::string::npos);

  write_native("echo", echo(), nullptr);
  ASSERT_EQ(run_with(engine), "");
  EXPECT_EQ(to_text(*host_->call_actor(kKey, "Any", as_bytes("x"))), "x");
}

TEST_F(AssemblyTest, DemandsTheSignatureOfATrustedPackager) {
  const auto trusted = claims::KeyPair::from_seed(test::kAccountSeed);
  const auto stranger = claims::KeyPair::generate(claims::KeyKind::kAccount);
  write("echo.wasm", echo());
  variables_["WASCC_TRUSTED_PACKAGERS"] = test::kAccountKey;
  write_native("echo", echo(), &*trusted);
  EXPECT_EQ(run(), "");
  write_native("echo", echo(), &stranger);
  EXPECT_EQ(run().find("Runtime.ActorNotTrusted: "), 0U) << run();
  write_native("echo", echo(), nullptr);
  EXPECT_EQ(run().find("Runtime.ActorNotTrusted: "), 0U) << run();
}

TEST_F(AssemblyTest, RefusesNativeCodeThatWasChanged) {
  write("echo.wasm", echo());
  write_native("echo", echo(), nullptr);
  Bytes native = *read_file(path("echo.native"), 1 << 24);
  native[native.size() / 2] ^= std::byte{1};
  write("echo.native", native);
  EXPECT_EQ(run().find("Runtime.ActorNotTrusted: "), 0U) << run();
  write("echo.native.sig", as_bytes("no envelope"));
  EXPECT_EQ(run().find("Runtime.ActorNotTrusted: "), 0U) << run();
  fs::remove(path("echo.native.sig"));
  EXPECT_EQ(run().find("Runtime.ActorNotTrusted: "), 0U) << run();
  fs::remove(path("echo.native"));
  EXPECT_EQ(run(), "") << "without native code the module is compiled";
}

TEST_F(AssemblyTest, CompilesAnewWhatAnotherEngineCompiled) {
  write("echo.wasm", echo());
  const Bytes native = native_code(echo());
  const auto claims = claims::verify_module(echo(), clock_.now(), {});
  ASSERT_TRUE(claims);
  write("echo.native", native);
  write("echo.native.sig", claims::make_envelope(native, *claims, "wasmtime 1.0", nullptr));
  EXPECT_EQ(run(), "");
  EXPECT_EQ(lines_.count("native code is compiled anew"), 1);
  NoCompiler engine(*engine_);
  EXPECT_EQ(run_with(engine).find("Runtime.ActorLoadError: "), 0U);
}

TEST_F(AssemblyTest, GivesEachFailureItsType) {
  Bytes damaged = echo();
  damaged[60] ^= std::byte{1};
  struct Case {
    const char* name;
    Bytes module;
    const char* manifest;
    const char* type;
    const char* text;
  };
  const Bytes no_bytes;
  const std::string trap =
      "(module (memory (export \"memory\") 1) (func (export \"_start\") "
      "unreachable) (func (export \"__guest_call\") (param i32 i32) (result "
      "i32) i32.const 0))";
  const Case cases[] = {
      {"no signature", *hex_decode(test::kEchoModuleHex), "actors: [a.wasm]",
       "Runtime.ActorNotTrusted", "manifest.yaml:1:10: actor a.wasm: "},
      {"damaged", damaged, "actors: [a.wasm]", "Runtime.ActorNotTrusted", "a.wasm"},
      {"no module", to_bytes("grüße"), "actors: [a.wasm]", "Runtime.ActorLoadError", "a.wasm"},
      {"no file", no_bytes, "actors: [gone.wasm]", "Runtime.ActorLoadError", "No such file"},
      {"no guest call", sign(*hex_decode(test::kEmptyModuleHex), {"awslambda:event"}, kKey),
       "actors: [a.wasm]", "Runtime.ActorLoadError", "__guest_call"},
      {"start traps", sign(test::assemble(trap), {"awslambda:event"}, kKey), "actors: [a.wasm]",
       "Runtime.ActorStartError", "a.wasm"},
      {"the same actor twice", echo(), "actors: [a.wasm, a.wasm]", "Runtime.ActorLoadError",
       "manifest.yaml:1:18"},
      {"foreign issuer", echo(),
       "actors: [a.wasm]\nruntime: {trusted_issuers: "
       "[ACODERUVFFAWZQDSS6SBIACUA5O6SXF7HJ3YTYXBALHZP3P7R4BUO4J2]}",
       "Runtime.ActorNotTrusted", "a.wasm"},
      {"no key", echo(),
       "actors: [a.wasm]\nruntime: {trusted_issuers: "
       "[ACODERUVFFAWZQDSS6SBIACUA5O6SXF7HJ3YTYXBALHZP3P7R4BUO4J3]}",
       "Runtime.InvalidConfiguration", "trusted_issuers holds ACODER"},
      {"native provider", echo(), "actors: [a.wasm]\ncapabilities: [{path: x.so}]",
       "Runtime.ProviderLoadError",
       "manifest.yaml:2:16: capability x.so: this program is static and loads no native providers: "
       "deploy bootstrap-full in place of bootstrap"},
      {"nobody gets events", echo({"wascc:logging"}), "actors: [a.wasm]",
       "Runtime.InvalidConfiguration", "no actor is authorised for wascc:http_server"},
      {"binding of a stranger", echo(), "actors: [a.wasm]\nbindings: [{actor: M, capability: c}]",
       "Runtime.InvalidConfiguration", "manifest.yaml:2:12: binding: "},
      {"binding without right", echo(),
       "actors: [a.wasm]\nbindings: [{actor: "
       "MAU2ZOXBIG6MV4FSFYNJJU2NBPDTMHSSNUF74EWIS6KLZEZCSZW5PMMJ, capability: wascc:keyvalue}]",
       "Runtime.InvalidConfiguration", "is not authorized to use capability wascc:keyvalue"},
      {"no sense", echo(), "actors: {", "Runtime.InvalidConfiguration", "manifest.yaml:2:1: "},
  };
  for (const Case& c : cases) {
    write("a.wasm", c.module);
    manifest(c.manifest);
    const std::string failure = run();
    EXPECT_EQ(failure.find(c.type + std::string(": ")), 0U) << c.name << ": " << failure;
    EXPECT_NE(failure.find(c.text), std::string::npos) << c.name << ": " << failure;
  }
}

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
  const std::string name = fs::path(path).stem();
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

TEST_F(AssemblyTest, NeedsNobodyForEventsWhereTheCallerSaysSo) {
  write("a.wasm", echo({}));
  EXPECT_EQ(run(Front::kOptional), "");
  EXPECT_EQ(to_text(*host_->call_actor(kKey, "Any", as_bytes("x"))), "x");
}

}  // namespace
}  // namespace wascc::runtime
