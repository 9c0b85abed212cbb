// What is written for a person: text that cannot play tricks on a terminal, and emphasis where
// there is one.
#pragma once

#include <string>
#include <string_view>

#include "wascc/result.h"

namespace wascc::cli {

// The text with control characters as \xNN, so that what a file says about itself stays text.
std::string printable(std::string_view text);

// From now on say() and note() are silent.
void be_quiet();

// A line on standard output that tells a person what was done; no program reads it.
void say(std::string_view text);

// A line on standard error that a person should know.
void note(std::string_view text);

// What is being worked at, on a line of standard error that the next one takes the place of; an
// empty text clears it. Shown on a terminal alone.
void progress(std::string_view text);

// Whether all that was printed has arrived. Called once, at the end: a full disk or a closed output
// shows there.
Status finish_output();

// Before anything is opened: a standard stream that is closed becomes one that cannot be used, so
// that no file of ours takes its number and gets what was meant for it.
void hold_standard_streams();

// Emphasised, if standard output is a terminal and NO_COLOR is not set or empty.
std::string bold(std::string_view text);

}  // namespace wascc::cli
