// Log: levels, fields, one line an entry. Passed in, never global. docs/formats/log.md has both
// line forms.
//
// Sizes and names only: no payload, token, seed or header value is ever given to a log.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace wascc {

enum class LogLevel : std::uint8_t {
  kOff = 0,
  kError = 1,
  kWarn = 2,
  kInfo = 3,
  kDebug = 4,
  kTrace = 5
};

struct LogField {
  std::string_view key;
  std::string value;
};

// One finished entry, borrowed for the call. `fields` holds inherited fields first.
struct LogEntry {
  LogLevel level;
  std::string_view target;  // which part of the host speaks: "lambda", "host", "actor", …
  std::string_view message;
  const std::vector<std::pair<std::string, std::string>>& fields;
};

// Where entries go. Called from any thread.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual bool enabled(LogLevel level, std::string_view target) const = 0;
  virtual void write(const LogEntry& entry) = 0;
};

// A cheap value: copies share the sink, which must outlive them. A default-constructed Log writes
// nothing. All functions may be called on several threads at once.
class Log {
 public:
  Log() = default;
  explicit Log(LogSink& sink) : sink_(&sink) {}

  // The same log with one more field on every entry.
  Log with(std::string_view key, std::string value) const;
  // The same log speaking for another part of the host; RUST_LOG filters by it.
  Log target(std::string_view name) const;

  bool enabled(LogLevel level) const { return sink_ != nullptr && sink_->enabled(level, target_); }

  using Fields = std::initializer_list<LogField>;
  void write(LogLevel level, std::string_view message, Fields fields = {}) const;
  void error(std::string_view message, Fields f = {}) const { write(LogLevel::kError, message, f); }
  void warn(std::string_view message, Fields f = {}) const { write(LogLevel::kWarn, message, f); }
  void info(std::string_view message, Fields f = {}) const { write(LogLevel::kInfo, message, f); }
  void debug(std::string_view message, Fields f = {}) const { write(LogLevel::kDebug, message, f); }
  void trace(std::string_view message, Fields f = {}) const { write(LogLevel::kTrace, message, f); }

 private:
  LogSink* sink_ = nullptr;
  std::string target_ = "host";
  std::vector<std::pair<std::string, std::string>> fields_;
};

// While it lives, every entry written on this thread carries the field, whoever writes it. Borrows
// both texts; ends in the opposite order of its making.
class LogScope {
 public:
  LogScope(std::string_view key, std::string_view value);
  ~LogScope();
  LogScope(const LogScope&) = delete;
  LogScope& operator=(const LogScope&) = delete;

 private:
  friend class Log;
  std::string_view key_, value_;
  const LogScope* outer_;
};

// Which levels of which targets are written; RUST_LOG syntax: "info", "warn,actor=debug", "off".
class LogFilter {
 public:
  explicit LogFilter(LogLevel level = LogLevel::kInfo) : default_(level) {}
  // Unknown words are skipped; their number is in `skipped`, when asked for.
  static LogFilter parse(std::string_view text, int* skipped = nullptr);
  bool enabled(LogLevel level, std::string_view target) const;

 private:
  LogLevel default_;
  std::vector<std::pair<std::string, LogLevel>> targets_;
};

enum class LogFormat : std::uint8_t { kText, kJson };

// Text or JSON lines to a file descriptor, one write(2) an entry, so that entries of threads do not
// mix.
class StreamSink final : public LogSink {
 public:
  StreamSink(int fd, LogFormat format, LogFilter filter, const Clock& clock);
  bool enabled(LogLevel level, std::string_view target) const override;
  void write(const LogEntry& entry) override;

 private:
  int fd_;
  LogFormat format_;
  LogFilter filter_;
  const Clock& clock_;
};

// One line, its newline included, with one write(2) if the system takes it whole.
void write_record(int fd, std::string_view record);

// "error", "WARN", … ; nullopt for any other word. Case does not matter; "fatal" is error,
// "warning" is warn.
std::optional<LogLevel> log_level(std::string_view word);

}  // namespace wascc
