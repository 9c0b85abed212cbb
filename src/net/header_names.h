// Names of HTTP headers, as both directions compare them: without regard to case. Pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wascc::net {

// A to Z in lower case, all else as it is.
std::string lower_case(std::string_view text);

// Spaces and tabs at both ends removed.
std::string_view trimmed(std::string_view text);

// RFC 9110, section 5.6.2: what may be the name of a header.
bool is_token(std::string_view name);

// Whether a header belongs to one connection, not to the message; `name` in lower case.
bool is_hop_by_hop(std::string_view name);

// For each name the position of the first one equal to it, its own if it is the first. n log n, so
// that a map of a million names costs no more than its parsing.
std::vector<std::size_t> first_of_each(std::span<const std::string_view> names);

}  // namespace wascc::net
