#include "runtime/log_setup.h"

#include <string>

namespace wascc::runtime {

LogFilter log_filter(const manifest::Environment& environment) {
  const std::string rust_log = environment("RUST_LOG").value_or("");
  if (!rust_log.empty()) return LogFilter::parse(rust_log);
  const std::string level = environment("AWS_LAMBDA_LOG_LEVEL").value_or("");
  return LogFilter(log_level(level).value_or(LogLevel::kInfo));
}

void warn_of_unknown_levels(const manifest::Environment& environment, const Log& log) {
  int unknown = 0;
  LogFilter::parse(environment("RUST_LOG").value_or(""), &unknown);
  if (unknown == 0) return;
  log.warn(
      "RUST_LOG has words that do nothing; it takes LEVEL or TARGET=LEVEL, with commas between",
      {{"words", std::to_string(unknown)}, {"levels", "off error warn info debug trace"}});
}

LogFormat log_format(std::optional<LogFormat> chosen, const manifest::Environment& environment) {
  if (chosen) return *chosen;
  const std::string format = environment("AWS_LAMBDA_LOG_FORMAT").value_or("");
  return format == "JSON" || format == "json" ? LogFormat::kJson : LogFormat::kText;
}

}  // namespace wascc::runtime
