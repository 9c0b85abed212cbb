// A folder with modules and a manifest, and the host that is assembled from it on the real engine.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "base/file.h"
#include "claims/envelope.h"
#include "claims/module.h"
#include "engine/wasmtime_engine.h"
#include "lambda/provider.h"
#include "runtime/assembly.h"
#include "support/manual_clock.h"
#include "support/memory_log.h"
#include "support/signed_vectors.h"
#include "support/temporary_folder.h"

namespace wascc::runtime {

inline const std::string kKey(test::kModuleKey);
// Some other module key: that of the original echo actor.
inline const std::string kOtherKey("MB4OLDIC3TCZ4Q4TGGOVAZC43VXFE2JQVRAXQMQFXUCREOOFEKOKZTY2");

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
  Bytes sign(ByteView module, std::vector<std::string> capabilities, const std::string& subject,
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
  Bytes echo(std::vector<std::string> capabilities = {"awslambda:event"}) {
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
  const std::filesystem::path folder_ = temporary_.path();
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

}  // namespace wascc::runtime
