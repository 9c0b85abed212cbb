// wascc provider: is this shared library a good provider?
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "child.h"
#include "command.h"
#include "providers/native_provider.h"
#include "providers/provider_check.h"
#include "providers/shared_object.h"
#include "terminal.h"

namespace wascc::cli {
namespace {

using providers::ProviderVerdict;

constexpr std::size_t kMaxLibraryBytes = std::size_t{512} << 20;

struct ProviderCommand {
  std::string file;
  std::vector<std::string> values;
  unsigned timeout_seconds = 120;
  bool json = false;
};

Result<StringMap> values_of(const std::vector<std::string>& given) {
  StringMap values;
  for (const std::string& text : given) {
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos)
      return Error(Errc::kInvalid, "--value " + text + ": give KEY=VALUE");
    values.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return values;
}

std::string_view word(ProviderVerdict::Outcome outcome) {
  switch (outcome) {
    case ProviderVerdict::Outcome::kPassed:
      return "ok";
    case ProviderVerdict::Outcome::kSkipped:
      return "skipped";
    case ProviderVerdict::Outcome::kFailed:
      break;
  }
  return "FAILED";
}

// What the process that runs the provider says, a line each: 't' and a rule before it is tried;
// 'p', 'f' or 's', the rule, and a detail after.
void send_line(int fd, char kind, std::string_view rule, std::string_view detail = {}) {
  std::string text(1, kind);
  text.append(rule).append(1, '\0').append(detail);
  std::replace(text.begin(), text.end(), '\n', ' ');
  write_all(fd, text += '\n');
}

void run_provider(const std::string& file, const StringMap& values, int fd) {
  const std::string loads = "the library loads and exports a table of version 1";
  send_line(fd, 't', loads);
  const auto table = providers::open_native_library(file);
  const Status usable = table ? providers::check_table(*table, file) : Status(table.error());
  send_line(fd, usable ? 'p' : 'f', loads, usable ? "" : usable.error().message());
  if (!usable) return;
  providers::check_provider(
      **table, {values},
      {[fd](std::string_view rule) { send_line(fd, 't', rule); },
       [fd](const ProviderVerdict& verdict) {
         const bool passed = verdict.outcome == ProviderVerdict::Outcome::kPassed;
         const bool skipped = verdict.outcome == ProviderVerdict::Outcome::kSkipped;
         send_line(fd, passed ? 'p' : skipped ? 's' : 'f', verdict.rule, verdict.detail);
       }});
}

// Puts these lines together.
class Listener {
 public:
  void hear(std::string_view text) {
    for (const char c : text) c == '\n' ? take() : static_cast<void>(line_ += c);
  }
  std::vector<ProviderVerdict> verdicts;
  std::string trying;  // a rule that no verdict has come for

 private:
  void take() {
    const std::string line = std::exchange(line_, {});
    const std::size_t end = line.find('\0');
    if (line.empty() || end == std::string::npos) return;
    const std::string rule = line.substr(1, end - 1);
    trying = line.front() == 't' ? rule : "";
    if (line.front() == 't') return;
    const auto outcome = line.front() == 'p'   ? ProviderVerdict::Outcome::kPassed
                         : line.front() == 's' ? ProviderVerdict::Outcome::kSkipped
                                               : ProviderVerdict::Outcome::kFailed;
    verdicts.push_back({rule, outcome, line.substr(end + 1)});
  }

