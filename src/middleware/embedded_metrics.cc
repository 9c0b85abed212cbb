#include "middleware/embedded_metrics.h"

#include <algorithm>
#include <cstdint>
#include <span>

#include "base/json.h"
#include "middleware/milliseconds.h"

namespace wascc::middleware {
namespace {

constexpr std::size_t kSamplesOfALine = 50;  // two metrics each

void define(json::Writer& json, const std::string& name, const char* unit) {
  json.begin_object().key("Name").string(name).key("Unit").string(unit).end_object();
}

std::string line(std::span<const Metrics::Sample> samples, std::string_view function_name,
                 std::int64_t now_ms) {
  std::string out;
  json::Writer json(out);
  json.begin_object().key("_aws").begin_object();
  json.key("Timestamp").number(now_ms);
  json.key("CloudWatchMetrics").begin_array().begin_object();
  json.key("Namespace").string("waSCC");
  json.key("Dimensions").begin_array().begin_array().string("FunctionName").end_array().end_array();
  json.key("Metrics").begin_array();
  for (const Metrics::Sample& sample : samples) {
    define(json, sample.name + "_inv_count", "Count");
    define(json, sample.name + "_average_inv_time", "Milliseconds");
  }
  json.end_array().end_object().end_array().end_object();
  json.key("FunctionName").string(function_name);
  for (const Metrics::Sample& sample : samples) {
    json.key(sample.name + "_inv_count").number(sample.calls);
    json.key(sample.name + "_average_inv_time").raw(in_ms(Milliseconds(sample.average_ms)));
  }
  json.end_object();
  return out + "\n";
}

}  // namespace

std::vector<std::string> embedded_metrics(const std::vector<Metrics::Sample>& samples,
                                          std::string_view function_name,
                                          std::chrono::system_clock::time_point now) {
  const std::int64_t now_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  std::vector<std::string> lines;
  for (std::span rest(samples); !rest.empty();) {
    const std::size_t some = std::min(rest.size(), kSamplesOfALine);
    lines.push_back(line(rest.first(some), function_name, now_ms));
    rest = rest.subspan(some);
  }
  return lines;
}

}  // namespace wascc::middleware
