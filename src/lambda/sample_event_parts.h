// For sample_event.cc alone: the events of the front doors, and those of everything else.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "lambda/sample_event.h"

namespace wascc::lambda {

// Made-up values that all samples share.
inline constexpr std::string_view kSampleAccount = "123456789012";  // as AWS's own examples
inline constexpr std::string_view kSampleRegion = "eu-central-1";
inline constexpr std::string_view kSampleClient = "192.0.2.44";  // RFC 5737
inline constexpr std::string_view kSampleRequestId = "8b1e7c02-1f3a-4c57-9d0e-5a6b7c8d9e0f";
inline constexpr std::string_view kSampleTime = "2026-01-15T12:00:00Z";
inline constexpr std::int64_t kSampleEpochMs = 1'768'478'400'000;  // the same time

void write_sample_alb(json::Writer& out, const SampleRequest& request, bool multi_value);
// REST API, and payload format 1.0 of an HTTP API.
void write_sample_v1(json::Writer& out, const SampleRequest& request, EventKind kind);
// Payload format 2.0 of an HTTP API, and function URL.
void write_sample_v2(json::Writer& out, const SampleRequest& request, EventKind kind);

void write_sample_sqs(json::Writer& out, ByteView body);
void write_sample_sns(json::Writer& out, ByteView body);
void write_sample_s3(json::Writer& out, ByteView body);
void write_sample_dynamodb(json::Writer& out, ByteView body);
void write_sample_kinesis(json::Writer& out, ByteView body);
void write_sample_eventbridge(json::Writer& out, ByteView body);
void write_sample_schedule(json::Writer& out, ByteView body);
void write_sample_websocket(json::Writer& out, ByteView body);

}  // namespace wascc::lambda
