// The program that Lambda starts: flags and exit codes. All else is runtime/lambda_process.
#include <malloc.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

#include "engine/wasmtime_engine.h"
#include "providers/native_provider.h"
#include "runtime/lambda_process.h"

namespace {

#ifdef WASCC_NATIVE_PROVIDERS
constexpr wascc::providers::LoadNativeProvider kLoadNative = wascc::providers::load_native_provider;
#else
constexpr wascc::providers::LoadNativeProvider kLoadNative = nullptr;
#endif

constexpr std::string_view kHelp = R"(bootstrap: runs signed waSCC actors as an AWS Lambda function

Lambda starts it without arguments. It reads manifest.yaml from the working directory, else from
LAMBDA_TASK_ROOT; without one it loads every signed *.wasm that lies there, and hands the function's
events to the first actor whose token claims wascc:http_server or awslambda:event.

  --version   print versions and what this program can do
  --help      print this

To try an actor without Lambda: wascc invoke ACTOR.wasm --event FILE
Settings and deployment: docs/lambda.md
)";

std::optional<std::string> variable(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

void print(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

int run(int argc, char** argv) {
  const std::string_view argument = argc > 1 ? argv[1] : "";
  if (argument == "--help" || argument == "-h") {
    print(stdout, kHelp);
    return 0;
  }
  if (argument.starts_with("-") && argument != "--version") {
    print(stderr, "bootstrap: unknown flag " + std::string(argument) + "; see bootstrap --help\n");
    return 2;
  }
  const bool version = argument == "--version";
  if (!version && variable("AWS_LAMBDA_RUNTIME_API").value_or("").empty()) {
    print(
        stderr,
        "bootstrap: AWS_LAMBDA_RUNTIME_API is not set, so this is not AWS Lambda and there are no "
        "events to serve. To try an actor here: wascc invoke ACTOR.wasm --event FILE\n");
    return 1;
  }

  if (version) {
    const auto engine = wascc::engine::make_wasmtime_engine();
    if (!engine) {
      print(stderr, "bootstrap: cannot make an engine: " + engine.error().message() + "\n");
      return 1;
    }
    print(stdout, "bootstrap " WASCC_VERSION " (" + (*engine)->identity() + ", " +
                      ((*engine)->can_compile() ? "compiles modules or loads native code"
                                                : "loads native code only") +
                      ")\n");
    return 0;
  }
  return wascc::runtime::run_lambda(wascc::engine::make_wasmtime_engine, kLoadNative, variable);
}

}  // namespace

int main(int argc, char** argv) {
  // The memory of one event stays for the next. Given back and faulted in anew, as the C library
  // would have it, it is most of the time of a large event (docs/performance.md). It goes when no
  // large one follows: lambda/spare_memory.h.
  mallopt(M_TRIM_THRESHOLD, 32 << 20);
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  std::signal(SIGPIPE, SIG_IGN);  // a closed connection is an error of the write, not our end
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    print(stderr, std::string("bootstrap: ") + error.what() + "\n");
    return 1;
  }
}
