#include "engine/native_target.h"

#include <gtest/gtest.h>

namespace wascc::engine {
namespace {

TEST(NativeTarget, IsTheArchitecturesDefaultUnlessNamed) {
  EXPECT_EQ(find_native_target("x86_64", "")->cpu, "x86-64-v3");
  EXPECT_EQ(find_native_target("arm64", "")->cpu, "neoverse-n1");
  EXPECT_EQ(find_native_target("x86_64", "x86-64-v2")->features.size(), 6U);
}

TEST(NativeTarget, IsRefusedWithTheNamesThatThereAre) {
  struct Case {
    const char *architecture, *cpu, *says;
  };
  for (const Case& c : {Case{"riscv64", "", "x86_64 or arm64"}, Case{"", "", "x86_64 or arm64"},
                        Case{"x86_64", "native", "x86-64-v3, x86-64, x86-64-v2, x86-64-v4"},
                        Case{"arm64", "x86-64-v3", "neoverse-n1, armv8-a"}}) {
    const auto found = find_native_target(c.architecture, c.cpu);
    ASSERT_FALSE(found) << c.architecture << c.cpu;
    EXPECT_EQ(found.error().code(), Errc::kInvalid);
    EXPECT_NE(found.error().message().find(c.says), std::string::npos) << found.error().message();
  }
}

TEST(NativeTarget, TakesThePlaceOfAnothersInAnIdentity) {
  EXPECT_EQ(identity_on("wasmtime 48.0.8 x86_64-unknown-linux-gnu x86-64-v3",
                        *find_native_target("arm64", "")),
            "wasmtime 48.0.8 aarch64-unknown-linux-gnu neoverse-n1");
}

}  // namespace
}  // namespace wascc::engine
