// What the Wasmtime implementation does beyond the contract that tests/conformance checks for every
// engine.
#include "engine/wasmtime_engine.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "engine/native_target.h"
#include "engine/wasmtime_store.h"
#include "support/guests.h"
#include "support/temporary_folder.h"

namespace wascc::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

struct WasmtimeEngineTest : testing::Test {
  std::unique_ptr<Engine> engine = *make_wasmtime_engine();

  Result<std::unique_ptr<Instance>> start(std::string_view wat, InstanceOptions options = {},
                                          std::span<const HostFunction> functions = {}) {
    WASCC_TRY(ModulePtr module, engine->compile(test::assemble(wat)));
    WASCC_TRY(LinkedPtr linked, engine->link(std::move(module), functions));
    return linked->instantiate(options);
  }
};

TEST_F(WasmtimeEngineTest, RefusesWhatIsNoCoreModuleBySayingWhatItIs) {
  struct Case {
    std::string bytes;
    const char* says;
  };
  const Case cases[] = {{"", "not WebAssembly"},
                        {"(module)", "not WebAssembly"},
                        {std::string("\0asm\x0d\0\1\0", 8), "component"},
                        {std::string("\0asm\2\0\0\0", 8), "version 1"},
                        {std::string("\0asm\1\0\0\0\1\1", 10), "does not compile"}};
  for (const Case& c : cases) {
    const auto module = engine->compile(as_bytes(c.bytes));
    ASSERT_FALSE(module) << c.says;
    EXPECT_TRUE(contains(module.error().message(), c.says)) << module.error().message();
  }
}

// A body that leaves nothing on the stack where its type promises a number.
constexpr std::string_view kNoResult("\0asm\1\0\0\0\1\5\1\x60\0\1\x7f\3\2\1\0\x0a\4\1\2\0\x0b", 25);

TEST_F(WasmtimeEngineTest, SaysWhyAndWhereAModuleDoesNotCompile) {
  const auto module = engine->compile(as_bytes(kNoResult));
  ASSERT_FALSE(module);
  for (const char* says : {"does not compile", "type mismatch", "offset"})
    EXPECT_TRUE(contains(module.error().message(), says)) << module.error().message();
  EXPECT_FALSE(contains(module.error().message(), "\n")) << module.error().message();
}

TEST_F(WasmtimeEngineTest, RunsNativeCodeThatItSerialized) {
  auto module =
      *engine->compile(test::assemble("(module (func (export \"f\") (param i32) (result i32)"
                                      " (i32.add (local.get 0) (i32.const 1))))"));
  auto linked = *engine->link(*engine->load_native(*module->serialize()), {});
  auto instance = *linked->instantiate({});
  const std::uint32_t arguments[] = {41};
  EXPECT_EQ(*instance->call("f", arguments, kNoDeadline), 42U);
}

TEST_F(WasmtimeEngineTest, RefusesNativeCodeThatIsNone) {
  const auto module = engine->load_native(as_bytes("no native code"));
  ASSERT_FALSE(module);
  EXPECT_EQ(module.error().code(), Errc::kUnsupported);
  EXPECT_TRUE(contains(module.error().message(), "wascc package")) << module.error().message();
}

TEST_F(WasmtimeEngineTest, PrecompilesForEveryMachineThatHasAName) {
  const Bytes wasm = test::assemble(
      "(module (func (export \"f\") (param i32) (result i32)"
      " (i32.popcnt (local.get 0))))");
  constexpr std::size_t kElfMachine = 18;
  constexpr std::byte kX86{62}, kArm{183};
  for (const NativeTarget& target : native_targets()) {
    const auto code = engine->precompile(wasm, identity_on(engine->identity(), target));
    ASSERT_TRUE(code) << target.cpu << ": " << code.error().message();
    EXPECT_EQ((*code)[kElfMachine], target.architecture == "arm64" ? kArm : kX86) << target.cpu;
    const auto module = engine->load_native(*code);
    const bool runs_here = target.architecture == "x86_64" &&
                           (target.cpu != "x86-64-v4" || __builtin_cpu_supports("avx512dq"));
    EXPECT_EQ(module.has_value(), runs_here) << target.cpu;
    if (!module) {
      EXPECT_TRUE(contains(module.error().message(), "wascc package")) << module.error().message();
      continue;
    }
    auto instance = *(*engine->link(*module, {}))->instantiate({});
    const std::uint32_t arguments[] = {0xff};
    EXPECT_EQ(*instance->call("f", arguments, kNoDeadline), 8U) << target.cpu;
  }
}

