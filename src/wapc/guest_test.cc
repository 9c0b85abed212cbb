#include "wapc/guest.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <sstream>
#include <string>
#include <vector>

#include "engine/wasmtime_engine.h"
#include "support/guests.h"

namespace wascc::wapc {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Answers host calls with what it was told to, and keeps what it saw.
struct RecordingHost : GuestHost {
  Result<Bytes> host_call(const HostCall& call) override {
    calls.push_back(std::string(call.binding) + "/" + std::string(call.name_space) + "/" +
                    std::string(call.operation) + "/" + to_text(call.payload));
    return answer;
  }
  void console_log(std::string_view text) override { console.emplace_back(text); }
  void output(int stream, std::string_view text) override {
    lines.push_back(std::to_string(stream) + ":" + std::string(text));
  }

  Result<Bytes> answer = to_bytes("the host's answer");
  std::vector<std::string> calls, console, lines;
};

struct GuestTest : testing::Test {
  std::unique_ptr<engine::Engine> engine = *engine::make_wasmtime_engine();
  RecordingHost host;

  Result<std::shared_ptr<const GuestModule>> load(const Bytes& wasm) {
    WASCC_TRY(engine::ModulePtr module, engine->compile(wasm));
    return GuestModule::link(*engine, std::move(module));
  }
  Result<std::unique_ptr<Guest>> start(const Bytes& wasm, Deadline deadline = kNoDeadline) {
    WASCC_TRY(auto module, load(wasm));
    GuestOptions options;
    options.limits.memory_bytes = 16 << 20;
    return Guest::start(module, options, host, deadline);
  }
  std::unique_ptr<Guest> named(const std::string& name) {
    auto guest = start(test::guest(name));
    if (!guest) ADD_FAILURE() << guest.error().message();
    return *std::move(guest);
  }
};

TEST_F(GuestTest, RunsStartSectionThenInitializeThenStartThenInit) {
  EXPECT_EQ(to_text(*named("protocol")->call("start order", {}, host, kNoDeadline)), "siSw");
}

TEST_F(GuestTest, CarriesAHostCallOutAndItsAnswerBack) {
  auto guest = named("protocol");
  EXPECT_EQ(to_text(*guest->call("host call", as_bytes("payload"), host, kNoDeadline)),
            "the host's answer");
  EXPECT_EQ(host.calls, std::vector<std::string>{"my/wascc:keyvalue/Add/payload"});
  EXPECT_EQ(guest->host_calls(), 1U);

  host.answer = Error(Errc::kProvider, "no such key");
  const auto failed = guest->call("host call", as_bytes("payload"), host, kNoDeadline);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), Errc::kGuest);
  EXPECT_EQ(failed.error().message(), "no such key");
  EXPECT_FALSE(guest->damaged());
}

TEST_F(GuestTest, GivesTheGuestOnlyErrorTextThatItCanRead) {
  auto guest = *start(test::assemble(
      "(module (import \"wapc\" \"__host_call\" (func $call (param i32 i32 i32 i32 i32 i32 i32 i32)"
      " (result i32))) (import \"wapc\" \"__host_error_len\" (func $length (result i32)))"
      "(import \"wapc\" \"__host_error\" (func $error (param i32)))"
      "(import \"wapc\" \"__guest_response\" (func $respond (param i32 i32)))"
      "(memory (export \"memory\") 1) (func (export \"__guest_call\") (param i32 i32) (result i32)"
      "(drop (call $call (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)"
      " (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))"
      "(call $error (i32.const 0)) (call $respond (i32.const 0) (call $length)) (i32.const 1)))"));
  host.answer = Error(Errc::kProvider, "caf\xc3\xa9 \xff");
  EXPECT_EQ(to_text(*guest->call("f", {}, host, kNoDeadline)), "café \xef\xbf\xbd");
}

TEST_F(GuestTest, TakesNoBytesFromAnyPointer) {
  EXPECT_EQ(named("protocol")->call("zero lengths", {}, host, kNoDeadline)->size(), 0U);
}

TEST_F(GuestTest, RepairsConsoleTextThatIsNoUtf8) {
  auto guest = named("protocol");
  ASSERT_TRUE(guest->call("console", as_bytes("caf\xc3\xa9 \xff"), host, kNoDeadline));
  EXPECT_EQ(host.console, std::vector<std::string>{"café \xef\xbf\xbd"});
}

