// Metrics as lines of CloudWatch's embedded metric format: a log line that becomes metrics without
// any call. Pure functions.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "middleware/metrics.h"

namespace wascc::middleware {

// A line for each hundred metrics, the most that one may hold; each ends with a newline. No samples
// are no lines.
std::vector<std::string> embedded_metrics(const std::vector<Metrics::Sample>& samples,
                                          std::string_view function_name,
                                          std::chrono::system_clock::time_point now);

}  // namespace wascc::middleware
