// The command line: keys, signing, looking into actors, compiling and trying them.
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "command.h"
#include "terminal.h"

namespace {

constexpr auto kCommands = {
    wascc::cli::add_new,      wascc::cli::add_events,   wascc::cli::add_keys,
    wascc::cli::add_sign,     wascc::cli::add_inspect,  wascc::cli::add_verify,
    wascc::cli::add_compile,  wascc::cli::add_invoke,   wascc::cli::add_call,
    wascc::cli::add_package,  wascc::cli::add_doctor,   wascc::cli::add_run,
    wascc::cli::add_provider, wascc::cli::add_template, wascc::cli::add_completion,
    wascc::cli::add_complete, wascc::cli::add_man,      wascc::cli::add_par,
    wascc::cli::add_pull,
};

constexpr const char* kExamples = R"(
A project to begin with, in which make does the rest:
  wascc new hello

From a module to a signed actor with native code:
  wascc keys new account                      # once: who you are
  wascc keys new module echo                  # once an actor: its identity
  wascc sign echo.wasm --cap http_server -o actor.wasm
  wascc inspect actor.wasm
  wascc invoke actor.wasm --event event.json  # try it here
  wascc run actor.wasm                        # serve it here
  wascc package actor.wasm -o function.zip    # what to upload to Lambda
  wascc template sam > template.yaml          # how to deploy it

--quiet may stand behind a command, too. Where output goes to a terminal, it has emphasis and shows
progress, unless NO_COLOR is set.

Exit status: 0 done, 1 failed with one line on stderr, 2 wrong usage.
)";

// The options of the program itself are taken after any command's name, too.
void accept_everywhere(CLI::App& app) {
  for (CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    command->fallthrough();
    accept_everywhere(*command);
  }
}

// One line, that names the command as far as it was understood.
std::string tell_wrong_usage(const CLI::App* app, const CLI::Error& error) {
  const std::vector<std::string> unknown = app->remaining(true);
  std::string command = app->get_name();
  while (!app->get_subcommands().empty()) {
    app = app->get_subcommands().front();
    command += " " + app->get_name();
  }
  std::string what = error.what();
  if (error.get_name() == "RequiredError" && app->get_require_subcommand_min() > 0)
    what = unknown.empty() ? "a command is missing"
                           : unknown.front() + ": no such " +
                                 (unknown.front().starts_with('-') ? "option" : "command");
  return "wascc: " + wascc::cli::printable(what) + "; see " + command + " --help\n";
}

int run(int argc, char** argv) {
  CLI::App app("Signs, inspects, tries and packages WebAssembly actors.", "wascc");
  app.set_version_flag("--version", "wascc " WASCC_VERSION);
  app.footer(kExamples);
  app.failure_message(tell_wrong_usage);
  app.require_subcommand(1);
  app.add_flag_callback("-q,--quiet", wascc::cli::be_quiet,
                        "say nothing but errors and what was asked for");
  wascc::cli::Action chosen;
  for (const auto add : kCommands) add(app, chosen);
  accept_everywhere(app);
  wascc::Status status;
  try {
    app.parse(argc, argv);
    status = chosen();
  } catch (const CLI::ParseError& stopped) {  // --help and --version come this way, too
    if (app.exit(stopped) != 0) return 2;
  }
  wascc::cli::progress("");
  const wascc::Status printed = wascc::cli::finish_output();
  if (status) status = printed;
  if (status) return 0;
  std::fprintf(stderr, "wascc: %s\n", wascc::cli::printable(status.error().message()).c_str());
  return status.error().code() == wascc::Errc::kInvalid ? 2 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  wascc::cli::hold_standard_streams();
  try {
    return run(argc, argv);
  } catch (const std::exception& thrown) {
    std::fprintf(stderr, "wascc: %s\n", thrown.what());
    return 1;
  }
}
