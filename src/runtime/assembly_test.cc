// Folders of real, signed modules to a running host on the real engine.
#include "runtime/assembly.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/assembly_fixture.h"
#include "support/guests.h"
#include "wascc/messages/keyvalue.h"

namespace wascc::runtime {
namespace {

namespace fs = std::filesystem;

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
  Result<engine::ModulePtr> load_native_file(int file) override {
    return engine_.load_native_file(file);
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

TEST_F(AssemblyTest, NeedsNobodyForEventsWhereTheCallerSaysSo) {
  write("a.wasm", echo({}));
  EXPECT_EQ(run(Front::kOptional), "");
  EXPECT_EQ(to_text(*host_->call_actor(kKey, "Any", as_bytes("x"))), "x");
}

}  // namespace
}  // namespace wascc::runtime
