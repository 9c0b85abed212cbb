// What every engine promises (engine/engine.h), as tests that run on each of them: the fake one for
// layers above, the real one where it is built. A program defines one EngineUnderTest for each and
//   INSTANTIATE_TEST_SUITE_P(Fake, EngineConformance, testing::Values(&make_fake));
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"

namespace wascc::test {

// The engine, and how it gets the one module that the suite runs: `kConformanceWat`.
struct EngineUnderTest {
  virtual ~EngineUnderTest() = default;
  virtual engine::Engine& engine() = 0;
  virtual Bytes conformance_module() = 0;
};

inline constexpr std::string_view kConformanceWat = R"((module
  (import "env" "add" (func $add (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (global $calls (mut i32) (i32.const 0))
  (func (export "add") (param i32 i32) (result i32) (call $add (local.get 0) (local.get 1)))
  (func (export "count") (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (global.get $calls))
  (func (export "poke") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
  (func (export "trap") unreachable)))";

class EngineConformance
    : public testing::TestWithParam<std::function<std::unique_ptr<EngineUnderTest>()>> {
 protected:
  // `add` of the host: adds, and writes the sum to the first byte of the guest's memory. What its
  // context points to counts the calls; it refuses to add anything to 13.
  static Status add(engine::Caller& caller, std::span<const std::uint32_t> arguments,
                    std::uint32_t& result) {
    ++*static_cast<int*>(caller.context());
    if (arguments[0] == 13) return Error(Errc::kDenied, "not with 13");
    result = arguments[0] + arguments[1];
    WASCC_TRY(const auto place, caller.memory().slice(0, 1));
    place[0] = static_cast<std::byte>(result);
    return {};
  }
  static std::vector<engine::HostFunction> functions() {
    using engine::ValueType;
    return {{"env", "add", {{ValueType::kI32}, {ValueType::kI32}}, add},  // of another type: not it
            {"env", "add", {{ValueType::kI32, ValueType::kI32}, {ValueType::kI32}}, add}};
  }

  engine::ModulePtr compile() {
    auto module = engine().compile(under_test_->conformance_module());
    EXPECT_TRUE(module) << module.error().message();
    return *std::move(module);
  }
  std::unique_ptr<engine::Instance> start(engine::ModulePtr module) {
    engine::InstanceOptions options;
    options.context = &host_calls_;
    return *(*engine().link(std::move(module), functions()))->instantiate(options);
  }
  std::unique_ptr<engine::Instance> start() { return start(compile()); }
  engine::Engine& engine() { return under_test_->engine(); }

  std::unique_ptr<EngineUnderTest> under_test_ = GetParam()();
  int host_calls_ = 0;
};

TEST_P(EngineConformance, CallsAnExportAndThroughItTheHost) {
  const auto instance = start();
  const std::uint32_t arguments[] = {0xFFFF'FFF0, 0x12};
  const auto sum = instance->call("add", arguments, kNoDeadline);
  ASSERT_TRUE(sum) << sum.error().message();
  EXPECT_EQ(*sum, 2U);
  EXPECT_EQ(host_calls_, 1);
  EXPECT_EQ((*instance->memory().slice(0, 1))[0], std::byte{2});
}

TEST_P(EngineConformance, AnswersZeroForAnExportWithoutResult) {
  const auto instance = start();
  const std::uint32_t arguments[] = {5, 77};
  EXPECT_EQ(instance->call("poke", arguments, kNoDeadline).value(), 0U);
  EXPECT_EQ((*instance->memory().slice(5, 1))[0], std::byte{77});
}

TEST_P(EngineConformance, FindsNoExportThatIsNotThere) {
  const auto answer = start()->call("nothing", {}, kNoDeadline);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), Errc::kNotFound);
}

TEST_P(EngineConformance, TurnsAHostFunctionsErrorIntoATrapWithItsMessage) {
  const std::uint32_t arguments[] = {13, 1};
  const auto answer = start()->call("add", arguments, kNoDeadline);
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().message().find("not with 13"), std::string::npos)
      << answer.error().message();
}

TEST_P(EngineConformance, AnswersATrap) {
  const auto answer = start()->call("trap", {}, kNoDeadline);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), Errc::kTrap);
}

TEST_P(EngineConformance, RefusesACallWhoseDeadlineHasPassed) {
  const auto answer = start()->call("count", {}, std::chrono::steady_clock::now());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), Errc::kTimeout);
}

TEST_P(EngineConformance, SharesNothingBetweenInstances) {
  const auto module = compile();
  const auto one = start(module);
  const auto other = start(module);
  const std::uint32_t arguments[] = {5, 77};
  ASSERT_TRUE(one->call("poke", arguments, kNoDeadline));
  EXPECT_EQ(one->call("count", {}, kNoDeadline).value(), 1U);
  EXPECT_EQ(one->call("count", {}, kNoDeadline).value(), 2U);
  EXPECT_EQ(other->call("count", {}, kNoDeadline).value(), 1U);
  EXPECT_EQ((*other->memory().slice(5, 1))[0], std::byte{0});
}

TEST_P(EngineConformance, NamesAnImportThatNobodyOffers) {
  const auto linked = engine().link(compile(), std::array{functions()[0]});
  ASSERT_FALSE(linked);
  EXPECT_EQ(linked.error().code(), Errc::kUnsupported);
  EXPECT_NE(linked.error().message().find("env.add"), std::string::npos)
      << linked.error().message();
}

TEST_P(EngineConformance, ListsImportsAndExports) {
  const auto module = compile();
  ASSERT_EQ(module->imports().size(), 1U);
  EXPECT_EQ(module->imports()[0].name, "add");
  int functions = 0;
  int memories = 0;
  for (const engine::ExportType& item : module->exports()) {
    functions += item.function.has_value();
    memories += item.memory;
  }
  EXPECT_EQ(functions, 4);
  EXPECT_EQ(memories, 1);
}

TEST_P(EngineConformance, LoadsTheNativeCodeThatItMade) {
  const auto code = compile()->serialize();
  ASSERT_TRUE(code) << code.error().message();
  const auto module = engine().load_native(*code);
  ASSERT_TRUE(module) << module.error().message();
  EXPECT_EQ(start(*module)->call("count", {}, kNoDeadline).value(), 1U);
}

TEST_P(EngineConformance, RefusesWhatItCannotRun) {
  const auto compiled = engine().compile(as_bytes("neither wasm nor native code"));
  ASSERT_FALSE(compiled);
  EXPECT_EQ(compiled.error().code(), Errc::kMalformed);
  const auto loaded = engine().load_native(as_bytes("neither wasm nor native code"));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code(), Errc::kUnsupported);
}

}  // namespace wascc::test
