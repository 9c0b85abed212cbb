// The Runtime API in names and numbers. docs/formats/runtime-api.md says what each means and where
// it is documented.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

namespace wascc::lambda {

// Paths, below the path of AWS_LAMBDA_RUNTIME_API.
inline constexpr std::string_view kNextPath = "/2018-06-01/runtime/invocation/next";
inline constexpr std::string_view kInvocationPath = "/2018-06-01/runtime/invocation/";
inline constexpr std::string_view kResponseSuffix = "/response";
inline constexpr std::string_view kErrorSuffix = "/error";
inline constexpr std::string_view kInitErrorPath = "/2018-06-01/runtime/init/error";
inline constexpr std::string_view kExtensionRegisterPath = "/2020-01-01/extension/register";
inline constexpr std::string_view kExtensionNextPath = "/2020-01-01/extension/event/next";

// Headers of an event.
inline constexpr std::string_view kRequestIdHeader = "Lambda-Runtime-Aws-Request-Id";
inline constexpr std::string_view kDeadlineHeader = "Lambda-Runtime-Deadline-Ms";
inline constexpr std::string_view kFunctionArnHeader = "Lambda-Runtime-Invoked-Function-Arn";
inline constexpr std::string_view kTraceIdHeader = "Lambda-Runtime-Trace-Id";
inline constexpr std::string_view kClientContextHeader = "Lambda-Runtime-Client-Context";
inline constexpr std::string_view kCognitoIdentityHeader = "Lambda-Runtime-Cognito-Identity";
inline constexpr std::string_view kTenantIdHeader = "Lambda-Runtime-Aws-Tenant-Id";
inline constexpr std::string_view kInvocationIdHeader = "Lambda-Runtime-Invocation-Id";

// Headers of an error.
inline constexpr std::string_view kErrorTypeHeader = "Lambda-Runtime-Function-Error-Type";
inline constexpr std::string_view kErrorCauseHeader = "Lambda-Runtime-Function-XRay-Error-Cause";

// Headers of an extension.
inline constexpr std::string_view kExtensionNameHeader = "Lambda-Extension-Name";
inline constexpr std::string_view kExtensionIdHeader = "Lambda-Extension-Identifier";

// Sizes.
inline constexpr std::size_t kMaxEventBytes = 6'291'556;      // 6 MiB and 100 bytes
inline constexpr std::size_t kMaxApiAnswerBytes = 64 * 1024;  // what is read of any other answer
inline constexpr std::size_t kMaxErrorMessageBytes = 64 * 1024;
inline constexpr std::size_t kMaxStackFrames = 64;
inline constexpr std::size_t kMaxStackFrameBytes = 1024;
inline constexpr std::size_t kMaxErrorCauseBytes = 32 * 1024;

// Deadlines farther ahead than this are nonsense.
inline constexpr std::chrono::minutes kLongestBudget{16};
inline constexpr std::chrono::hours kLongestConcurrentBudget{24};

// A POST is given up when it made no progress for so long.
inline constexpr std::chrono::milliseconds kPostStandstill{10'000};

// Five retries, each after twice the time of the one before.
inline constexpr int kRetries = 5;
inline constexpr std::chrono::milliseconds kFirstConnectRetry{10};
inline constexpr std::chrono::milliseconds kFirstNextRetry{100};

}  // namespace wascc::lambda
