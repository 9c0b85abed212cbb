// Where this system keeps the certificates of the authorities it trusts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wascc/result.h"

namespace wascc {

// The first of the known places that holds a readable file; Amazon Linux, Debian and Alpine differ.
// nullopt if none does.
std::optional<std::string> system_ca_file();

// `chosen` if it is a readable file, else why not; with nothing chosen, the system's. `setting` is
// what chooses, for messages.
Result<std::string> ca_file(std::string_view chosen, std::string_view setting = "CA_FILE");

}  // namespace wascc
