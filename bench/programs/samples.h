// Times of one run, and the three figures that are told of them.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

namespace bench {

using Time = std::chrono::steady_clock::time_point;
inline Time now() { return std::chrono::steady_clock::now(); }
inline double us(Time from, Time to) {
  return std::chrono::duration<double, std::micro>(to - from).count();
}

class Samples {
 public:
  void add(double value) { values_.push_back(value); }
  std::size_t size() const { return values_.size(); }
  // 0 is the least, 0.5 the median; null where there is none.
  std::string at(double place) {
    if (values_.empty()) return "null";
    std::ranges::sort(values_);
    const auto index = std::min(
        values_.size() - 1, static_cast<std::size_t>(place * static_cast<double>(values_.size())));
    char text[32];
    std::snprintf(text, sizeof text, "%.3f", values_[index]);
    return text;
  }
  // `"NAME_min_us":1,"NAME_p50_us":2,"NAME_p99_us":3`
  std::string json(const std::string& name) {
    return "\"" + name + "_min_us\":" + at(0) + ",\"" + name + "_p50_us\":" + at(0.5) + ",\"" +
           name + "_p99_us\":" + at(0.99);
  }

 private:
  std::vector<double> values_;
};

}  // namespace bench
