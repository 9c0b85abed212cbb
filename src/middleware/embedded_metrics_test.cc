#include "middleware/embedded_metrics.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace wascc::middleware {
namespace {

constexpr std::chrono::system_clock::time_point kNow{std::chrono::milliseconds(1'795'000'000'123)};

TEST(EmbeddedMetrics, ALineIsWhatCloudWatchReads) {
  const auto lines = embedded_metrics({{"wascc_actor_total", 3, 1.25}}, "größe", kNow);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0],
            R"({"_aws":{"Timestamp":1795000000123,"CloudWatchMetrics":[{"Namespace":"waSCC",)"
            R"("Dimensions":[["FunctionName"]],"Metrics":[)"
            R"({"Name":"wascc_actor_total_inv_count","Unit":"Count"},)"
            R"({"Name":"wascc_actor_total_average_inv_time","Unit":"Milliseconds"}]}]},)"
            R"("FunctionName":"größe","wascc_actor_total_inv_count":3,)"
            R"("wascc_actor_total_average_inv_time":1.250})"
            "\n");
}

TEST(EmbeddedMetrics, NothingIsNoLine) { EXPECT_TRUE(embedded_metrics({}, "f", kNow).empty()); }

TEST(EmbeddedMetrics, NoLineHasMoreThanAHundredMetrics) {
  std::vector<Metrics::Sample> samples;
  for (int i = 0; i < 51; ++i) samples.push_back({"wascc_" + std::to_string(i), 1, 0});
  const auto lines = embedded_metrics(samples, "f", kNow);
  ASSERT_EQ(lines.size(), 2U);
  std::size_t all = 0;
  for (const std::string& line : lines) {
    const auto document = json::Document::parse(line);
    ASSERT_TRUE(document);
    std::size_t defined = 0;
    document->root()["_aws"]["CloudWatchMetrics"].each_element([&](json::View directive) {
      directive["Metrics"].each_element([&](json::View metric) {
        ++defined;
        EXPECT_TRUE(document->root()[*metric["Name"].string()]) << "it has a value";
      });
    });
    EXPECT_LE(defined, 100U);
    all += defined;
  }
  EXPECT_EQ(all, 102U);
}

}  // namespace
}  // namespace wascc::middleware
