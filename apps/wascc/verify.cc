// wascc verify: may this module run here?
#include <chrono>
#include <cstdio>
#include <memory>

#include "claims/module.h"
#include "claims_json.h"
#include "command.h"
#include "module_file.h"

namespace wascc::cli {
namespace {

struct Verify {
  std::string module;
  std::vector<std::string> trusted;
  bool json = false;
};

void print_json(const Result<claims::Claims>& verified) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("verified").boolean(verified.has_value()).key("problem");
  verified ? out.null() : out.string(verified.error().message());
  if (verified) write_claims(out, *verified);
  out.end_object();
  std::printf("%s\n", text.c_str());
}

Status run(const Verify& options) {
  claims::Trust trust;
  for (const std::string& key : options.trusted) {
    const auto parsed = claims::PublicKey::parse(key);
    if (!parsed) return Error(Errc::kInvalid, "--trust " + key + ": " + parsed.error().message());
    trust.issuers.push_back(key);
  }
  WASCC_TRY(const Bytes wasm, read_module(options.module));
  const auto verified = claims::verify_module(wasm, std::chrono::system_clock::now(), trust);
  if (options.json) print_json(verified);
  if (!verified) return Error(verified.error()).context(options.module);
  if (!options.json)
    std::printf("%s: %s, issued by %s\n", options.module.c_str(), verified->subject.c_str(),
                verified->issuer.c_str());
  return {};
}

}  // namespace

void add_verify(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Verify>();
  CLI::App* verify =
      app.add_subcommand("verify", "Check a signed module: exit status 0 if it may run");
  verify->add_option("MODULE", options->module, "a signed module")->required();
  verify
      ->add_option("--trust", options->trusted,
                   "public key, A…, of an issuer to trust; may be repeated (default: any issuer)")
      ->allow_extra_args(false);
  verify->add_flag("--json", options->json, "one JSON object on stdout, whatever the outcome");
  verify->footer(R"(
Checks the module's hash, the signature, the times and the keys, as the runtime does at start.

  wascc verify actor.wasm
  wascc verify --trust AAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZV actor.wasm
)");
  verify->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace wascc::cli
