// JSON as far as actors need it: write strings, and find values in a text without a tree of it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace wascc::actor {

// Appends `text` as a JSON string, quotes included. `text` is UTF-8 and passes as it is.
void append_json_string(std::string& out, std::string_view text);

// The value of a member of an object, as JSON text inside `json`; the first one if repeated.
// Nothing if `json` is no object, has no such member or is damaged before it. `key` is compared
// with the member's name as it is written: escapes in names are not looked through.
std::optional<std::string_view> json_member(std::string_view json, std::string_view key);

// How many elements an array has; nothing if `json` is no array or is damaged.
std::optional<std::size_t> json_array_size(std::string_view json);

}  // namespace wascc::actor
