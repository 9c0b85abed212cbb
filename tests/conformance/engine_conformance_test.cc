// The fake engine and the real one keep the same promises.
#include "conformance/engine_conformance.h"

#include "engine/wasmtime_engine.h"
#include "support/fake_engine.h"
#include "support/guests.h"

namespace wascc::test {
namespace {

class FakeUnderTest final : public EngineUnderTest {
 public:
  engine::Engine& engine() override { return engine_; }
  Bytes conformance_module() override { return engine_.add("conformance", module()); }

 private:
  // What kConformanceWat does.
  static FakeModule module() {
    using engine::ValueType;
    using Arguments = std::span<const std::uint32_t>;
    const engine::FunctionType two_to_one{{ValueType::kI32, ValueType::kI32}, {ValueType::kI32}};
    FakeModule module;
    module.memory_bytes = 65536;
    module.imports = {{"env", "add", two_to_one}};
    module.exports = [two_to_one] {
      return std::vector<FakeExport>{
          {"add", two_to_one,
           [](FakeInstance& instance, Arguments arguments) {
             return instance.import("env", "add", arguments);
           }},
          {"count",
           {{}, {ValueType::kI32}},
           [calls = 0U](FakeInstance&, Arguments) mutable -> Result<std::uint32_t> {
             return ++calls;
           }},
          {"poke",
           {{ValueType::kI32, ValueType::kI32}, {}},
           [](FakeInstance& instance, Arguments arguments) -> Result<std::uint32_t> {
             WASCC_TRY(const auto place, instance.memory().slice(arguments[0], 1));
             place[0] = static_cast<std::byte>(arguments[1]);
             return 0U;
           }},
          {"trap", {}, [](FakeInstance&, Arguments) -> Result<std::uint32_t> {
             return Error(Errc::kTrap, "unreachable");
           }}};
    };
    return module;
  }

  FakeEngine engine_;
};

class WasmtimeUnderTest final : public EngineUnderTest {
 public:
  explicit WasmtimeUnderTest(std::uint32_t pooled_instances)
      : engine_(*engine::make_wasmtime_engine({pooled_instances})) {}
  engine::Engine& engine() override { return *engine_; }
  Bytes conformance_module() override { return assemble(kConformanceWat); }

 private:
  std::unique_ptr<engine::Engine> engine_;
};

using Make = std::function<std::unique_ptr<EngineUnderTest>()>;
INSTANTIATE_TEST_SUITE_P(Fake, EngineConformance,
                         testing::Values(Make([] { return std::make_unique<FakeUnderTest>(); })));
INSTANTIATE_TEST_SUITE_P(Wasmtime, EngineConformance, testing::Values(Make([] {
                           return std::make_unique<WasmtimeUnderTest>(0);
                         })));
INSTANTIATE_TEST_SUITE_P(WasmtimeWithAPool, EngineConformance, testing::Values(Make([] {
                           return std::make_unique<WasmtimeUnderTest>(16);
                         })));

}  // namespace
}  // namespace wascc::test
