#include "base/log.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include "base/encoding.h"
#include "base/json.h"

namespace wascc {
namespace {

constexpr std::array<std::string_view, 6> kLowerNames = {"off",  "error", "warn",
                                                         "info", "debug", "trace"};
constexpr std::array<std::string_view, 6> kUpperNames = {"OFF",  "ERROR", "WARN",
                                                         "INFO", "DEBUG", "TRACE"};

// CloudWatch Logs takes events below 256 KB, its own bookkeeping included (docs/formats/log.md).
constexpr std::size_t kMaxRecordBytes = 250'000;
// The message leaves room for the fields; a byte takes at most six when it is escaped (\u0001).
constexpr std::size_t kMaxMessageBytes = 160'000;
constexpr std::string_view kCutMark = "…";

// Where `text` must end so that its escaped form takes at most `budget` bytes; never inside a
// UTF-8 sequence.
std::size_t fitting(std::string_view text, std::size_t budget) {
  std::size_t used = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    used += c < 0x20 || c == 0x7F ? 6 : (c == '"' || c == '\\' ? 2 : 1);
    if (used > budget) {
      while (i > 0 && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) --i;
      return i;
    }
  }
  return text.size();
}

// Valid UTF-8 whose escaped form fits into `budget`; a cut shows.
std::string cut(std::string_view text, std::size_t budget) {
  std::string whole = to_utf8_lossy(text);
  const std::size_t end = fitting(whole, budget);
  if (end == whole.size()) return whole;
  whole.resize(fitting(whole, budget > kCutMark.size() ? budget - kCutMark.size() : 0));
  return whole.append(kCutMark);
}

bool is_plain(std::string_view value) {
  for (const char c : value)
    if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7F)
      return false;
  return !value.empty();
}

void append_quoted(std::string& out, std::string_view value) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_digits(std::string& out, unsigned value, unsigned width) {
  unsigned divisor = 1;
  for (unsigned i = 1; i < width; ++i) divisor *= 10;
  for (; divisor > 0; divisor /= 10) out += static_cast<char>('0' + value / divisor % 10);
}

// RFC 3339 in UTC with milliseconds.
std::string timestamp(std::chrono::system_clock::time_point time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<milliseconds>(time - day));
  std::string out;
  out.reserve(24);
  append_digits(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_digits(out, static_cast<unsigned>(clock.hours().count()), 2);
  out += ':';
  append_digits(out, static_cast<unsigned>(clock.minutes().count()), 2);
  out += ':';
  append_digits(out, static_cast<unsigned>(clock.seconds().count()), 2);
  out += '.';
  append_digits(out, static_cast<unsigned>(clock.subseconds().count()), 3);
  out += 'Z';
  return out;
}

// Calls visit(key, value) for each field that fits into the record; of a repeated key the last.
template <class Visit>
void each_field(const LogEntry& entry, const std::string& record, Visit visit) {
  for (std::size_t i = 0; i < entry.fields.size(); ++i) {
    const auto& [key, value] = entry.fields[i];
    bool repeated = false;
    for (std::size_t later = i + 1; later < entry.fields.size() && !repeated; ++later)
      repeated = entry.fields[later].first == key;
    const std::size_t used = record.size() + key.size() + 16;
    if (!repeated && used < kMaxRecordBytes) visit(key, cut(value, kMaxRecordBytes - used));
  }
}

std::string text_record(const LogEntry& entry) {
  std::string out = "level=";
  out.append(kLowerNames[static_cast<std::size_t>(entry.level)]).append(" msg=");
  append_quoted(out, cut(entry.message, kMaxMessageBytes));
  out.append(" target=").append(entry.target);
  each_field(entry, out, [&out](const std::string& key, const std::string& value) {
    out.append(" ").append(key).append("=");
    if (is_plain(value))
      out += value;
    else
      append_quoted(out, value);
  });
  return out;
}