// A message as awslambda:event sends it; its tenth byte tells tests/guests/hostile.wat what to do.
Bytes demand(char how) {
  return to_bytes(std::string("\x81\xa4"
                              "body\xc4\x03\"",
                              9) +
                  how + "\"");
}

TEST_F(GuestTest, EndsAHostileCallInOneErrorAndServesTheNextWithAFreshInstance) {
  struct Case {
    char how;
    Errc code;
    const char* says;
    bool damaged;
  };
  const Case cases[] = {
      {'a', Errc::kTimeout, "stopped at the deadline", true},
      {'b', Errc::kOutOfMemory, "bytes of memory used", true},
      {'c', Errc::kTrap, "call stack exhausted", true},
      {'d', Errc::kTrap, "out of bounds memory access", true},
      {'e', Errc::kTrap, "out of bounds memory access", true},
      {'f', Errc::kTrap, "out of bounds memory access", true},
      {'g', Errc::kTrap, "out of bounds memory access", true},
      {'h', Errc::kTrap, "out of bounds memory access", true},
      {'i', Errc::kTrap, "out of bounds memory access", true},
      {'j', Errc::kTrap, "out of bounds memory access", true},
      {'k', Errc::kTrap, "out of bounds memory access", true},
      {'l', Errc::kTrap, "out of bounds memory access", true},
      {'m', Errc::kTrap, "the guest's own words (unreachable instruction executed)", true},
      {'n', Errc::kGuest, "No error message OR response set for call success", false},
      {'o', Errc::kGuest, "No error message set for call failure", false},
      {'p', Errc::kGuest, "the guest's own words", false},
      {'r', Errc::kTrap, "out of bounds memory access", true},
      {'w', Errc::kTrap, "out of bounds memory access", true},
  };
  auto module = *load(test::guest("hostile"));
  for (const Case& c : cases) {
    host.answer = c.how == 'i' ? Result<Bytes>(Error(Errc::kDenied, "no")) : to_bytes("yes");
    GuestOptions options;
    options.limits.memory_bytes = 8 << 20;
    auto guest = *Guest::start(module, options, host, kNoDeadline);
    const auto result =
        guest->call("HandleEvent", demand(c.how), host, steady_clock::now() + milliseconds(200));
    ASSERT_FALSE(result) << c.how;
    EXPECT_EQ(result.error().code(), c.code) << c.how << ": " << result.error().message();
    EXPECT_TRUE(contains(result.error().message(), c.says))
        << c.how << ": " << result.error().message();
    EXPECT_EQ(guest->damaged(), c.damaged) << c.how;
    if (c.damaged) {
      EXPECT_EQ(guest->call("HandleEvent", demand('-'), host, kNoDeadline).error().code(),
                Errc::kInternal);
      guest = *Guest::start(module, options, host, kNoDeadline);
    }
    EXPECT_EQ(*guest->call("HandleEvent", demand('-'), host, kNoDeadline), demand('-')) << c.how;
  }
}

TEST_F(GuestTest, TakesTheAnswerOfASuccessfulCallWhateverElseWasSaid) {
  EXPECT_EQ(*named("hostile")->call("HandleEvent", demand('q'), host, kNoDeadline), demand('q'));
}

TEST_F(GuestTest, OffersHostCallInEachArityThatModulesAskFor) {
  struct Case {
    const char* type;
    const char* arguments;
  };
  const Case cases[] = {
      {"i32 i32 i32 i32 i32 i32",
       "(i32.const 0) (i32.const 2) (i32.const 3) (i32.const 2) (i32.const 8) (i32.const 2)"},
      {"i32 i32 i32 i32", "(i32.const 0) (i32.const 5) (i32.const 8) (i32.const 2)"}};
  for (const Case& c : cases) {
    host.calls.clear();
    auto guest = *start(test::assemble(
        std::string("(module (import \"wapc\" \"__host_call\" (func $call (param ") + c.type +
        ") (result i32))) (import \"wapc\" \"__guest_response\" (func $respond (param i32 i32)))"
        "(memory (export \"memory\") 1) (data (i32.const 0) \"ns!op\") (data (i32.const 8) \"hi\")"
        "(func (export \"__guest_call\") (param i32 i32) (result i32) (drop (call $call " +
        c.arguments + ")) (call $respond (i32.const 0) (i32.const 0)) (i32.const 1)))"));
    ASSERT_TRUE(guest->call("f", {}, host, kNoDeadline));
    EXPECT_EQ(host.calls, std::vector<std::string>{"/ns/op/hi"}) << c.type;
  }
}

