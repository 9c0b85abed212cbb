#include "lambda/invocation_error.h"

#include <algorithm>
#include <cstddef>

namespace wascc::lambda {
namespace {

constexpr std::size_t kMaxMessageBytes = 64 << 10;
constexpr std::size_t kMaxFrames = 64;

// At most `limit` bytes, cut between two characters.
std::string cut(std::string_view text, std::size_t limit) {
  if (text.size() > limit) {
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
    text = text.substr(0, limit);
  }
  return std::string(text);
}

}  // namespace

std::string_view error_type(Errc code) {
  switch (code) {
    case Errc::kGuest:
    case Errc::kProvider:
    case Errc::kUnsupported:
      return kActorError;
    case Errc::kTrap:
      return "Function.ActorTrap";
    case Errc::kTimeout:
      return kActorTimeout;
    case Errc::kOutOfMemory:
      return "Function.ActorOutOfMemory";
    case Errc::kTooLarge:
      return kResponseSizeTooLarge;
    case Errc::kMalformed:
      return kInvalidActorReply;
    case Errc::kDenied:
      return "Runtime.ActorNotTrusted";
    case Errc::kNotFound:
      return kInvalidConfiguration;
    case Errc::kInvalid:
    case Errc::kExists:
    case Errc::kUnavailable:
    case Errc::kInternal:
      break;
  }
  return kInternalError;
}

InvocationError invocation_error(std::string_view type, const Error& error) {
  const std::vector<std::string>& trace = error.trace();
  const auto frames = static_cast<std::ptrdiff_t>(std::min(trace.size(), kMaxFrames));
  return {std::string(type),
          cut(error.message(), kMaxMessageBytes),
          {trace.begin(), trace.begin() + frames}};
}

void log_failure(const Log& log, const InvocationError& error) {
  if (error.stack_trace.empty()) {
    log.error("event failed", {{"errorType", error.type}, {"errorMessage", error.message}});
    return;
  }
  std::string trace;
  for (const std::string& frame : error.stack_trace)
    trace.append(trace.empty() ? "" : " < ").append(frame);
  log.error("event failed", {{"errorType", error.type},
                             {"errorMessage", error.message},
                             {"stackTrace", std::move(trace)}});
}

}  // namespace wascc::lambda