std::string json_record(const LogEntry& entry, const Clock& clock) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  writer.key("timestamp").string(timestamp(clock.now()));
  writer.key("level").string(kUpperNames[static_cast<std::size_t>(entry.level)]);
  writer.key("message").string(cut(entry.message, kMaxMessageBytes));
  writer.key("target").string(entry.target);
  each_field(entry, out, [&writer](const std::string& key, const std::string& value) {
    writer.key(key).string(value);
  });
  writer.end_object();
  return out;
}

}  // namespace

Log Log::with(std::string_view key, std::string value) const {
  Log copy = *this;
  copy.fields_.emplace_back(key, std::move(value));
  return copy;
}

Log Log::target(std::string_view name) const {
  Log copy = *this;
  copy.target_ = name;
  return copy;
}

namespace {

// The innermost scope of this thread.
thread_local const LogScope* current_scope = nullptr;

}  // namespace

LogScope::LogScope(std::string_view key, std::string_view value)
    : key_(key), value_(value), outer_(current_scope) {
  current_scope = this;
}

LogScope::~LogScope() { current_scope = outer_; }

void Log::write(LogLevel level, std::string_view message, Fields fields) const {
  if (!enabled(level)) return;
  if (fields.size() == 0 && current_scope == nullptr) {
    sink_->write({level, target_, message, fields_});
    return;
  }
  std::vector<std::pair<std::string, std::string>> all;
  for (const LogScope* scope = current_scope; scope != nullptr; scope = scope->outer_)
    all.emplace(all.begin(), scope->key_, scope->value_);
  all.insert(all.end(), fields_.begin(), fields_.end());
  for (const LogField& field : fields) all.emplace_back(field.key, field.value);
  sink_->write({level, target_, message, all});
}

LogFilter LogFilter::parse(std::string_view text, int* skipped) {
  LogFilter filter;
  int unknown = 0;
  const auto trim = [](std::string_view word) {
    while (!word.empty() && word.front() == ' ') word.remove_prefix(1);
    while (!word.empty() && word.back() == ' ') word.remove_suffix(1);
    return word;
  };
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view directive = trim(text.substr(0, comma));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    if (directive.empty()) continue;
    const std::size_t equals = directive.find('=');
    const bool has_target = equals != std::string_view::npos;
    const auto level = log_level(trim(has_target ? directive.substr(equals + 1) : directive));
    const std::string_view target = trim(has_target ? directive.substr(0, equals) : "");
    if (!level || (has_target && target.empty()))
      ++unknown;
    else if (has_target)
      filter.targets_.emplace_back(target, *level);
    else
      filter.default_ = *level;
  }
  if (skipped != nullptr) *skipped = unknown;
  return filter;
}

bool LogFilter::enabled(LogLevel level, std::string_view target) const {
  LogLevel allowed = default_;
  std::size_t longest = 0;
  for (const auto& [prefix, prefix_level] : targets_) {
    const bool matches =
        target.starts_with(prefix) &&
        (target.size() == prefix.size() || target.substr(prefix.size()).starts_with("::"));
    if (!matches || prefix.size() < longest) continue;
    longest = prefix.size();
    allowed = prefix_level;
  }
  return level != LogLevel::kOff && level <= allowed;
}

StreamSink::StreamSink(int fd, LogFormat format, LogFilter filter, const Clock& clock)
    : fd_(fd), format_(format), filter_(std::move(filter)), clock_(clock) {}

bool StreamSink::enabled(LogLevel level, std::string_view target) const {
  return filter_.enabled(level, target);
}

void StreamSink::write(const LogEntry& entry) {
  std::string record =
      format_ == LogFormat::kJson ? json_record(entry, clock_) : text_record(entry);
  record += '\n';
  write_record(fd_, record);
}

void write_record(int fd, std::string_view record) {
  while (!record.empty()) {
    const ssize_t written = ::write(fd, record.data(), record.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody is left to tell
    record.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::optional<LogLevel> log_level(std::string_view word) {
  std::string lower(word);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (lower == "fatal") return LogLevel::kError;
  if (lower == "warning") return LogLevel::kWarn;
  for (std::size_t i = 0; i < kLowerNames.size(); ++i)
    if (lower == kLowerNames[i]) return static_cast<LogLevel>(i);
  return std::nullopt;
}

}  // namespace wascc
