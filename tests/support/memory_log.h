// A log sink that keeps its entries for a test to read: "level target message key=value …".
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "base/log.h"

namespace wascc::test {

class MemoryLog final : public LogSink {
 public:
  bool enabled(LogLevel, std::string_view) const override { return true; }
  void write(const LogEntry& entry) override {
    static constexpr const char* kNames[] = {"off", "error", "warn", "info", "debug", "trace"};
    std::string line = kNames[static_cast<int>(entry.level)];
    line.append(" ").append(entry.target).append(" ").append(entry.message);
    for (const auto& [key, value] : entry.fields)
      line.append(" ").append(key).append("=").append(value);
    const std::scoped_lock lock(mutex_);
    lines_.push_back(std::move(line));
  }
  std::vector<std::string> lines() const {
    const std::scoped_lock lock(mutex_);
    return lines_;
  }
  // How many entries contain the text.
  int count(std::string_view text) const {
    const std::scoped_lock lock(mutex_);
    int found = 0;
    for (const std::string& line : lines_) found += line.find(text) != std::string::npos;
    return found;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

}  // namespace wascc::test