  std::string line_;
};

Result<std::vector<ProviderVerdict>> try_provider(const ProviderCommand& options,
                                                  const StringMap& values) {
  Listener listener;
  WASCC_TRY(std::string end, in_child([&](int fd) { run_provider(options.file, values, fd); },
                                      std::chrono::seconds(options.timeout_seconds),
                                      [&listener](std::string_view text) { listener.hear(text); }));
  if (!end.empty())
    listener.verdicts.push_back(
        {listener.trying.empty() ? "it leaves the process alone" : listener.trying,
         ProviderVerdict::Outcome::kFailed, std::move(end)});
  return std::move(listener.verdicts);
}

// What its headers say of where it can be loaded.
ProviderVerdict fits_lambda(const std::string& file) {
  ProviderVerdict verdict{"it needs no newer C library than Lambda has",
                          ProviderVerdict::Outcome::kFailed, ""};
  const auto bytes = read_file(file, kMaxLibraryBytes);
  const auto object = bytes ? providers::read_shared_object(*bytes)
                            : Result<providers::SharedObject>(bytes.error());
  if (!object) {
    verdict.detail = object.error().message();
    return verdict;
  }
  for (const std::string& version : providers::newer_than_glibc(*object, providers::kLambdaGlibc))
    verdict.detail.append(verdict.detail.empty() ? "it needs " : ", ").append(version);
  if (verdict.detail.empty()) verdict.outcome = ProviderVerdict::Outcome::kPassed;
  return verdict;
}

void print_json(const std::string& file, const std::vector<ProviderVerdict>& verdicts,
                std::size_t failed) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("file").string(file).key("passed").boolean(failed == 0);
  out.key("rules").begin_array();
  for (const ProviderVerdict& verdict : verdicts) {
    out.begin_object().key("rule").string(verdict.rule);
    out.key("outcome").string(
        verdict.outcome == ProviderVerdict::Outcome::kFailed ? "failed" : word(verdict.outcome));
    out.key("detail").string(verdict.detail).end_object();
  }
  out.end_array().end_object();
  std::printf("%s\n", text.c_str());
}

Status check(const ProviderCommand& options) {
  WASCC_TRY(const StringMap values, values_of(options.values));
  WASCC_CHECK(read_file_start(options.file, 1));  // is it there?
  WASCC_TRY(std::vector<ProviderVerdict> verdicts, try_provider(options, values));
  verdicts.push_back(fits_lambda(options.file));
  std::size_t failed = 0;
  for (const ProviderVerdict& verdict : verdicts)
    failed += verdict.outcome == ProviderVerdict::Outcome::kFailed ? 1 : 0;
  if (options.json) {
    print_json(options.file, verdicts, failed);
  } else {
    for (const ProviderVerdict& verdict : verdicts) {
      std::printf("%-8s %s\n", std::string(word(verdict.outcome)).c_str(), verdict.rule.c_str());
      if (!verdict.detail.empty()) std::printf("         %s\n", printable(verdict.detail).c_str());
    }
  }
  if (failed == 0) return {};
  return Error(Errc::kProvider, options.file + ": " + std::to_string(failed) + " of " +
                                    std::to_string(verdicts.size()) + " rules do not hold");
}

}  // namespace

void add_provider(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<ProviderCommand>();
  CLI::App* provider = app.add_subcommand("provider", "Check a native capability provider");
  provider->require_subcommand(1);
  CLI::App* one = provider->add_subcommand(
      "check", "Load a provider and try what the interface asks of it: exit status 0 if all holds");
  one->add_option("FILE", options->file, "a shared library, lib….so")
      ->required()
      ->type_name("FILE");
  one->add_option("--value", options->values,
                  "KEY=VALUE of the binding that is tried; may be repeated")
      ->allow_extra_args(false);
  one->add_option("--timeout", options->timeout_seconds,
                  "seconds after which a call counts as one that never returns (default: 120)")
      ->check(CLI::Range(1U, 3600U));
  one->add_flag("--json", options->json, "one JSON object on stdout, whatever the outcome");
  one->footer(R"(
Runs the provider's code in a process of its own: made, described, started, bound, called by eight
threads, given bad and large payloads, stopped, made again. Every operation that it describes is
called with payloads that mean nothing, so point --value at a server that holds nothing dear.

  wascc provider check libwascc_shout.so
  wascc provider check libwascc_redis.so --value URL=redis://127.0.0.1:6379 --json
)");
  one->callback([options, &chosen] { chosen = [options] { return check(*options); }; });
}

}  // namespace wascc::cli
