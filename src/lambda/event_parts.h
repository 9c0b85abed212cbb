// The parts that events of several front doors have in common; for http_event.cc and the three
// readers of kinds only. docs/formats/lambda-events.md has the rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "lambda/http_event.h"
#include "net/percent.h"
#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::lambda {

Result<HttpEvent> read_alb_event(json::View event, const HttpEventSettings& settings);
// REST API and payload format 1.0 of an HTTP API.
Result<HttpEvent> read_apigw_v1_event(EventKind kind, json::View event,
                                      const HttpEventSettings& settings);
// Payload format 2.0 of an HTTP API and function URL.
Result<HttpEvent> read_apigw_v2_event(EventKind kind, json::View event,
                                      const HttpEventSettings& settings);

// A string, or "" for anything else.
std::string_view text_of(json::View value);

// multiValueHeaders, then the names that only headers has.
std::vector<HeaderLine> read_headers(json::View event);

// multiValueQueryStringParameters, then the keys that only queryStringParameters has.
std::string read_query_maps(json::View event, const net::ByteSet& key_bytes,
                            const net::ByteSet& value_bytes);

// Decoded if isBase64Encoded says so; kMalformed if it cannot be.
Result<Bytes> read_body(json::View event);

// The path without the stage, where an HTTP API puts it in: on the domains that AWS names.
std::string_view without_stage(std::string_view path, json::View context,
                               const HttpEventSettings& settings);

// Base path removed, encoded, with a slash at its front.
std::string finished_path(std::string_view path, const net::ByteSet& keep,
                          const HttpEventSettings& settings);

}  // namespace wascc::lambda
