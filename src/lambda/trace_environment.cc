#include "lambda/trace_environment.h"

#include <stdlib.h>

#include <algorithm>
#include <string_view>

namespace wascc::lambda {
namespace {

constexpr std::string_view kEntry = "_X_AMZN_TRACE_ID=";
constexpr const char* kName = "_X_AMZN_TRACE_ID";

}  // namespace

TraceEnvironment::TraceEnvironment() { std::copy(kEntry.begin(), kEntry.end(), entry_.begin()); }

TraceEnvironment::~TraceEnvironment() { unsetenv(kName); }

void TraceEnvironment::set(std::string_view trace_id) {
  char* const value = entry_.data() + kEntry.size();
  if (trace_id.empty() || trace_id.size() + kEntry.size() >= entry_.size()) {
    unsetenv(kName);
    return;
  }
  *std::copy(trace_id.begin(), trace_id.end(), value) = '\0';
  if (getenv(kName) != value) putenv(entry_.data());
}

}  // namespace wascc::lambda