TEST_F(WasmtimeEngineTest, PrecompilesTheSameCodeAsItCompilesForItself) {
  const Bytes wasm = test::assemble("(module (func (export \"f\")))");
  EXPECT_EQ(*engine->precompile(wasm, engine->identity()), *(*engine->compile(wasm))->serialize());
}

TEST_F(WasmtimeEngineTest, PrecompilesForNoOtherVersionAndNoUnknownMachine) {
  const Bytes wasm = test::assemble("(module)");
  for (const std::string identity :
       {"wasmtime 47.0.0 x86_64-unknown-linux-gnu x86-64-v3", "", "wasmtime", "native"})
    EXPECT_EQ(engine->precompile(wasm, identity).error().code(), Errc::kUnsupported) << identity;
  EXPECT_EQ(engine->precompile(as_bytes("(module)"), engine->identity()).error().code(),
            Errc::kMalformed);
}

TEST_F(WasmtimeEngineTest, NamesEveryUnknownImport) {
  auto module = *engine->compile(test::assemble(
      "(module (import \"a\" \"b\" (func)) (import \"env\" \"memory\" (memory 1)))"));
  const auto linked = engine->link(module, {});
  ASSERT_FALSE(linked);
  EXPECT_TRUE(contains(linked.error().message(), "a.b")) << linked.error().message();
  EXPECT_TRUE(contains(linked.error().message(), "env.memory"));
}

TEST_F(WasmtimeEngineTest, ReadsTrapsAsCauseAndNamedBacktrace) {
  auto instance =
      *start("(module (func $inner unreachable) (func $outer (export \"f\") (call $inner)))");
  const auto result = instance->call("f", {}, kNoDeadline);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), Errc::kTrap);
  EXPECT_EQ(result.error().message(), "unreachable instruction executed");
  EXPECT_EQ(result.error().trace(), (std::vector<std::string>{"inner", "outer"}));
}

TEST_F(WasmtimeEngineTest, StopsALoopAtTheDeadlineAndLeavesOthersAlone) {
  auto loop = *start("(module (func (export \"f\") (loop $l (br $l))))");
  auto calm = *start("(module (func (export \"f\") (result i32) (i32.const 7)))");
  const auto result = loop->call("f", {}, steady_clock::now() + milliseconds(20));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), Errc::kTimeout);
  EXPECT_EQ(*calm->call("f", {}, kNoDeadline), 7U);
  EXPECT_EQ(*calm->call("f", {}, steady_clock::now() + std::chrono::hours(1)), 7U);
}

std::ptrdiff_t threads_of_this_process() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
}

// Counts down, with one check for each number.
constexpr const char* kCountsDown =
    "(module (func (export \"f\") (param i32) (result i32)"
    " (loop $l (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if $l (local.get 0)))"
    " (local.get 0)))";

TEST_F(WasmtimeEngineTest, ACallOfFewChecksNeedsNoWatchdogAndOneOfManyMakesIt) {
  auto instance = *start(kCountsDown);
  const Deadline late = steady_clock::now() + std::chrono::hours(1);
  const std::uint32_t few[] = {100};
  const std::uint32_t many[] = {100'000};
  const auto before = threads_of_this_process();
  EXPECT_EQ(*instance->call("f", few, late), 0U);
  EXPECT_EQ(*instance->call("f", many, kNoDeadline), 0U);
  EXPECT_EQ(threads_of_this_process(), before);
  EXPECT_EQ(*instance->call("f", many, late), 0U);
  EXPECT_GT(threads_of_this_process(), before);
}

TEST_F(WasmtimeEngineTest, FreshInstancesOfFewChecksEachMakeTheWatchdogTogether) {
  const Deadline late = steady_clock::now() + std::chrono::hours(1);
  const std::uint32_t few[] = {100};
  ASSERT_TRUE(start(kCountsDown)) << "the compiler's threads stay";
  const auto before = threads_of_this_process();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(*(*start(kCountsDown))->call("f", few, late), 0U);
  EXPECT_EQ(threads_of_this_process(), before);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(*(*start(kCountsDown))->call("f", few, late), 0U);
  EXPECT_GT(threads_of_this_process(), before);
}

TEST_F(WasmtimeEngineTest, TheWatchdogCanBeStartedBeforeItIsNeeded) {
  const auto before = threads_of_this_process();
  engine->start_watchdog();
  EXPECT_GT(threads_of_this_process(), before);
  auto loop = *start("(module (func (export \"f\") (loop $l (br $l))))");
  const auto result = loop->call("f", {}, steady_clock::now() + milliseconds(20));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), Errc::kTimeout);
}

