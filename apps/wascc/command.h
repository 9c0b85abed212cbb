// A subcommand of `wascc`: one file each, listed once in main.cc. It adds itself to the command
// line, and when it was chosen leaves what is to be done.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "wascc/result.h"

namespace wascc::cli {

// Runs after the command line was read without complaint. kInvalid is wrong usage, exit status 2;
// any other error is exit status 1 and one line on stderr.
using Action = std::function<Status()>;

void add_call(CLI::App& app, Action& chosen);
void add_complete(CLI::App& app, Action& chosen);
void add_completion(CLI::App& app, Action& chosen);
void add_compile(CLI::App& app, Action& chosen);
void add_doctor(CLI::App& app, Action& chosen);
void add_events(CLI::App& app, Action& chosen);
void add_inspect(CLI::App& app, Action& chosen);
void add_invoke(CLI::App& app, Action& chosen);
void add_keys(CLI::App& app, Action& chosen);
void add_man(CLI::App& app, Action& chosen);
void add_new(CLI::App& app, Action& chosen);
void add_package(CLI::App& app, Action& chosen);
void add_par(CLI::App& app, Action& chosen);
void add_provider(CLI::App& app, Action& chosen);
void add_pull(CLI::App& app, Action& chosen);
void add_run(CLI::App& app, Action& chosen);
void add_sign(CLI::App& app, Action& chosen);
void add_template(CLI::App& app, Action& chosen);
void add_verify(CLI::App& app, Action& chosen);

}  // namespace wascc::cli
