// What one call leaves behind, and whether the next one can see it: memory, globals and tables,
// with both settings of `isolation`, on the engine that each is run with.
#include <gtest/gtest.h>

#include <string>

#include "runtime/assembly.h"
#include "support/guests.h"
#include "wascc/host.h"

namespace wascc::runtime {
namespace {

// Operation "w": the byte 42 goes where the module has data, where its memory is zero, into memory
// that was grown, into a global and, as a function, into a table. Operation "r": answers one letter
// for each place, "-" for one without a trace.
constexpr std::string_view kGuest = R"((module
  (import "wapc" "__guest_request" (func $request (param i32 i32)))
  (import "wapc" "__guest_response" (func $response (param i32 i32)))
  (memory (export "memory") 2 64)
  (table $table 4 funcref)
  (elem declare func $marker)
  (data (i32.const 4096) "initial")
  (global $global (mut i32) (i32.const 7))
  (func $marker)
  (func $tell (param $place i32) (param $seen i32) (param $letter i32)
    (i32.store8 (local.get $place) (select (local.get $letter) (i32.const 45) (local.get $seen))))
  (func (export "__guest_call") (param i32 i32) (result i32)
    (call $request (i32.const 0) (i32.const 16))
    (if (i32.eq (i32.load8_u (i32.const 0)) (i32.const 119)) (then
      (i32.store8 (i32.const 4096) (i32.const 42))
      (i32.store8 (i32.const 70000) (i32.const 42))
      (drop (memory.grow (i32.const 30)))
      (i32.store8 (i32.const 2000000) (i32.const 42))
      (global.set $global (i32.const 42))
      (table.set $table (i32.const 3) (ref.func $marker))))
    (call $tell (i32.const 32) (i32.eq (i32.load8_u (i32.const 4096)) (i32.const 42)) (i32.const 100))
    (call $tell (i32.const 33) (i32.eq (i32.load8_u (i32.const 70000)) (i32.const 42)) (i32.const 122))
    (call $tell (i32.const 34) (i32.gt_u (memory.size) (i32.const 2)) (i32.const 115))
    (drop (memory.grow (i32.sub (i32.const 32) (memory.size))))
    (call $tell (i32.const 35) (i32.eq (i32.load8_u (i32.const 2000000)) (i32.const 42)) (i32.const 103))
    (call $tell (i32.const 36) (i32.eq (global.get $global) (i32.const 42)) (i32.const 118))
    (call $tell (i32.const 37) (i32.eqz (ref.is_null (table.get $table (i32.const 3)))) (i32.const 116))
    (call $response (i32.const 32) (i32.const 6))
    (i32.const 1))))";

class Isolation : public testing::Test {
 protected:
  void serve(manifest::Isolation isolation) {
    Deployment deployment;
    deployment.manifest.settings.isolation = isolation;
    deployment.manifest.actors.resize(2);
    auto engine = engine::make_wasmtime_engine(engine_options(deployment));
    ASSERT_TRUE(engine) << engine.error().message();
    engine_ = *std::move(engine);
    host_.emplace(*engine_, host_options(deployment), Log());
    auto module = engine_->compile(test::assemble(kGuest));
    ASSERT_TRUE(module) << module.error().message();
    claims::Claims claims;
    claims.subject = kActor;
    ASSERT_TRUE(host_->add_actor(claims, *module));
  }

  std::string call(std::string_view operation) {
    const auto answer = host_->call_actor(kActor, operation, {});
    return answer ? std::string(as_text(*answer)) : answer.error().message();
  }

  static constexpr const char* kActor = "MISOLATION";
  static constexpr const char* kEverything = "dzsgvt";
  static constexpr const char* kNothing = "------";
  std::unique_ptr<engine::Engine> engine_;
  std::optional<Host> host_;
};

TEST_F(Isolation, ByActorTheNextCallFindsWhatTheLastOneLeft) {
  serve(manifest::Isolation::kActor);
  EXPECT_EQ(call("r"), kNothing);
  EXPECT_EQ(call("w"), kEverything);
  EXPECT_EQ(call("r"), kEverything);
}

TEST_F(Isolation, ByInvocationNoCallFindsAnythingOfTheCallsBefore) {
  serve(manifest::Isolation::kInvocation);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(call("r"), kNothing);
    EXPECT_EQ(call("w"), kEverything);
  }
  EXPECT_EQ(call("r"), kNothing);
}

TEST_F(Isolation, ByInvocationOneActorFindsNothingOfAnother) {
  serve(manifest::Isolation::kInvocation);
  claims::Claims other;
  other.subject = "MOTHER";
  ASSERT_TRUE(host_->add_actor(other, *engine_->compile(test::assemble(kGuest))));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(call("w"), kEverything);
    const auto seen = host_->call_actor("MOTHER", "r", {});
    ASSERT_TRUE(seen) << seen.error().message();
    EXPECT_EQ(as_text(*seen), kNothing);
  }
}

}  // namespace
}  // namespace wascc::runtime
