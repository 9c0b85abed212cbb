// What one call leaves behind, and whether the next one can see it: memory, globals and tables,
// with both settings of `isolation`, on the engine that each is run with (tests/guests/traces.wat).
// tests/e2e/isolation_test.cc looks from outside.
#include <gtest/gtest.h>

#include <string>

#include "runtime/assembly.h"
#include "support/guests.h"
#include "wascc/host.h"
#include "wascc/messages/event.h"

namespace wascc::runtime {
namespace {

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
    auto module = engine_->compile(test::guest("traces"));
    ASSERT_TRUE(module) << module.error().message();
    claims::Claims claims;
    claims.subject = kActor;
    ASSERT_TRUE(host_->add_actor(claims, *module));
  }

  // The letters for the places where the actor finds something; it leaves a trace in each before it
  // looks, if it is to.
  std::string call(const char* actor, bool leave_traces) {
    const auto answer = host_->call_actor(actor, kOpHandleEvent,
                                          to_bytes(std::string_view(leave_traces ? "1" : "0")));
    if (!answer) return answer.error().message();
    const auto response = decode<EventResponse>(*answer);
    return response ? to_text(response->body) : response.error().message();
  }
  std::string look() { return call(kActor, false); }
  std::string leave_traces() { return call(kActor, true); }

  static constexpr const char* kActor = "MISOLATION";
  static constexpr const char* kEverything = "dzsgvt";
  static constexpr const char* kNothing = "------";
  std::unique_ptr<engine::Engine> engine_;
  std::optional<Host> host_;
};

TEST_F(Isolation, ByActorTheNextCallFindsWhatTheLastOneLeft) {
  serve(manifest::Isolation::kActor);
  EXPECT_EQ(look(), kNothing);
  EXPECT_EQ(leave_traces(), kEverything);
  EXPECT_EQ(look(), kEverything);
}

TEST_F(Isolation, ByInvocationNoCallFindsAnythingOfTheCallsBefore) {
  serve(manifest::Isolation::kInvocation);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(look(), kNothing);
    EXPECT_EQ(leave_traces(), kEverything);
  }
  EXPECT_EQ(look(), kNothing);
}

TEST_F(Isolation, ByInvocationOneActorFindsNothingOfAnother) {
  serve(manifest::Isolation::kInvocation);
  claims::Claims other;
  other.subject = "MOTHER";
  ASSERT_TRUE(host_->add_actor(other, *engine_->compile(test::guest("traces"))));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(leave_traces(), kEverything);
    EXPECT_EQ(call("MOTHER", false), kNothing);
  }
}

}  // namespace
}  // namespace wascc::runtime
