// Events as their senders make them, for trying actors without Lambda: the opposite of
// http_event.h. Written for this project from the rules of docs/formats/lambda-events.md, with the
// members that actors are known to look at; ids, names and times are made up and always the same.
// Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lambda/http_event.h"
#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::lambda {

// What a client sent. Path and query are encoded, as on the wire.
struct SampleRequest {
  std::string method = "GET";
  std::string path = "/";
  std::string query;                // without '?'
  std::vector<HeaderLine> headers;  // names in any case, in order; a name may come again
  Bytes body;
};

struct SampleKind {
  std::string_view name;
  std::string_view summary;
  bool http;          // path, query, method and headers mean something
  bool body = false;  // of a raw event: whether it carries a body of the sender's
};

// All kinds: those of HTTP first.
std::span<const SampleKind> sample_kinds();

// The event's JSON. kNotFound for an unknown kind; kInvalid for a path without '/' at its front, or
// for a part of the request that the kind cannot carry.
Result<std::string> write_sample_event(std::string_view kind, const SampleRequest& request);

}  // namespace wascc::lambda
