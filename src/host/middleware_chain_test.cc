#include "host/middleware_chain.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

#include "support/host_fixture.h"
#include "wascc/messages/core.h"

namespace wascc {
namespace {

using namespace test;  // the words of support/host_fixture.h

std::string name_of(const Entity& entity) {
  return entity.actor.empty() ? std::string(entity.capability).append(",").append(entity.binding)
                              : std::string(entity.actor.substr(0, 6));
}

// Notes each hook under its name, and does what a test says.
class Noting final : public Middleware {
 public:
  Noting(std::string name, Strings& notes) : name_(std::move(name)), notes_(notes) {}

  std::function<Result<NewPayload>(const Invocation&)> on_before;
  std::function<Outcome(const Invocation&, Next&)> on_around;
  std::function<Result<NewAnswer>(const Invocation&, const Result<Bytes>&)> on_after;

  Result<NewPayload> before(const Invocation& call) override {
    note("before", call);
    return on_before ? on_before(call) : Middleware::before(call);
  }
  Outcome around(const Invocation& call, Next& next) override {
    note("around", call);
    Outcome outcome = on_around ? on_around(call, next) : Middleware::around(call, next);
    notes_.push_back(name_ + " back");
    return outcome;
  }
  Result<NewAnswer> after(const Invocation& call, const Result<Bytes>& answer) override {
    note("after", call);
    return on_after ? on_after(call, answer) : Middleware::after(call, answer);
  }

 private:
  void note(const char* hook, const Invocation& call) {
    notes_.push_back(name_ + " " + hook + " " + std::string(as_text(call.payload)));
  }

  const std::string name_;
  Strings& notes_;
};

struct MiddlewareTest : HostTest {
  Strings notes;
  std::shared_ptr<Noting> one = std::make_shared<Noting>("one", notes);
  std::shared_ptr<Noting> two = std::make_shared<Noting>("two", notes);
  int served = 0;

