// wascc provider: is this shared library a good provider?
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/json.h"
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

// One way, from the process that runs the provider: 't' and a rule before it is tried; 'p', 'f' or
// 's', the rule, and a detail after.
class Line {
 public:
  explicit Line(int fd) : fd_(fd) {}
  void send(char kind, std::string_view rule, std::string_view detail = {}) const {
    std::string text(1, kind);
    text.append(rule).append(1, '\0').append(detail).append(1, '\n');
    for (char& c : text)
      if (c == '\n' && &c != &text.back()) c = ' ';
    for (std::string_view rest = text; !rest.empty();) {
      const ssize_t written = ::write(fd_, rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return;  // nobody listens any more
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
  }

 private:
  int fd_;
};

// In a process of its own: a provider may crash, or never return.
[[noreturn]] void run_provider(const std::string& file, const StringMap& values, int fd) {
  const Line line(fd);
  const std::string loads = "the library loads and exports a table of version 1";
  line.send('t', loads);
  const auto table = providers::open_native_library(file);
  const Status usable = table ? providers::check_table(*table, file) : Status(table.error());
  line.send(usable ? 'p' : 'f', loads, usable ? "" : usable.error().message());
  if (usable)
    providers::check_provider(
        **table, {values},
        {[&](std::string_view rule) { line.send('t', rule); },
         [&](const ProviderVerdict& verdict) {
           const bool passed = verdict.outcome == ProviderVerdict::Outcome::kPassed;
           const bool skipped = verdict.outcome == ProviderVerdict::Outcome::kSkipped;
           line.send(passed ? 'p' : skipped ? 's' : 'f', verdict.rule, verdict.detail);
         }});
  _exit(0);  // without the ends of static objects, which other processes have to do with
}

// What the child says, until it ends or says nothing for too long.
class Listener {
 public:
  Listener(int fd, unsigned timeout_seconds) : fd_(fd), timeout_(timeout_seconds) {}

  // Whether it was in time.
  bool listen() {
    char buffer[4096];
    while (true) {
      pollfd one{fd_, POLLIN, 0};
      const int ready = ::poll(&one, 1, static_cast<int>(timeout_.count()));
      if (ready < 0 && errno == EINTR) continue;
      if (ready <= 0) return false;
      const ssize_t got = ::read(fd_, buffer, sizeof buffer);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return true;
      for (const char c : std::string_view(buffer, static_cast<std::size_t>(got)))
        c == '\n' ? take() : static_cast<void>(line_ += c);
    }
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

  const int fd_;
  const std::chrono::milliseconds timeout_;
  std::string line_;
};

Result<std::vector<ProviderVerdict>> try_provider(const ProviderCommand& options,
                                                  const StringMap& values) {
  int ends[2];
  if (::pipe(ends) != 0) return Error(Errc::kUnavailable, "no pipe");
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child < 0) return Error(Errc::kUnavailable, "no process for the provider");
  if (child == 0) {
    ::close(ends[0]);
    run_provider(options.file, values, ends[1]);
  }
  ::close(ends[1]);
  Listener listener(ends[0], options.timeout_seconds * 1000);
  const bool in_time = listener.listen();
  ::close(ends[0]);
  if (!in_time) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  std::string end;
  if (!in_time)
    end = "it did not return within " + std::to_string(options.timeout_seconds) + " seconds";
  else if (WIFSIGNALED(status))
    end = std::string("the process ended by signal ") + std::to_string(WTERMSIG(status)) + ", " +
          ::strsignal(WTERMSIG(status));
  else if (WEXITSTATUS(status) != 0 || !listener.trying.empty())
    end = "it ended the process with exit status " + std::to_string(WEXITSTATUS(status));
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
  one->add_option("FILE", options->file, "a shared library, lib….so")->required();
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
