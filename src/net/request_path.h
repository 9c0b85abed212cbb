// The path of a request as actors take it, whichever front door it came through
// (docs/formats/lambda-events.md, "Path"). Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/percent.h"

namespace wascc::net {

struct RequestTarget {
  std::string_view path;
  std::string_view query;  // without '?'
};

// The parts of a request line's target, "/a?b" or "http://host/a?b". nullopt for any other: what
// CONNECT and OPTIONS * ask for is no actor's.
std::optional<RequestTarget> split_target(std::string_view target);

// The path without the prefix, if it equals it or goes on with '/' after it; "/" if nothing is
// left.
std::string_view without_prefix(std::string_view path, std::string_view prefix);

// Base path removed, encoded, with a slash at its front.
std::string finished_path(std::string_view path, const ByteSet& keep, std::string_view base_path);

}  // namespace wascc::net
