// wascc pull: what a registry holds, as a file.
#include <cstdio>
#include <memory>

#include "base/file.h"
#include "base/json.h"
#include "command.h"
#include "registry.h"
#include "terminal.h"

namespace wascc::cli {
namespace {

struct PullCommand {
  std::string reference;
  std::string output;
  bool json = false;
};

Status run(const PullCommand& options) {
  WASCC_TRY(const oci::Fetched fetched, fetch_reference(options.reference));
  WASCC_CHECK(write_file_atomically(options.output, fetched.content));
  if (!options.json) {
    say(options.output + ": " + std::to_string(fetched.content.size()) + " bytes, " +
        fetched.reference.registry + "/" + fetched.reference.repository + "@" + fetched.digest);
    return {};
  }
  std::string text;
  json::Writer out(text);
  out.begin_object().key("file").string(options.output);
  out.key("bytes").number(std::uint64_t{fetched.content.size()});
  out.key("digest").string(fetched.digest).end_object();
  std::printf("%s\n", text.c_str());
  return {};
}

}  // namespace

void add_pull(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<PullCommand>();
  CLI::App* pull = app.add_subcommand("pull", "Fetch an actor or provider archive from a registry");
  pull->add_option("REFERENCE", options->reference,
                   "registry[:port]/repository[:tag][@sha256:digest]")
      ->required();
  pull->add_option("-o,--output", options->output, "the file to write")
      ->required()
      ->type_name("FILE");
  pull->add_flag("--json", options->json, "JSON on stdout: file, bytes and digest");
  pull->footer(R"(
Over HTTPS alone; every digest is checked before the file appears. Nothing is trusted by that: who
signed the file, `wascc inspect` says. OCI_REGISTRY_USER and OCI_REGISTRY_PASSWORD are given to a
registry that asks for them; SSL_CERT_FILE names certificates to trust in place of the system's.

  wascc pull registry.example.com/shop/echo:1.2 -o echo.wasm
)");
  pull->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace wascc::cli
