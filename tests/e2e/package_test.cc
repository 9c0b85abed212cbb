// A package as Lambda unpacks it: it runs with nothing but its own files, and the real bootstrap
// runs none of it once a byte of its native code or envelope is another.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/encoding.h"
#include "base/file.h"
#include "claims/envelope.h"
#include "claims/module.h"
#include "claims/nkey.h"
#include "claims/wasm_section.h"
#include "package/runtime_mark.h"
#include "package/zip.h"
#include "support/fake_runtime_api.h"
#include "support/guests.h"
#include "support/process.h"
#include "support/signed_vectors.h"
#include "support/temporary_folder.h"

namespace wascc::test {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

constexpr std::size_t kMaxBytes = std::size_t{250} << 20;

class PackageTest : public testing::Test {
 protected:
  PackageTest() {
    fs::create_directories(base_ + "/task");
    EXPECT_TRUE(write_file_atomically(base_ + "/echo.wasm", echo()));
    EXPECT_TRUE(write_file_atomically(base_ + "/packager.seed", as_bytes(kAccountSeed)));
  }

  static Bytes echo() { return claims::embed_token(kEcho.module(), std::nullopt, kEcho.token()); }

  // Packs the source and unpacks the ZIP into the task folder, as Lambda does.
  void make(const Strings& flags, const std::string& source = "echo.wasm") {
    Strings command{WASCC_BIN "/wascc", "package", source, "-o", "function.zip"};
    command.insert(command.end(), flags.begin(), flags.end());
    Process wascc(command, base_, {});
    ASSERT_EQ(wascc.wait(), 0) << wascc.log();
    const auto entries = package::read_zip(base_ + "/function.zip");
    ASSERT_TRUE(entries) << entries.error().message();
    for (const package::ZipEntry& entry : *entries) {
      const std::string path = task() + "/" + entry.name;
      fs::create_directories(fs::path(path).parent_path());
      ASSERT_TRUE(write_file_atomically(path, entry.content, entry.executable ? 0755 : 0644));
    }
  }

  // The same with an executable that says of itself what bootstrap says, and is quickly packed.
  void make_without_bootstrap(Strings flags, const std::string& source = "echo.wasm") {
    const auto bootstrap = read_file(WASCC_BIN "/bootstrap", kMaxBytes);
    ASSERT_TRUE(bootstrap);
    const auto mark = package::find_mark(*bootstrap);
    ASSERT_TRUE(mark);
    const std::string small = "\177ELF\nwascc-engine-mark runtime " + mark->engine + "\n";
    ASSERT_TRUE(write_file_atomically(base_ + "/small", as_bytes(small)));
    for (const char* flag : {"--bootstrap", "small", "--layer", "layer.zip"})
      flags.emplace_back(flag);
    make(flags, source);
  }

  std::string task() const { return base_ + "/task"; }
  Bytes read(const std::string& name) const {
    auto bytes = read_file(task() + "/" + name, kMaxBytes);
    EXPECT_TRUE(bytes) << name;
    return bytes ? *std::move(bytes) : Bytes();
  }
  void write(const std::string& name, ByteView bytes) const {
    ASSERT_TRUE(write_file_atomically(task() + "/" + name, bytes));
  }

  // Starts the bootstrap of this build on the task folder and expects it to refuse: one init error,
  // exit code 1, no event asked for. Answers the error's text.
  std::string refusal(const Strings& environment) {
    const std::size_t before = api_.seen(ApiCall::kInitError).size();
    const std::size_t asked = api_.seen(ApiCall::kNext).size();
    Strings variables{"AWS_LAMBDA_RUNTIME_API=" + api_.address(), "LAMBDA_TASK_ROOT=" + task()};
    variables.insert(variables.end(), environment.begin(), environment.end());
    Process bootstrap({WASCC_BIN "/bootstrap"}, task(), variables);
    EXPECT_EQ(bootstrap.wait(), 1) << bootstrap.log();
    EXPECT_EQ(api_.seen(ApiCall::kNext).size(), asked) << "it started";
    const std::vector<SeenRequest> errors = api_.seen(ApiCall::kInitError);
    if (errors.size() != before + 1) {
      ADD_FAILURE() << errors.size() - before << " init errors; " << bootstrap.log();
      return "";
    }
    return errors.back().body;
  }

