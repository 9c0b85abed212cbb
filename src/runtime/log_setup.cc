#include "runtime/log_setup.h"

#include <string>

namespace wascc::runtime {

LogFilter log_filter(const manifest::Environment& environment) {
  const std::string rust_log = environment("RUST_LOG").value_or("");
  if (!rust_log.empty()) return LogFilter::parse(rust_log);
  const std::string level = environment("AWS_LAMBDA_LOG_LEVEL").value_or("");
  return LogFilter(log_level(level).value_or(LogLevel::kInfo));
}

LogFormat log_format(std::optional<LogFormat> chosen, const manifest::Environment& environment) {
  if (chosen) return *chosen;
  const std::string format = environment("AWS_LAMBDA_LOG_FORMAT").value_or("");
  return format == "JSON" || format == "json" ? LogFormat::kJson : LogFormat::kText;
}

}  // namespace wascc::runtime
