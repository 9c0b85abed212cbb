// The headers of an actor's answer, made fit for a front door: hop-by-hop headers and what could
// split a message removed, several values of a name told apart. docs/formats/lambda-answers.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "wascc/msgpack.h"

namespace wascc::net {

struct AnswerHeader {
  std::string_view name;  // in its first spelling; borrowed from the map
  bool set_cookie = false;
  std::vector<std::string> values;  // valid UTF-8, at least one
};

// One entry a name, in the order of the map.
std::vector<AnswerHeader> clean_headers(const StringMap& map, const Log& log);

// The text itself if it is valid UTF-8, else every byte as the character of that number.
std::string utf8_or_latin1(std::string_view text);

// Whether a text could end the line that it is written on: U+0000 to U+001F but tab, and U+007F.
bool has_control(std::string_view text);

}  // namespace wascc::net