  // Every so many bytes of a file flipped, one at a time, until its end.
  void expect_each_flip_is_refused(const std::string& name, std::size_t step,
                                   const Strings& environment) {
    const Bytes whole = read(name);
    ASSERT_FALSE(whole.empty());
    for (std::size_t at = 0; at < whole.size(); at += step) {
      Bytes changed = whole;
      changed[at] ^= std::byte{0x01};
      write(name, changed);
      SCOPED_TRACE(name + " byte " + std::to_string(at));
      refusal(environment);
      if (HasFailure()) break;
    }
    write(name, whole);
  }

  const TemporaryFolder temporary_;
  const std::string base_ = temporary_.path();
  FakeRuntimeApi api_;
};

// A process for each byte: steps that are short and still hit every field of an envelope.
constexpr std::size_t kEnvelopeStep = 5;
constexpr std::size_t kNativeSteps = 40;

TEST_F(PackageTest, NoByteOfNativeCodeOrEnvelopeCanBeChanged) {
  ASSERT_NO_FATAL_FAILURE(make_without_bootstrap({}));
  expect_each_flip_is_refused("echo.native.sig", kEnvelopeStep, {});
  expect_each_flip_is_refused("echo.native", read("echo.native").size() / kNativeSteps, {});
}

TEST_F(PackageTest, NoByteOfASignedEnvelopeCanBeChanged) {
  ASSERT_NO_FATAL_FAILURE(make_without_bootstrap({"--key", "packager.seed"}));
  const Strings trust{"WASCC_TRUSTED_PACKAGERS=" + std::string(kAccountKey)};
  expect_each_flip_is_refused("echo.native.sig", kEnvelopeStep, trust);
  expect_each_flip_is_refused("echo.native", read("echo.native").size() / kNativeSteps, trust);
}

TEST_F(PackageTest, NativeCodeOfAnotherEngineIsRefusedAndTheCureNamed) {
  ASSERT_NO_FATAL_FAILURE(make_without_bootstrap({}));
  const auto claims = claims::verify_module(echo(), std::chrono::system_clock::now(), {});
  ASSERT_TRUE(claims);
  write("echo.native.sig",
        claims::make_envelope(read("echo.native"), *claims, "wasmtime 47.0.0 elsewhere", nullptr));
  const std::string told = refusal({});
  EXPECT_NE(told.find("wasmtime 47.0.0 elsewhere"), std::string::npos) << told;
  EXPECT_NE(told.find("wascc package"), std::string::npos) << told;
}

TEST_F(PackageTest, AnUnsignedEnvelopeIsRefusedWherePackagersAreTrusted) {
  ASSERT_NO_FATAL_FAILURE(make_without_bootstrap({}));
  const std::string told = refusal({"WASCC_TRUSTED_PACKAGERS=" + std::string(kAccountKey)});
  EXPECT_NE(told.find("is not signed"), std::string::npos) << told;
}

TEST_F(PackageTest, PortableProvidersArePackedLikeActors) {
  fs::create_directories(base_ + "/shop/inner");
  claims::Claims claims;
  claims.subject = claims::KeyPair::generate(claims::KeyKind::kModule).public_key().text();
  claims.provider = true;
  const auto provider = claims::sign_module(guest("portable_provider"), claims,
                                            *claims::KeyPair::from_seed(kAccountSeed));
  ASSERT_TRUE(provider);
  ASSERT_TRUE(write_file_atomically(base_ + "/shop/double.wasm", *provider));
  fs::rename(base_ + "/echo.wasm", base_ + "/shop/echo.wasm");
  // Without a manifest, and with one that grants a folder which is not there.
  for (const char* manifest :
       {"", "actors: [echo.wasm]\ncapabilities: [{path: double.wasm, folders: [/no/such]}]\n"}) {
    if (*manifest != '\0') {
      ASSERT_TRUE(write_file_atomically(base_ + "/shop/manifest.yaml", as_bytes(manifest)));
    }
    ASSERT_NO_FATAL_FAILURE(make_without_bootstrap({}, "shop"));
    EXPECT_FALSE(read("double.native").empty());
    EXPECT_FALSE(read("echo.native").empty());
  }
  write("manifest.yaml", as_bytes("actors: [echo.wasm]\ncapabilities: [{path: double.wasm}]\n"));
  Process bootstrap({WASCC_BIN "/bootstrap"}, task(),
                    {"AWS_LAMBDA_RUNTIME_API=" + api_.address(), "LAMBDA_TASK_ROOT=" + task()});
  api_.queue({"one", "1"});
  EXPECT_EQ(api_.wait_for("one").body, "1");
}

class PolicyPackageTest : public PackageTest {
 protected:
  // An actor that passes each event on to its key-value store, which knows no such operation.
  PolicyPackageTest() {
    fs::create_directories(base_ + "/shop");
    claims::Claims claims;
    claims.subject = kModuleKey;
    claims.id = "token";
    claims.capabilities = {"awslambda:event", "wascc:keyvalue"};
    const auto actor = claims::sign_module(*hex_decode(kRelayModuleHex), claims,
                                           *claims::KeyPair::from_seed(kAccountSeed));
    EXPECT_TRUE(actor && write_file_atomically(base_ + "/shop/actor.wasm", *actor));
    const std::string text =
        "actors: [actor.wasm]\nbindings:\n  - {actor: " + std::string(kModuleKey) +
        ", capability: \"wascc:keyvalue\"}\nruntime: {policy: rules/policy.yaml}\n";
    EXPECT_TRUE(write_file_atomically(base_ + "/shop/manifest.yaml", as_bytes(text)));
    fs::create_directories(base_ + "/shop/rules");
  }
  static std::string allowing(const std::string& operation) {
    return "rules: [{target: \"wascc:keyvalue\", operations: [" + operation + "]}]\n";
  }
  // What becomes of one event.
  std::string answer() {
    Process bootstrap({WASCC_BIN "/bootstrap"}, task(),
                      {"AWS_LAMBDA_RUNTIME_API=" + api_.address(), "LAMBDA_TASK_ROOT=" + task()});
    const std::string id = "event-" + std::to_string(++events_);
    api_.queue({id, "{}"});
    const std::string body = api_.wait_for(id).body;
    bootstrap.signal(SIGTERM);
    EXPECT_EQ(bootstrap.wait(), 0) << bootstrap.log();
    return body;
  }

