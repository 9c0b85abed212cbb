// How failures become the error answers of Lambda (docs/formats/lambda-answers.md, "Errors").
#pragma once

#include <string>
#include <string_view>

#include "base/log.h"
#include "lambda/invocation.h"
#include "wascc/result.h"

namespace wascc::lambda {

inline constexpr std::string_view kInvalidActorReply = "Function.InvalidActorReply";
inline constexpr std::string_view kInvalidHttpResponse = "Function.InvalidHttpResponse";
inline constexpr std::string_view kResponseSizeTooLarge = "Function.ResponseSizeTooLarge";
inline constexpr std::string_view kActorError = "Function.ActorError";
inline constexpr std::string_view kActorTimeout = "Function.ActorTimeout";
inline constexpr std::string_view kUnmarshalError = "Runtime.UnmarshalError";
inline constexpr std::string_view kInvalidConfiguration = "Runtime.InvalidConfiguration";
inline constexpr std::string_view kInternalError = "Runtime.InternalError";

// The type of a dispatch that failed with this code.
std::string_view error_type(Errc code);

// What callers may see of an error: its message cut to 64 KiB, its trace to 64 frames.
InvocationError invocation_error(std::string_view type, const Error& error);

// The one record that a failed event leaves in the log.
void log_failure(const Log& log, const InvocationError& error);

}  // namespace wascc::lambda
