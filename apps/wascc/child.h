// Code that may crash or never return, run in a process of its own.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "wascc/result.h"

namespace wascc::cli {

// Forks. In the child runs `work`, which writes to the descriptor it is given; here `heard` gets
// what was written, piece by piece. A child that is silent for so long is killed. Answers how it
// ended, as half a sentence about it ("it ended by signal 11, Segmentation fault"); empty where
// `work` returned. kUnavailable if there is no process to be had.
Result<std::string> in_child(const std::function<void(int fd)>& work, std::chrono::seconds silence,
                             const std::function<void(std::string_view)>& heard);

// All of it, whatever the descriptor takes at once; nothing where nobody listens any more.
void write_all(int fd, std::string_view text);

}  // namespace wascc::cli