 private:
  int events_ = 0;
};

TEST_F(PolicyPackageTest, ThePolicyTravelsInThePackageAndBootstrapObeysIt) {
  const std::string policy = base_ + "/shop/rules/policy.yaml";
  ASSERT_TRUE(write_file_atomically(policy, as_bytes(allowing("Get"))));
  ASSERT_NO_FATAL_FAILURE(make_without_bootstrap({}, "shop"));
  const std::string denied = answer();
  EXPECT_NE(denied.find("Authorizer denied access"), std::string::npos) << denied;

  ASSERT_TRUE(write_file_atomically(policy, as_bytes(allowing("HandleEvent"))));
  ASSERT_NO_FATAL_FAILURE(make_without_bootstrap({}, "shop"));
  const std::string allowed = answer();
  EXPECT_EQ(allowed.find("Authorizer denied access"), std::string::npos) << allowed;
  EXPECT_NE(allowed.find("failed to invoke capability"), std::string::npos) << allowed;

  write("rules/policy.yaml", as_bytes("denied_tokens: [token]\n"));
  EXPECT_NE(refusal({}).find("Authorization hook denied access to module: the policy denies the "
                             "token token"),
            std::string::npos);
  write("rules/policy.yaml", as_bytes("denied_token: [token]\n"));
  EXPECT_NE(refusal({}).find("rules/policy.yaml:1:1: unknown key 'denied_token'"),
            std::string::npos);
  fs::remove(task() + "/rules/policy.yaml");
  EXPECT_NE(refusal({}).find("the policy cannot be read"), std::string::npos);
}

// Answers any operation by asking example:shout, END of whose binding the answer ends with.
constexpr std::string_view kAsksForShouts = R"((module
  (import "wapc" "__guest_request" (func $request (param i32 i32)))
  (import "wapc" "__guest_response" (func $respond (param i32 i32)))
  (import "wapc" "__host_call" (func $call (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "example:shout") (data (i32.const 16) "Shout")
  (data (i32.const 32) "\81\a4text\a2hi")
  (data (i32.const 64) "\81\a4body\c4\02OK")
  (func (export "__guest_call") (param i32 i32) (result i32)
    (call $request (i32.const 512) (i32.const 1024))
    (if (i32.eqz (call $call (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 13)
                             (i32.const 16) (i32.const 5) (i32.const 32) (i32.const 9)))
      (then unreachable))
    (call $respond (i32.const 64) (i32.const 10))
    (i32.const 1))))";

class NativePackageTest : public PackageTest {
 protected:
  NativePackageTest() {
    fs::create_directories(base_ + "/shop");
    claims::Claims claims;
    claims.subject = kModuleKey;
    claims.capabilities = {"awslambda:event", "example:shout"};
    const auto actor = claims::sign_module(assemble(kAsksForShouts), claims,
                                           *claims::KeyPair::from_seed(kAccountSeed));
    EXPECT_TRUE(actor && write_file_atomically(base_ + "/shop/actor.wasm", *actor));
    manifest("");
  }
  void manifest(const std::string& capabilities) {
    const std::string text = "actors: [actor.wasm]\n" + capabilities +
                             "bindings:\n  - {actor: " + std::string(kModuleKey) +
                             ", capability: \"example:shout\"}\n";
    EXPECT_TRUE(write_file_atomically(base_ + "/shop/manifest.yaml", as_bytes(text)));
  }
  static std::string provider(const std::string& name) {
    return WASCC_TEST_PROVIDERS "/" + name + ".so";
  }
  // What `wascc package` says when it refuses.
  std::string not_packed(const Strings& flags) {
    Strings command{WASCC_BIN "/wascc", "package", "shop", "-o", "function.zip"};
    command.insert(command.end(), flags.begin(), flags.end());
    Process wascc(command, base_, {});
    EXPECT_EQ(wascc.wait(), 1) << wascc.log();
    EXPECT_FALSE(fs::exists(base_ + "/function.zip"));
    return wascc.log();
  }
};

#ifdef WASCC_STATIC_BOOTSTRAP  // a sanitizer's library would not load on Lambda
TEST_F(NativePackageTest, AProviderIsPackedWithTheLibrariesItNeedsAndRunsFromThePackageAlone) {
  ASSERT_NO_FATAL_FAILURE(make({"--provider", provider("with_helper")}, "shop"));
  EXPECT_FALSE(read("libwascc_test_helper.so").empty());
  const std::string sbom = to_text(read("sbom.cdx.json"));
  for (const char* name : {"with_helper.so", "libwascc_test_helper.so", "zlib"})
    EXPECT_NE(sbom.find("\"name\":\"" + std::string(name) + "\""), std::string::npos) << sbom;
  // By the static bootstrap, and without the library: init errors that say so.
  EXPECT_NE(refusal({}).find("deploy bootstrap-full in place of bootstrap"), std::string::npos);
  fs::rename(task() + "/libwascc_test_helper.so", base_ + "/away");
  Process without({task() + "/bootstrap"}, task(),
                  {"AWS_LAMBDA_RUNTIME_API=" + api_.address(), "LAMBDA_TASK_ROOT=" + task()});
  EXPECT_EQ(without.wait(), 1);
  EXPECT_NE(api_.seen(ApiCall::kInitError).back().body.find("libwascc_test_helper.so: cannot open"),
            std::string::npos);
  fs::rename(base_ + "/away", task() + "/libwascc_test_helper.so");

  Process bootstrap({task() + "/bootstrap"}, task(),
                    {"AWS_LAMBDA_RUNTIME_API=" + api_.address(), "LAMBDA_TASK_ROOT=" + task()});
  api_.queue({"one", "{}"});
  const SeenRequest answer = api_.wait_for("one");
  EXPECT_TRUE(answer.path.ends_with("/response")) << answer.path << bootstrap.log();
  bootstrap.signal(SIGTERM);
  EXPECT_EQ(bootstrap.wait(), 0) << bootstrap.log();
}

TEST_F(NativePackageTest, AListedProviderIsPackedUnderItsName) {
  fs::create_directories(base_ + "/shop/lib");
  fs::copy_file(provider("shout_c"), base_ + "/shop/lib/shout.so");
  manifest("capabilities: [{path: ./lib/shout.so}]\n");
  ASSERT_NO_FATAL_FAILURE(make({}, "shop"));
  EXPECT_FALSE(read("lib/shout.so").empty());
  Process check({WASCC_BIN "/wascc", "package", "--check", "function.zip"}, base_, {});
  EXPECT_EQ(check.wait(), 0) << check.log();
}
#endif

TEST_F(NativePackageTest, WhatWouldNotLoadOnLambdaIsRefused) {
  EXPECT_NE(not_packed({"--provider", provider("with_lost_helper")})
                .find("does not look for it in the package"),
            std::string::npos);
  EXPECT_NE(not_packed({"--provider", provider("missing_library")}).find("needs libgone.so"),
            std::string::npos);
  EXPECT_NE(not_packed({"--provider", provider("shout_c"), "--bootstrap", WASCC_BIN "/bootstrap"})
                .find("this bootstrap loads none: use bootstrap-full"),
            std::string::npos);
  EXPECT_NE(not_packed({"--provider", base_ + "/echo.wasm"}).find("no sound ELF file"),
            std::string::npos);
}

#ifdef WASCC_STATIC_BOOTSTRAP
TEST_F(PackageTest, RunsWithItsOwnFilesAndNothingElse) {
  // Without symbols, as it is shipped: a debug build's would take long to compress.
  Process strip({"/usr/bin/strip", "-o", "bootstrap", WASCC_BIN "/bootstrap"}, base_, {});
  ASSERT_EQ(strip.wait(), 0) << strip.log();
  ASSERT_NO_FATAL_FAILURE(make({"--bootstrap", "bootstrap"}));
  // As root, in a file system that holds the package alone; else at least without an environment.
  const bool root = ::geteuid() == 0;
  const Strings command =
      root ? Strings{"/usr/sbin/chroot", task(), "/bootstrap"} : Strings{task() + "/bootstrap"};
  Process bootstrap(command, task(),
                    {"AWS_LAMBDA_RUNTIME_API=" + api_.address(),
                     "LAMBDA_TASK_ROOT=" + (root ? std::string("/") : task())});
  api_.queue({"one", "\"as it came\""});
  const SeenRequest answer = api_.wait_for("one");
  EXPECT_TRUE(answer.path.ends_with("/response")) << answer.path;
  EXPECT_EQ(answer.body, "\"as it came\"");
  bootstrap.signal(SIGTERM);
  EXPECT_EQ(bootstrap.wait(), 0) << bootstrap.log();
}
#endif

}  // namespace
}  // namespace wascc::test
