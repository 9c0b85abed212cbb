// wascc compile: native code for a signed module, and the envelope that vouches for it.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

#include "base/json.h"
#include "claims/envelope.h"
#include "claims/module.h"
#include "command.h"
#include "engine/wasmtime_engine.h"
#include "key_file.h"
#include "key_store.h"
#include "module_file.h"
#include "target_option.h"
#include "terminal.h"

namespace wascc::cli {
namespace {

struct Compile {
  std::string module;
  std::string key;
  TargetOption target;
  bool json = false;
};

void print_json(const std::string& native_path, std::size_t bytes, const std::string& envelope_path,
                const std::string& engine, const claims::KeyPair* packager) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("native").string(native_path).key("bytes").number(std::uint64_t{bytes});
  out.key("envelope").string(envelope_path).key("engine").string(engine).key("packager");
  packager == nullptr ? out.null() : out.string(packager->public_key().text());
  out.end_object();
  std::printf("%s\n", text.c_str());
}

Status run(const Compile& options) {
  std::optional<claims::KeyPair> packager;
  if (!options.key.empty()) {
    WASCC_TRY(const std::string path, seed_path(options.key));
    WASCC_TRY(claims::KeyPair key, read_seed(path, claims::KeyKind::kAccount));
    packager.emplace(std::move(key));
  }
  WASCC_TRY(const Bytes wasm, read_module(options.module));
  WASCC_TRY(
      const claims::Claims claims,
      claims::verify_module(wasm, std::chrono::system_clock::now(), {}).context(options.module));
  WASCC_TRY(const auto engine, engine::make_wasmtime_engine());
  WASCC_TRY(const engine::NativeTarget target, chosen_target(options.target));
  const std::string identity = engine::identity_on(engine->identity(), target);
  WASCC_TRY(const Bytes native, engine->precompile(wasm, identity).context(options.module));
  const Bytes envelope =
      claims::make_envelope(native, claims, identity, packager ? &*packager : nullptr);

  // The envelope last: until it is there, or while an old one is, the code does not run.
  const std::string native_path = claims::native_path(options.module);
  const std::string envelope_path = claims::envelope_path(options.module);
  WASCC_CHECK(write_file_atomically(native_path, native));
  if (Status written = write_file_atomically(envelope_path, envelope); !written) {
    std::error_code ignored;
    std::filesystem::remove(native_path, ignored);
    return written;
  }
  if (options.json) {
    print_json(native_path, native.size(), envelope_path, identity,
               packager ? &*packager : nullptr);
    return {};
  }
  say(native_path + ": " + std::to_string(native.size()) + " bytes, for " + identity);
  say(envelope_path + ": " +
      (packager ? "signed by " + packager->public_key().text() : std::string("unsigned")));
  return {};
}

}  // namespace

void add_compile(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Compile>();
  CLI::App* compile =
      app.add_subcommand("compile", "Compile a signed module to native code beside it");
  compile->add_option("MODULE", options->module, "a signed module")->required()->type_name("FILE");
  compile
      ->add_option("-k,--key", options->key,
                   "an account key, by name or seed file: signs the envelope")
      ->type_name("KEY");
  add_target(*compile, options->target);
  compile->add_flag("--json", options->json, "what was written, as one JSON object on stdout");
  compile->footer(R"(
Writes NAME.native and NAME.native.sig beside NAME.wasm, which the package needs as well. `bootstrap`
has no compiler and starts from these; compiling at start would take it a hundred times as long.

The envelope, NAME.native.sig, ties the code to this very module and engine. Signed, it also
proves who made it, to a runtime that lists the packager's key.

  wascc compile actor.wasm
  wascc compile --key account actor.wasm
  wascc compile --arch arm64 actor.wasm
)");
  compile->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace wascc::cli
