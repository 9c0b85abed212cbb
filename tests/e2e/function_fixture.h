// A function's folder, a Runtime API, and one of the real executables between them.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "claims/module.h"
#include "claims/nkey.h"
#include "support/fake_runtime_api.h"
#include "support/process.h"
#include "support/signed_vectors.h"
#include "support/temporary_folder.h"

namespace wascc::test {

// The signed module and its native code, as in a function's task root.
inline void write_function(const TemporaryFolder& folder, const Bytes& module,
                           const std::vector<std::string>& capabilities) {
  claims::Claims claims;
  claims.subject = kModuleKey;
  claims.issued_at = 1'600'000'000;
  claims.name = "Function";
  claims.capabilities = capabilities;
  const auto issuer = claims::KeyPair::from_seed(kAccountSeed);
  EXPECT_TRUE(issuer);
  const auto signed_module = claims::sign_module(module, claims, *issuer);
  EXPECT_TRUE(signed_module) << (signed_module ? "" : signed_module.error().message());
  EXPECT_TRUE(write_file_atomically(folder / "actor.wasm", *signed_module));
  Process compile({WASCC_BIN "/wascc", "compile", folder / "actor.wasm"}, folder.path(), {});
  EXPECT_EQ(compile.wait(), 0) << compile.log();
}

struct FunctionTest : testing::TestWithParam<const char*> {
  Process& start() {
    bootstrap_.emplace(std::vector{std::string(WASCC_BIN "/") + GetParam()}, folder_.path(),
                       std::vector{"AWS_LAMBDA_RUNTIME_API=" + api_.address(),
                                   "LAMBDA_TASK_ROOT=" + folder_.path(),
                                   std::string("AWS_LAMBDA_FUNCTION_NAME=test")});
    api_.watch([this]() -> std::optional<std::string> {
      if (bootstrap_->running()) return std::nullopt;
      return bootstrap_->log();
    });
    return *bootstrap_;
  }

  TemporaryFolder folder_;
  FakeRuntimeApi api_;
  std::optional<Process> bootstrap_;
};

}  // namespace wascc::test