  // An actor behind both, that answers with what it was sent.
  void add_both() {
    options.middleware = {one, two};
    add(claims_of(kA, {"wascc:keyvalue"}), [this](FakeCall& call) {
      ++served;
      return obedient(call);
    });
  }
};

const std::string kFailed = "waSCC Host Error: Invocation failure: ";

TEST_F(MiddlewareTest, IsNestedInTheOrderOfTheListAroundOneCall) {
  add_both();
  EXPECT_EQ(call(kA, "Op"), "hello");
  EXPECT_EQ(notes,
            (Strings{"one before hello", "two before hello", "one around hello", "two around hello",
                     "two back", "one back", "one after hello", "two after hello"}));
  EXPECT_EQ(served, 1);
}

TEST_F(MiddlewareTest, MayChangeWhatIsSentAndWhatIsAnswered) {
  one->on_before = [](const Invocation&) { return Middleware::NewPayload(to_bytes("größer")); };
  two->on_around = [](const Invocation& call, Middleware::Next& next) {
    const std::string louder = std::string(as_text(call.payload)) + "!";
    return Middleware::Outcome::go_on(next(as_bytes(louder)));
  };
  one->on_after = [](const Invocation&, const Result<Bytes>& answer) {
    return Middleware::NewAnswer(to_bytes("<" + to_text(*answer) + ">"));
  };
  add_both();
  EXPECT_EQ(call(kA, "Op"), "<größer!>");
}

TEST_F(MiddlewareTest, AVetoIsTheAnswerAndNothingRuns) {
  one->on_around = [](const Invocation&, Middleware::Next&) {
    return Middleware::Outcome::halt(Error(Errc::kDenied, "größer"));
  };
  add_both();
  const auto answer = host().call_actor(kA, "Op", {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message(), kFailed + "größer");
  EXPECT_EQ(answer.error().code(), Errc::kDenied);
  EXPECT_EQ(served, 0);
  EXPECT_EQ(notes, (Strings{"one before ", "two before ", "one around ", "one back", "one after ",
                            "two after "}));
}

TEST_F(MiddlewareTest, AnAnswerOfItsOwnHaltsTheRestAndPassesTheOuterOnes) {
  two->on_around = [](const Invocation&, Middleware::Next&) {
    return Middleware::Outcome::halt(to_bytes("from memory"));
  };
  one->on_around = [](const Invocation& call, Middleware::Next& next) {
    const auto inner = next(call.payload);
    return Middleware::Outcome::go_on(to_bytes("seen: " + to_text(*inner)));
  };
  add_both();
  EXPECT_EQ(call(kA, "Op"), "seen: from memory");
  EXPECT_EQ(served, 0);
}

TEST_F(MiddlewareTest, NotToGoOnWithoutHaltingIsAnError) {
  two->on_around = [](const Invocation&, Middleware::Next&) {
    return Middleware::Outcome::go_on(to_bytes("made up"));
  };
  add_both();
  EXPECT_EQ(call(kA, "Op"), kFailed + "No middleware invoked the operation");
  EXPECT_EQ(served, 0);
}

TEST_F(MiddlewareTest, TheOperationRunsOnceHoweverOftenItIsAskedFor) {
  one->on_around = [](const Invocation& call, Middleware::Next& next) {
    EXPECT_TRUE(next(call.payload));
    return Middleware::Outcome::go_on(next(call.payload));
  };
  add_both();
  EXPECT_EQ(call(kA, "Op"), kFailed + "Middleware error: the operation has been invoked already");
  EXPECT_EQ(served, 1);
}

TEST_F(MiddlewareTest, AFailureBeforeIsLoggedAndTheCallGoesOnAsItCame) {
  one->on_before = [](const Invocation&) { return Middleware::NewPayload(to_bytes("changed")); };
  two->on_before = [](const Invocation&) { return Error(Errc::kInternal, "größer"); };
  add_both();
  EXPECT_EQ(call(kA, "Op"), "hello");
  EXPECT_EQ(log.count("warn middleware Middleware failure hook=before error=größer"), 1);
}

TEST_F(MiddlewareTest, AFailureAfterIsLoggedAndTheAnswerIsThatOfTheCall) {
  one->on_after = [](const Invocation&, const Result<Bytes>&) {
    return Middleware::NewAnswer(to_bytes("changed"));
  };
  two->on_after = [](const Invocation&, const Result<Bytes>&) {
    return Error(Errc::kInternal, "größer");
  };
  add_both();
  EXPECT_EQ(call(kA, "Op"), "hello");
  EXPECT_EQ(log.count("warn middleware Middleware failure hook=after error=größer"), 1);
}

// "origin -> target operation" of each call.
class Watching final : public Middleware {
 public:
  explicit Watching(Strings& calls) : calls_(calls) {}
  Outcome around(const Invocation& call, Next& next) override {
    calls_.push_back(name_of(call.origin) + " -> " + name_of(call.target) + " " +
                     std::string(call.operation));
    return Outcome::go_on(next(call.payload));
  }

 private:
  Strings& calls_;
};

TEST_F(MiddlewareTest, SeesEveryCallWithItsTwoEnds) {
  Strings calls;
  options.middleware = {std::make_shared<Watching>(calls)};
  add(claims_of(kA, {"wascc:keyvalue", kB}));
  add(claims_of(kB, {}));
  add(provider("wascc:keyvalue"));
  EXPECT_EQ(bind(kA, "wasmcloud:keyvalue"), "bound");
  EXPECT_EQ(bind(kA, kA), "bound");
  EXPECT_EQ(call(kA, "Get@wasmcloud:keyvalue"), "hello");
  EXPECT_EQ(call(kA, "Ping@" + kB), "hello");
  EXPECT_EQ(dispatch(kA, "Handle"), "hello");
  EXPECT_TRUE(host().unbind(kA, "wascc:keyvalue"));
  EXPECT_EQ(calls, (Strings{"system -> wascc:keyvalue,default BindActor",
                            "system -> MAAAAA BindActor", "system -> MAAAAA Get@wasmcloud:keyvalue",
                            "MAAAAA -> wascc:keyvalue,default Get", "system -> MAAAAA Ping@" + kB,
                            "MAAAAA -> MBBBBB Ping", "wascc:keyvalue,default -> MAAAAA Handle",
                            "system -> wascc:keyvalue,default RemoveActor"}));
}

TEST_F(MiddlewareTest, ReplacingAnActorIsNoCall) {
  Strings calls;
  options.middleware = {std::make_shared<Watching>(calls)};
  add(claims_of(kA, {}));
  EXPECT_EQ(bind(kA, kA, "default", {{"greeting", "größer"}}), "bound");
  calls.clear();
  const Bytes wasm = engine.add("new", wapc_module([] { return obedient; }));
  const auto module = engine.compile(wasm);
  ASSERT_TRUE(module);
  ASSERT_TRUE(host().replace_actor(kA, claims_of(kA, {}), *module));
  EXPECT_EQ(calls, Strings{});
}

TEST_F(MiddlewareTest, FailuresReadAsTheyDoWithoutIt) {
  Strings failures;
  one->on_around = [&](const Invocation& call, Middleware::Next& next) {
    auto answer = next(call.payload);
    if (!answer) failures.push_back(answer.error().message());
    return Middleware::Outcome::go_on(std::move(answer));
  };
  add_both();
  auto failing = provider("wascc:keyvalue");
  failing->on_call = [](const ProviderCall&) { return Error(Errc::kProvider, "größer"); };
  add(std::move(failing));
  EXPECT_EQ(bind(kA, "wascc:keyvalue"), "bound");
  EXPECT_EQ(call(kA, "Get@wascc:keyvalue"),
            kGuestFailed +
                "Invocation failure: failed to invoke capability: Error occurred during host "
                "call: größer");
  EXPECT_EQ(failures.front(),
            "failed to invoke capability: Error occurred during host call: größer");
}

TEST_F(MiddlewareTest, BindingsPassItWithTheirValuesAndCanBeVetoed) {
  one->on_around = [](const Invocation& call, Middleware::Next& next) {
    if (call.operation != kOpBind) return Middleware::Outcome::go_on(next(call.payload));
    auto told = decode<CapabilityConfiguration>(call.payload);
    if (told->values.front().second == "veto")
      return Middleware::Outcome::halt(Error(Errc::kDenied, "größer"));
    told->module = kC;
    told->values.front().second = "changed";
    const Bytes changed = encode(*told);
    return Middleware::Outcome::go_on(next(changed));
  };
  add_both();
  add(provider("wascc:keyvalue"));
  EXPECT_EQ(bind(kA, "wascc:keyvalue", "default", {{"key", "veto"}}),
            "Capability provider error: Failed to configure default,wascc:keyvalue - größer");
  EXPECT_TRUE(host().bindings().empty());
  EXPECT_EQ(bind(kA, "wascc:keyvalue", "default", {{"key", "value"}}), "bound");
  ASSERT_EQ(record.configurations.size(), 1U);
  EXPECT_EQ(record.configurations[0].module, kA) << "another actor than the one that was allowed";
  EXPECT_EQ(record.configurations[0].values.front().second, "changed");
  EXPECT_EQ(host().bindings().front().values.front().second, "value");
}

TEST_F(MiddlewareTest, ACallThatIsNotAllowedNeverReachesIt) {
  Strings calls;
  options.middleware = {std::make_shared<Watching>(calls)};
  add(claims_of(kA, {}));
  (void)call(kA, "Get@wascc:keyvalue");
  (void)call(kA, "Ping@" + kA);
  EXPECT_EQ(calls.size(), 2U) << "only those of the embedder";
}

}  // namespace
}  // namespace wascc
