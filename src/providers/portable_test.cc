#include "providers/portable.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/guests.h"
#include "support/memory_log.h"

namespace wascc::providers {
namespace {

struct PortableProviderTest : testing::Test {
  std::unique_ptr<engine::Engine> engine = test::real_engine();
  test::MemoryLog lines;

  Result<std::unique_ptr<Provider>> load(const Bytes& wasm, bool prov = true) {
    WASCC_TRY(engine::ModulePtr module, engine->compile(wasm));
    WASCC_TRY(auto guest, wapc::GuestModule::link(*engine, std::move(module)));
    claims::Claims claims;
    claims.subject = "MPROVIDER";
    claims.provider = prov;
    return PortableProvider::load(claims, std::move(guest), {}, Log(lines), kNoDeadline);
  }
  std::unique_ptr<Provider> provider() { return *load(test::guest("portable_provider")); }
  static Result<std::string> ask(Provider& provider, std::string_view operation,
                                 std::string_view payload) {
    WASCC_TRY(const Bytes answer,
              provider.handle_call({"MACTOR", operation, as_bytes(payload), kNoDeadline}));
    return to_text(answer);
  }
};

TEST_F(PortableProviderTest, DescribesItselfAndServesWhatActorsAsk) {
  const auto double_it = provider();
  EXPECT_EQ(double_it->descriptor().id, "test:double");
  EXPECT_TRUE(double_it->bind({"MACTOR", {{"URL", "x"}}}));
  EXPECT_EQ(*ask(*double_it, "double", "\x15"), "\x2a");
  EXPECT_EQ(lines.count("info provider called provider=MPROVIDER stream=stdout"), 1);
}

TEST_F(PortableProviderTest, PassesItsErrorsOnAndKeepsTheHostsOperationsToTheHost) {
  const auto double_it = provider();
  EXPECT_EQ(ask(*double_it, "nothing", "").error().message(), "bad dispatch");
  for (const char* operation : {"BindActor", "RemoveActor", "GetCapabilityDescriptor"})
    EXPECT_EQ(ask(*double_it, operation, "").error().code(), Errc::kDenied) << operation;
}

TEST_F(PortableProviderTest, EndsABindingThatTheModuleRefusesToEnd) {
  const auto double_it = provider();
  ASSERT_TRUE(double_it->bind({"MACTOR", {}}));
  EXPECT_TRUE(double_it->unbind("MACTOR"));
  EXPECT_EQ(lines.count("warn provider RemoveActor was refused"), 1);
}

TEST_F(PortableProviderTest, ServesOnAfterATrapWithItsBindingsAsBefore) {
  const auto double_it = provider();
  ASSERT_TRUE(double_it->bind({"MACTOR", {}}));
  ASSERT_TRUE(double_it->bind({"MOTHER", {}}));
  EXPECT_EQ(ask(*double_it, "trap", "").error().code(), Errc::kTrap);
  EXPECT_EQ(*ask(*double_it, "count", ""), "\x02");
}

TEST_F(PortableProviderTest, MayCallNothingItself) {
  const auto answer = ask(*provider(), "host", "");
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().message().find("Provider MPROVIDER attempted to call"),
            std::string::npos)
      << answer.error().message();
}

TEST_F(PortableProviderTest, RefusesAnActorAndAModuleThatDoesNotDescribeItself) {
  EXPECT_EQ(load(test::guest("portable_provider"), false).error().code(), Errc::kDenied);
  EXPECT_FALSE(load(test::guest("hostile")));
}

}  // namespace
}  // namespace wascc::providers
