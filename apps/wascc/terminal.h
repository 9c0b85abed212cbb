// What is written for a person: text that cannot play tricks on a terminal, and emphasis where
// there is one.
#pragma once

#include <string>
#include <string_view>

namespace wascc::cli {

// The text with control characters as \xNN, so that what a file says about itself stays text.
std::string printable(std::string_view text);

// Emphasised, if standard output is a terminal and NO_COLOR is not set.
std::string bold(std::string_view text);

}  // namespace wascc::cli