TEST_F(WasmtimeEngineTest, StopsACallOfFewChecksAtItsDeadlineWithoutAWatchdog) {
  struct State {
    Deadline deadline;
    int calls = 0;
  } state;
  const HostFunction functions[] = {
      {"m", "wait", {}, [](Caller& caller, std::span<const std::uint32_t>, std::uint32_t&) {
         auto& waiting = *static_cast<State*>(caller.context());
         ++waiting.calls;
         while (steady_clock::now() < waiting.deadline) {
         }
         return Status();
       }}};
  InstanceOptions options;
  options.context = &state;
  auto instance = *start(
      "(module (import \"m\" \"wait\" (func $wait))"
      " (func (export \"f\") (loop $l (call $wait) (br $l))))",
      options, functions);
  const auto before = threads_of_this_process();
  state.deadline = steady_clock::now() + milliseconds(1);
  const auto result = instance->call("f", {}, state.deadline);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), Errc::kTimeout);
  EXPECT_EQ(state.calls, 1);
  EXPECT_EQ(threads_of_this_process(), before);
}

TEST_F(WasmtimeEngineTest, StopsAnEndlessStartSection) {
  InstanceOptions options;
  options.deadline = steady_clock::now() + milliseconds(20);
  const auto instance = start("(module (func $f (loop $l (br $l))) (start $f))", options);
  ASSERT_FALSE(instance);
  EXPECT_EQ(instance.error().code(), Errc::kTimeout);
}

TEST_F(WasmtimeEngineTest, TellsMemoryExhaustionFromOtherTraps) {
  struct Case {
    const char* name;
    const char* code;
    Errc expected;
  };
  const Case cases[] = {
      {"page by page until refused",
       "(loop $l (br_if $l (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) unreachable",
       Errc::kOutOfMemory},
      {"a buffer doubled until refused",
       "(drop (memory.grow (i32.const 32))) (drop (memory.grow (i32.const 64))) unreachable",
       Errc::kOutOfMemory},
      {"an allocator that says so by its name", "(drop (memory.grow (i32.const 100))) call $oom",
       Errc::kOutOfMemory},
      {"half of the limit, and another failure",
       "(drop (memory.grow (i32.const 40))) (drop (i32.load (i32.const -1)))", Errc::kTrap},
      {"a panic", "unreachable", Errc::kTrap},
  };
  InstanceOptions options;
  options.limits.memory_bytes = 4 << 20;  // 64 pages
  for (const Case& c : cases) {
    auto instance =
        *start(std::string("(module (memory (export \"memory\") 1)"
                           " (func $oom (@name \"alloc::alloc::handle_alloc_error\") unreachable)"
                           " (func (export \"f\") ") +
                   c.code + "))",
               options);
    const auto result = instance->call("f", {}, kNoDeadline);
    ASSERT_FALSE(result) << c.name;
    EXPECT_EQ(result.error().code(), c.expected) << c.name << ": " << result.error().message();
  }
}

TEST_F(WasmtimeEngineTest, RefusesAModuleThatNeedsMoreMemoryThanAllowed) {
  InstanceOptions options;
  options.limits.memory_bytes = 1 << 20;
  EXPECT_FALSE(start("(module (memory (export \"memory\") 100))", options));
}

TEST_F(WasmtimeEngineTest, PassesAnExceptionOfAHostFunctionOnAsATrap) {
  const HostFunction functions[] = {
      {"m", "f", {}, [](Caller&, std::span<const std::uint32_t>, std::uint32_t&) -> Status {
         throw std::runtime_error("boom");
       }}};
  auto instance = *start("(module (import \"m\" \"f\" (func $f)) (func (export \"g\") (call $f)))",
                         {}, functions);
  const auto result = instance->call("g", {}, kNoDeadline);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), Errc::kInternal);
  EXPECT_EQ(result.error().message(), "f: boom");
}

