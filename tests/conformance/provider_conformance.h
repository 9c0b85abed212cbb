// What every standard provider does between being added and being removed (docs/providers.md), as
// tests that run on each of them. A program defines one StandardProvider and
//   INSTANTIATE_TEST_SUITE_P(LoggingBuiltIn, ProviderConformance,
//                            testing::Values(ProviderCase::of<LoggingUnderTest>("logging")));
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "support/fake_dispatcher.h"
#include "wascc/provider.h"

namespace wascc::test {

// A provider, the servers that it needs, and how it is used. A binding of it leads to one of two
// places, 0 and 1, unless it knows no settings.
struct StandardProvider {
  virtual ~StandardProvider() = default;

  virtual std::string unavailable() { return {}; }  // why it cannot be had here
  // Not started yet.
  virtual std::unique_ptr<Provider> make() = 0;
  virtual bool knows_settings() const { return true; }
  virtual StringMap values(int /*place*/) { return {}; }
  // Once it is started: lets both places tell which they are. Binds and unbinds what it likes, but
  // no actor whose name begins with M.
  virtual void prepare(Provider& /*provider*/) {}
  // Which place this actor's calls reach; an error where they fail. Any thread.
  virtual Result<int> place(Provider& provider, const std::string& actor) = 0;
  // Sends decimal digits through the provider; what came back, or an error. No two calls have the
  // same digits. Any thread.
  virtual Result<std::string> echo(Provider& provider, const std::string& actor,
                                   const std::string& digits) = 0;
  virtual std::string unknown_operation(const std::string& /*operation*/) { return "bad dispatch"; }
  // By contract some operations have no use for their message.
  virtual bool reads_message(std::string_view /*operation*/) const { return true; }

  // Of each of several threads: fewer where a server is slow.
  virtual int parallel_calls() const { return 20; }

  FakeDispatcher dispatcher;
};

struct ProviderCase {
  std::string name;
  std::function<std::unique_ptr<StandardProvider>()> make;

  template <class UnderTest>
  static ProviderCase of(std::string name) {
    return {std::move(name), [] { return std::make_unique<UnderTest>(); }};
  }
  friend void PrintTo(const ProviderCase& self, std::ostream* out) { *out << self.name; }
};

class ProviderConformance : public testing::TestWithParam<ProviderCase> {
 protected:
  void SetUp() override {
    if (!under_test->unavailable().empty()) GTEST_SKIP() << under_test->unavailable();
    add();
  }
  void TearDown() override { remove(); }

  void add() {
    provider = under_test->make();
    ASSERT_TRUE(provider->start(under_test->dispatcher));
    under_test->prepare(*provider);
  }
  void remove() {
    if (provider) provider->stop();
    provider.reset();
  }
  void bind(const std::string& actor, int place) {
    const Status bound = provider->bind({actor, under_test->values(place)});
    ASSERT_TRUE(bound) << bound.error().message();
  }
  std::string echo(const std::string& actor) {
    const auto answer = under_test->echo(*provider, actor, std::to_string(++next_));
    if (!answer) return answer.error().message();
    return *answer == std::to_string(next_) ? "echo" : "another answer: " + *answer;
  }
  // "0", "1" or what went wrong.
  std::string place(const std::string& actor) {
    const auto answer = under_test->place(*provider, actor);
    return answer ? std::to_string(*answer) : answer.error().message();
  }

  static constexpr std::string_view kNoClient =
      "No client for this actor. Did the host configure it?";
  const std::unique_ptr<StandardProvider> under_test = GetParam().make();
  std::unique_ptr<Provider> provider;

