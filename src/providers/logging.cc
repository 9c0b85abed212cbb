#include "providers/logging.h"

#include <optional>
#include <string>

#include "providers/builtin.h"
#include "wascc/messages/logging.h"

namespace wascc::providers {
namespace {

struct Line {
  std::optional<LogLevel> level;
  std::string level_sent;
  std::string text;
};

// Actors of 2020 send a level's number, those of 2021 its word beside a target of their own.
Result<Line> read_line(ByteView payload) {
  auto numbered = decode<WriteLogRequest>(payload);
  if (numbered) {
    Line line{std::nullopt, std::to_string(numbered->level), std::move(numbered->body)};
    if (numbered->level >= kWriteLogError && numbered->level <= kWriteLogTrace)
      line.level = static_cast<LogLevel>(numbered->level);
    return line;
  }
  auto named = decode<NamedWriteLogRequest>(payload);
  if (!named) return std::move(numbered).error();
  Line line{log_level(named->level), std::move(named->level), std::move(named->text)};
  if (line.level == LogLevel::kOff) line.level.reset();
  return line;
}

}  // namespace

CapabilityDescriptor LoggingProvider::descriptor() const {
  return describe(kLogging, "waSCC Logging", "Writes what actors log into the host's log.",
                  {kOpWriteLog});
}

Result<Bytes> LoggingProvider::handle_call(const ProviderCall& call) {
  if (call.operation != kOpWriteLog && call.operation != kOpWrite)
    return Error(Errc::kUnsupported, "Unknown operation: " + std::string(call.operation));
  WASCC_TRY(const Line line, read_line(call.payload));
  if (!line.level) {
    log_.error("Unknown log level: " + line.level_sent);
  } else if (log_.enabled(*line.level)) {
    std::string text = "[";
    text.append(call.actor).append("] ").append(line.text);
    log_.write(*line.level, text);
  }
  return Bytes();
}

}  // namespace wascc::providers