struct Lines : GuestOutput {
  void line(int stream, std::string_view text) override {
    lines.push_back(std::to_string(stream) + ":" + std::string(text));
  }
  std::vector<std::string> lines;
};

TEST(LineBuffer, CutsAtLineEndsAndAtItsLimit) {
  Lines lines;
  LineBuffer buffer(&lines, 2);
  buffer.write("a");
  buffer.write("b\n\nc");
  EXPECT_EQ(lines.lines, (std::vector<std::string>{"2:ab", "2:"}));
  buffer.flush();
  buffer.flush();
  EXPECT_EQ(lines.lines.back(), "2:c");
  EXPECT_EQ(lines.lines.size(), 3U);
  buffer.write(std::string(LineBuffer::kMaxLine * 2 + 1, 'x'));
  EXPECT_EQ(lines.lines.size(), 5U);
}

TEST_F(WasmtimeEngineTest, WhatAGuestWritesHasArrivedWhenItsCallReturns) {
  // A line in two writes, to standard output and to standard error.
  constexpr std::string_view kWrites =
      "(module (import \"wasi_snapshot_preview1\" \"fd_write\" (func $write (param i32 i32 i32 i32)"
      " (result i32))) (memory (export \"memory\") 1) (data (i32.const 0) \"half and half\\n\")"
      "(data (i32.const 16) \"\\00\\00\\00\\00\\05\\00\\00\\00\\05\\00\\00\\00\\09\\00\\00\\00\")"
      "(func $line (param $to i32)"
      " (drop (call $write (local.get $to) (i32.const 16) (i32.const 1) (i32.const 32)))"
      " (drop (call $write (local.get $to) (i32.const 24) (i32.const 1) (i32.const 32))))"
      "(func (export \"f\") (call $line (i32.const 1)) (call $line (i32.const 2))))";
  constexpr std::size_t kThreads = 4, kCalls = 100;
  std::vector<Lines> lines(kThreads);
  std::vector<std::unique_ptr<Instance>> instances;
  for (Lines& own : lines) {
    InstanceOptions options;
    options.output = &own;
    instances.push_back(*start(kWrites, options));
  }
  std::atomic<int> missing = 0;
  std::vector<std::jthread> threads;
  for (std::size_t t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      for (std::size_t call = 1; call <= kCalls; ++call)
        if (!instances[t]->call("f", {}, kNoDeadline) || lines[t].lines.size() != 2 * call)
          ++missing;
    });
  threads.clear();
  EXPECT_EQ(missing, 0);
  for (const Lines& own : lines)
    for (std::size_t i = 0; i < own.lines.size(); ++i)
      EXPECT_EQ(own.lines[i], i % 2 == 0 ? "1:half and half" : "2:half and half");
}

TEST_F(WasmtimeEngineTest, GrantsWasiNothingUnlessAsked) {
  // open "." and "/" for reading, below descriptor 3: there is no such descriptor
  constexpr std::string_view kOpens =
      "(module (import \"wasi_snapshot_preview1\" \"path_open\" (func $open (param i32 i32 i32 i32 "
      "i32 i64 i64 i32 "
      "i32) (result i32))) (memory (export \"memory\") 1) (data (i32.const 0) \"file\")"
      "(func (export \"f\") (result i32) (call $open (i32.const 3) (i32.const 0) (i32.const 0) "
      "(i32.const 4)"
      " (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 64))))";
  constexpr std::uint32_t kBadFile = 8;
  EXPECT_EQ(*(*start(kOpens))->call("f", {}, kNoDeadline), kBadFile);

  const test::TemporaryFolder folder;
  ASSERT_TRUE(write_file_atomically(folder / "file", as_bytes("x")));
  InstanceOptions options;
  options.wasi.folders.push_back({folder.path(), ".", false});
  EXPECT_EQ(*(*start(kOpens, options))->call("f", {}, kNoDeadline), 0U);
  options.wasi.folders[0].host_path = folder / "none";
  EXPECT_FALSE(start(kOpens, options));
}

}  // namespace
}  // namespace wascc::engine