 private:
  int next_ = 0;
};

TEST_P(ProviderConformance, ServesAnActorFromItsBindingToItsEnd) {
  const std::string unbound(under_test->knows_settings() ? kNoClient : "echo");
  EXPECT_EQ(echo("M1"), unbound);
  bind("M1", 0);
  EXPECT_EQ(echo("M1"), "echo");
  EXPECT_TRUE(provider->unbind("M1"));
  EXPECT_EQ(echo("M1"), unbound);
  EXPECT_TRUE(provider->unbind("M1")) << "a second time is no error";
  bind("M1", 0);
  EXPECT_EQ(echo("M1"), "echo");
}

TEST_P(ProviderConformance, BindingAgainIsAnUpdateThatCountsAtOnce) {
  if (!under_test->knows_settings()) GTEST_SKIP() << "it knows no settings";
  bind("M1", 0);
  EXPECT_EQ(place("M1"), "0");
  bind("M1", 1);
  EXPECT_EQ(place("M1"), "1");
  bind("M1", 1);
  EXPECT_EQ(place("M1"), "1");
  bind("M1", 0);
  EXPECT_EQ(place("M1"), "0");
}

TEST_P(ProviderConformance, TwoBindingsWithOtherSettingsLiveSideBySide) {
  if (!under_test->knows_settings()) GTEST_SKIP() << "it knows no settings";
  bind("M1", 0);
  bind("M2", 1);
  EXPECT_EQ(place("M1"), "0");
  EXPECT_EQ(place("M2"), "1");
  EXPECT_EQ(place("M1"), "0");
  EXPECT_TRUE(provider->unbind("M1"));
  EXPECT_EQ(place("M1"), kNoClient);
  EXPECT_EQ(place("M2"), "1");
}

TEST_P(ProviderConformance, RemovedAndAddedAgainItServesAsBefore) {
  bind("M1", 0);
  EXPECT_EQ(echo("M1"), "echo");
  remove();
  add();
  if (under_test->knows_settings()) {
    EXPECT_EQ(echo("M1"), kNoClient) << "bindings went with it";
  }
  bind("M1", 0);
  EXPECT_EQ(echo("M1"), "echo");
}

TEST_P(ProviderConformance, RefusesOperationsThatItDoesNotKnow) {
  bind("M1", 0);
  for (const char* operation :
       {"Explode", "", "BindActor", "RemoveActor", "GetCapabilityDescriptor"}) {
    const auto answer = provider->handle_call({"M1", operation, as_bytes("\x80")});
    ASSERT_FALSE(answer) << operation;
    EXPECT_EQ(answer.error().message(), under_test->unknown_operation(operation));
    EXPECT_EQ(answer.error().code(), Errc::kUnsupported);
  }
  EXPECT_EQ(echo("M1"), "echo");
}

TEST_P(ProviderConformance, RefusesMalformedMessages) {
  bind("M1", 0);
  for (const OperationDescriptor& operation : provider->descriptor().supported_operations) {
    if (operation.direction == Direction::kToActor || !under_test->reads_message(operation.name))
      continue;
    // Nothing, a map without its end, a text, a list of nothing that is, a byte that is no message,
    // a text longer than there is memory.
    for (const std::string_view payload :
         {std::string_view(), std::string_view("\x81"), std::string_view("\xa1x"),
          std::string_view("\x91\xc1"), std::string_view("\xC1"),
          std::string_view("\xDB\xFF\xFF\xFF\xFF")}) {
      const auto answer = provider->handle_call({"M1", operation.name, as_bytes(payload)});
      ASSERT_FALSE(answer) << operation.name;
      EXPECT_EQ(answer.error().code(), Errc::kMalformed) << operation.name;
      EXPECT_EQ(answer.error().message().rfind("Failed to de-serialize: ", 0), 0U)
          << operation.name << ": " << answer.error().message();
    }
  }
  EXPECT_EQ(echo("M1"), "echo");
}

TEST_P(ProviderConformance, KeepsRepliesApartUnderParallelLoad) {
  constexpr int kThreads = 6;
  bind("M1", 0);
  bind("M2", 1);
  std::atomic<bool> over = false;
  std::vector<std::string> wrong(kThreads);
  {
    std::latch together(kThreads);
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < kThreads; ++t)
      threads.emplace_back([&, t] {
        const std::string actor = t % 2 == 0 ? "M1" : "M2";
        together.arrive_and_wait();
        for (int i = 0; i < under_test->parallel_calls(); ++i) {
          const std::string digits =
              std::to_string((t + 1) * 1'000'000 + static_cast<std::size_t>(i));
          const auto answer = under_test->echo(*provider, actor, digits);
          if (!answer || *answer != digits)
            wrong[t] = digits + ": " + (answer ? *answer : answer.error().message());
          if (!under_test->knows_settings()) continue;
          const auto reached = under_test->place(*provider, actor);
          if (!reached || *reached != static_cast<int>(t % 2))
            wrong[t] = actor + (reached ? " was led astray" : ": " + reached.error().message());
        }
      });
    std::jthread others([&] {  // another actor comes and goes meanwhile
      while (!over) {
        EXPECT_TRUE(provider->bind({"M3", under_test->values(0)}));
        EXPECT_TRUE(provider->unbind("M3"));
      }
    });
    threads.clear();
    over = true;
  }
  for (const std::string& text : wrong) EXPECT_EQ(text, "");
}

}  // namespace wascc::test
