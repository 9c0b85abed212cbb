// --trust, as several commands take it: whose actors may run.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "manifest/settings.h"
#include "wascc/result.h"

namespace wascc::cli {

void add_trust(CLI::App& command, std::vector<std::string>& trusted);

// Public keys: what was given, or those of the user's keys that were named. kInvalid for what is
// neither.
Result<std::vector<std::string>> trusted_keys(const std::vector<std::string>& trusted);

// Puts them in the place of the settings' trusted issuers, if any were given.
Status set_trust(const std::vector<std::string>& trusted, manifest::Settings& settings);

}  // namespace wascc::cli
