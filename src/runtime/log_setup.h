// What is logged, and in which form, as the environment asks (docs/lambda.md, "Logs"). Pure.
#pragma once

#include <optional>

#include "base/log.h"
#include "manifest/expand.h"

namespace wascc::runtime {

// RUST_LOG if it is set, else AWS_LAMBDA_LOG_LEVEL, else info. A word that is no level is info.
LogFilter log_filter(const manifest::Environment& environment);

// One warning if RUST_LOG has words that are neither a level nor TARGET=LEVEL: they do nothing.
void warn_of_unknown_levels(const manifest::Environment& environment, const Log& log);

// What the setting log_format chose, else AWS_LAMBDA_LOG_FORMAT, else text.
LogFormat log_format(std::optional<LogFormat> chosen, const manifest::Environment& environment);

}  // namespace wascc::runtime