TEST_F(GuestTest, KeepsWhatAssemblyScriptSaidBeforeItAborted) {
  auto guest = *start(test::assemble(
      "(module (import \"wapc\" \"__guest_error\" (func $error (param i32 i32)))"
      "(import \"env\" \"abort\" (func $abort (param i32 i32 i32 i32)))"
      "(memory (export \"memory\") 1) (data (i32.const 0) \"bad input\")"
      "(func (export \"__guest_call\") (param i32 i32) (result i32)"
      "(if (local.get 1) (then (call $error (i32.const 0) (i32.const 9))))"
      "(call $abort (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)) (i32.const 1)))"));
  const auto said = guest->call("f", as_bytes("x"), host, kNoDeadline);
  EXPECT_EQ(said.error().message(), "bad input (the guest called env.abort)");
  EXPECT_TRUE(guest->damaged());
}

TEST_F(GuestTest, RefusesOtherGenerationsAndUnknownImportsByName) {
  struct Case {
    const char* wat;
    const char* says;
  };
  const Case cases[] = {
      {"(module (import \"wasmbus\" \"__guest_request\" (func (param i32 i32))))", "wasmbus"},
      {"(module (func (export \"__wasmbus_rpc_version\") (result i32) (i32.const 0)))", "wasmbus"},
      {"(module)", "exports no function __guest_call"},
      {"(module (func (export \"__guest_call\") (param i64) (result i32) (i32.const 0)))",
       "(i64) -> i32"},
      {"(module (func (export \"__guest_call\") (param i32 i32) (result i32) (i32.const 0)))",
       "exports no memory"},
      {"(module (import \"wapc\" \"__nothing\" (func)) (memory (export \"memory\") 1)"
       " (func (export \"__guest_call\") (param i32 i32) (result i32) (i32.const 0)))",
       "wapc.__nothing"},
      {"(module (import \"wapc\" \"__host_call\" (func (param i32))) (memory (export \"memory\") 1)"
       " (func (export \"__guest_call\") (param i32 i32) (result i32) (i32.const 0)))",
       "wapc.__host_call as (i32) instead of"},
      {"(module (import \"wasi_snapshot_preview1\" \"no_such\" (func)) (memory (export \"memory\") "
       "1)"
       " (func (export \"__guest_call\") (param i32 i32) (result i32) (i32.const 0)))",
       "no_such"},
      {"(module (import \"wasi_unstable\" \"no_such\" (func)) (memory (export \"memory\") 1)"
       " (func (export \"__guest_call\") (param i32 i32) (result i32) (i32.const 0)))",
       "wasi_unstable.no_such"},
  };
  for (const Case& c : cases) {
    const auto module = load(test::assemble(c.wat));
    ASSERT_FALSE(module) << c.wat;
    EXPECT_TRUE(contains(module.error().message(), c.says)) << module.error().message();
  }
}

TEST_F(GuestTest, FailsTheStartOfAGuestWhoseStartFunctionTrapsOrExitsWithAStatus) {
  struct Case {
    const char* wat;
    const char* says;
  };
  const Case cases[] = {
      {"(func (export \"wapc_init\") unreachable)", "start function wapc_init: unreachable"},
      {"(func $f unreachable) (start $f)", "instantiate: unreachable"},
      {"(func (export \"_start\") (call $exit (i32.const 3)))", "exit status 3"},
      {"(func (export \"_start\") (call $exit (i32.const 0)))"
       "(func (export \"wapc_init\") unreachable)",
       "start function wapc_init: unreachable"}};
  for (const Case& c : cases) {
    const auto guest = start(test::assemble(
        std::string(
            "(module (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))"
            "(memory (export \"memory\") 1) (func (export \"__guest_call\") (param i32 i32) "
            "(result i32)"
            " (i32.const 0))") +
        c.wat + ")"));
    ASSERT_FALSE(guest) << c.wat;
    EXPECT_TRUE(contains(guest.error().message(), c.says)) << guest.error().message();
  }
}

TEST_F(GuestTest, StopsAnEndlessStartFunctionAtTheDeadline) {
  const auto guest = start(
      test::assemble(
          "(module (memory (export \"memory\") 1) (func (export \"_start\") (loop $l (br $l)))"
          "(func (export \"__guest_call\") (param i32 i32) (result i32) (i32.const 0)))"),
      steady_clock::now() + milliseconds(20));
  ASSERT_FALSE(guest);
  EXPECT_EQ(guest.error().code(), Errc::kTimeout);
}

