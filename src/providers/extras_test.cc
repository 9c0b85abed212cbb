#include "providers/extras.h"

#include <gtest/gtest.h>

#include <cctype>
#include <limits>
#include <set>
#include <string>

#include "wascc/messages/extras.h"

namespace wascc::providers {
namespace {

using extras::GeneratorRequest;
using extras::GeneratorResult;

struct ExtrasTest : testing::Test {
  ExtrasProvider provider;

  Result<GeneratorResult> call(std::string_view actor, std::string_view operation,
                               const GeneratorRequest& request = {}) {
    WASCC_TRY(const Bytes answer, provider.handle_call({actor, operation, encode(request)}));
    return decode<GeneratorResult>(answer);
  }
};

TEST_F(ExtrasTest, MakesGuidsOfVersion4) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const auto result = call("M1", extras::kOpRequestGuid);
    ASSERT_TRUE(result);
    const std::string guid = result->guid.value_or("");
    ASSERT_EQ(guid.size(), 36U);
    for (std::size_t at = 0; at < guid.size(); ++at) {
      const char c = guid[at];
      if (at == 8 || at == 13 || at == 18 || at == 23)
        EXPECT_EQ(c, '-');
      else
        EXPECT_NE(std::string_view("0123456789abcdef").find(c), std::string_view::npos) << guid;
    }
    EXPECT_EQ(guid[14], '4');
    EXPECT_NE(std::string_view("89ab").find(guid[19]), std::string_view::npos) << guid;
    EXPECT_EQ(result->sequence_number, 0U);
    EXPECT_EQ(result->random_number, 0U);
    seen.insert(guid);
  }
  EXPECT_EQ(seen.size(), 100U);
}

TEST_F(ExtrasTest, CountsForEachActorFromZero) {
  EXPECT_EQ(call("M1", extras::kOpRequestSequence)->sequence_number, 0U);
  EXPECT_EQ(call("M1", extras::kOpRequestSequence)->sequence_number, 1U);
  EXPECT_EQ(call("M2", extras::kOpRequestSequence)->sequence_number, 0U);
  EXPECT_EQ(call("M1", extras::kOpRequestSequence)->sequence_number, 2U);
  EXPECT_FALSE(call("M1", extras::kOpRequestSequence)->guid.has_value());
}

TEST_F(ExtrasTest, DrawsNumbersBelowTheMaximum) {
  constexpr std::uint32_t kTop = std::numeric_limits<std::uint32_t>::max();
  std::set<std::uint32_t> seen;
  for (int i = 0; i < 200; ++i)
    seen.insert(call("M1", extras::kOpRequestRandom, {false, false, true, 7, 10})->random_number);
  EXPECT_EQ(seen, (std::set<std::uint32_t>{7, 8, 9}));
  EXPECT_EQ(
      call("M1", extras::kOpRequestRandom, {false, false, true, kTop - 1, kTop})->random_number,
      kTop - 1);
  EXPECT_EQ(call("M1", extras::kOpRequestRandom, {false, false, false, 7, 10})->random_number, 0U)
      << "not asked for";
}

TEST_F(ExtrasTest, RefusesEmptyRangesAndOtherOperations) {
  for (const auto& [min, max] : {std::pair(5U, 5U), std::pair(6U, 5U)})
    EXPECT_EQ(
        call("M1", extras::kOpRequestRandom, {false, false, true, min, max}).error().message(),
        "invalid range");
  EXPECT_EQ(call("M1", "RequestFortune").error().message(), "bad dispatch");
  EXPECT_EQ(provider.handle_call({"M1", extras::kOpRequestRandom, {}}).error().code(),
            Errc::kMalformed);
}

}  // namespace
}  // namespace wascc::providers
