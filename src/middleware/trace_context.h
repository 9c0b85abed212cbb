// Where a call stands in a trace: the ids of W3C's trace context, read from and written as its
// header and read from X-Ray's. Pure functions, but for the random ones.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wascc::middleware {

struct TraceContext {
  std::string trace_id;  // 32 hex digits, lower case, not all zero
  std::string span_id;   // 16 of the same
  bool sampled = true;
};

// "00-<trace id>-<span id>-<flags>"; nullopt for anything that is none.
std::optional<TraceContext> parse_traceparent(std::string_view header);
std::string traceparent(const TraceContext& context);

// "Root=1-<8 hex>-<24 hex>;Parent=<16 hex>;Sampled=1", whose root is a trace id in two parts.
// Without a Parent the span id is random. nullopt for anything that is none.
std::optional<TraceContext> parse_xray(std::string_view header);

std::string random_trace_id();
std::string random_span_id();

}  // namespace wascc::middleware