TEST_F(GuestTest, ToleratesProcExitZeroInStartAndLogsOutputLineByLine) {
  auto guest = named("wasi");
  EXPECT_EQ(host.lines, (std::vector<std::string>{"1:one", "1:two"}));
  const auto answer = guest->call("wait", as_bytes("\1"), host, kNoDeadline);
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(to_text(*answer), std::string("\1\0\0\0\0\0\0\0", 8));  // one event, no variables
}

TEST_F(GuestTest, CutsAWaitToTheDeadline) {
  auto guest = named("wasi");
  const auto result =
      guest->call("wait", as_bytes("\xff"), host, steady_clock::now() + milliseconds(20));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), Errc::kTimeout);
  EXPECT_TRUE(guest->damaged());
}

TEST_F(GuestTest, RefusesToWaitForEverWithoutADeadline) {
  auto guest = *start(test::assemble(
      "(module (import \"wasi_snapshot_preview1\" \"poll_oneoff\" (func $poll (param i32 i32 i32 "
      "i32) (result i32)))"
      "(memory (export \"memory\") 1) (func (export \"__guest_call\") (param i32 i32) (result i32)"
      "(i64.store (i32.const 24) (i64.const -1))"
      "(call $poll (i32.const 0) (i32.const 128) (i32.const 1) (i32.const 256))))"));
  const auto result = guest->call("f", {}, host, kNoDeadline);
  ASSERT_FALSE(result);
  EXPECT_TRUE(contains(result.error().message(), "waits for ever")) << result.error().message();
}

TEST_F(GuestTest, ServesTheOlderWasi) {
  auto guest = named("wasi_unstable");
  EXPECT_EQ(host.lines, std::vector<std::string>{"2:from wasi_unstable"});
  const auto answer = guest->call("f", {}, host, kNoDeadline);
  ASSERT_TRUE(answer) << answer.error().message();
  std::uint32_t results[4];
  ASSERT_EQ(answer->size(), sizeof results);
  std::memcpy(results, answer->data(), sizeof results);
  EXPECT_EQ(results[0], 70U) << "fd_seek on a stream";
  EXPECT_EQ(results[1], 0U) << "fd_filestat_get";
  EXPECT_EQ(results[2], 0U) << "poll_oneoff";
  EXPECT_EQ(results[3], 1U) << "events";
}

// WASI's repository, legacy/preview0: the 45 functions, i for i32 and I for i64; all but proc_exit
// answer an i32.
constexpr std::string_view kOlderWasi =
    "args_get ii args_sizes_get ii clock_res_get ii clock_time_get iIi environ_get ii "
    "environ_sizes_get ii fd_advise iIIi fd_allocate iII fd_close i fd_datasync i fd_fdstat_get ii "
    "fd_fdstat_set_flags ii fd_fdstat_set_rights iII fd_filestat_get ii fd_filestat_set_size iI "
    "fd_filestat_set_times iIIi fd_pread iiiIi fd_prestat_dir_name iii fd_prestat_get ii "
    "fd_pwrite iiiIi fd_read iiii fd_readdir iiiIi fd_renumber ii fd_seek iIii fd_sync i "
    "fd_tell ii fd_write iiii path_create_directory iii path_filestat_get iiiii "
    "path_filestat_set_times iiiiIIi path_link iiiiiii path_open iiiiiIIii path_readlink iiiiii "
    "path_remove_directory iii path_rename iiiiii path_symlink iiiii path_unlink_file iii "
    "poll_oneoff iiii proc_exit i proc_raise i random_get ii sched_yield - sock_recv iiiiii "
    "sock_send iiiii sock_shutdown ii";

TEST_F(GuestTest, OffersEveryFunctionOfTheOlderWasi) {
  std::istringstream functions{std::string(kOlderWasi)};
  std::string imports, name, types;
  int count = 0;
  for (; functions >> name >> types; ++count) {
    imports += "(import \"wasi_unstable\" \"" + name + "\" (func (param";
    for (const char type : types)
      if (type != '-') imports += type == 'i' ? " i32" : " i64";
    imports += name == "proc_exit" ? ")))" : ") (result i32)))";
  }
  EXPECT_EQ(count, 45);
  const auto guest = start(test::assemble("(module " + imports +
                                          "(memory (export \"memory\") 1)"
                                          "(func (export \"__guest_call\") (param i32 i32)"
                                          " (result i32) (i32.const 1)))"));
  EXPECT_TRUE(guest) << guest.error().message();
}

}  // namespace
}  // namespace wascc::wapc
