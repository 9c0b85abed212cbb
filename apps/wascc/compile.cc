// wascc compile: native code for a signed module, and the envelope that vouches for it.
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>

#include "claims/envelope.h"
#include "claims/module.h"
#include "command.h"
#include "engine/wasmtime_engine.h"
#include "key_file.h"
#include "module_file.h"

namespace wascc::cli {
namespace {

struct Compile {
  std::string module;
  std::string key;
};

Status run(const Compile& options) {
  std::optional<claims::KeyPair> packager;
  if (!options.key.empty()) {
    WASCC_TRY(claims::KeyPair key, read_seed(options.key));
    packager.emplace(std::move(key));
  }
  WASCC_TRY(const Bytes wasm, read_module(options.module));
  WASCC_TRY(
      const claims::Claims claims,
      claims::verify_module(wasm, std::chrono::system_clock::now(), {}).context(options.module));
  WASCC_TRY(const auto engine, engine::make_wasmtime_engine());
  WASCC_TRY(const engine::ModulePtr module, engine->compile(wasm).context(options.module));
  WASCC_TRY(const Bytes native, module->serialize());
  const Bytes envelope =
      claims::make_envelope(native, claims, engine->identity(), packager ? &*packager : nullptr);

  // The envelope last: until it is there, or while an old one is, the code does not run.
  const std::string native_path = claims::native_path(options.module);
  const std::string envelope_path = claims::envelope_path(options.module);
  WASCC_CHECK(write_file_atomically(native_path, native));
  WASCC_CHECK(write_file_atomically(envelope_path, envelope));
  std::printf("%s: %zu bytes, for %s\n%s: %s\n", native_path.c_str(), native.size(),
              engine->identity().c_str(), envelope_path.c_str(),
              packager ? ("signed by " + packager->public_key().text()).c_str() : "unsigned");
  return {};
}

}  // namespace

void add_compile(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Compile>();
  CLI::App* compile =
      app.add_subcommand("compile", "Compile a signed module to native code beside it");
  compile->add_option("MODULE", options->module, "a signed module")->required();
  compile->add_option("-k,--key", options->key, "seed file of the packager: signs the envelope");
  compile->footer(R"(
Writes NAME.native and NAME.native.sig beside NAME.wasm, which the package needs as well. `bootstrap`
has no compiler and starts from these; compiling at start would take it a hundred times as long.

The envelope, NAME.native.sig, ties the code to this very module and engine. Signed, it also
proves who made it, to a runtime that lists the packager's key.

  wascc compile actor.wasm
  wascc compile --key account.seed actor.wasm
)");
  compile->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace wascc::cli
