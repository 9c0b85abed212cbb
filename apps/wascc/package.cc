// wascc package: from signed actors to the ZIP that Lambda takes; and what is in such a ZIP.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/json.h"
#include "command.h"
#include "engine/wasmtime_engine.h"
#include "key_file.h"
#include "key_store.h"
#include "local_host.h"
#include "package/build.h"
#include "registry.h"
#include "target_option.h"
#include "terminal.h"

namespace wascc::cli {
namespace {

namespace fs = std::filesystem;

struct PackageCommand {
  std::string source = ".";
  std::string output = "function.zip";
  std::string layer;
  std::string bootstrap;
  std::string key;
  std::string check;
  TargetOption target;
  std::vector<std::string> providers;
  bool raw = false;
  bool json = false;
};

// The executables of one build lie in one folder, those of an installation in bin and libexec.
Result<std::string> beside_this_program(const char* name) {
  std::error_code error;
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const fs::path& place : {folder, folder / WASCC_INSTALLED_RUNTIMES})
    if (const fs::path path = place / name; fs::is_regular_file(path, error))
      return path.lexically_normal().string();
  return Error(Errc::kNotFound, "there is no " + std::string(name) + " beside this program, in " +
                                    folder.string() + ": name one with --bootstrap");
}

std::string_view word(package::Finding::Kind kind) {
  switch (kind) {
    case package::Finding::Kind::kOk:
      return "ok";
    case package::Finding::Kind::kNote:
      return "note";
    case package::Finding::Kind::kWarning:
      return "warning";
    case package::Finding::Kind::kMissing:
      return "missing";
    case package::Finding::Kind::kRefused:
      break;
  }
  return "refused";
}

void print_json(const package::Report& report) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("accepted").boolean(report.starts()).key("findings").begin_array();
  for (const package::Finding& finding : report.findings) {
    out.begin_object().key("result").string(word(finding.kind));
    out.key("what").string(finding.what).key("text").string(finding.text).end_object();
  }
  out.end_array().end_object();
  std::printf("%s\n", text.c_str());
}

void print_text(const package::Report& report) {
  for (const package::Finding& finding : report.findings) {
    const std::string_view kind = word(finding.kind);
    std::printf("%s%*s %s: %s\n", bold(kind).c_str(), static_cast<int>(8 - kind.size()), "",
                printable(finding.what).c_str(), printable(finding.text).c_str());
  }
}

Status check(const PackageCommand& options, const package::CheckContext& context) {
  WASCC_TRY(const package::Report report, package::check_file(options.check, context));
  options.json ? print_json(report) : print_text(report);
  if (!report.starts())
    return Error(Errc::kDenied, options.check + ": bootstrap would not start with this package");
  if (!options.json) say(options.check + ": bootstrap would start with this package");
  return {};
}

// What was written, a ZIP a line.
void print_written(const std::string& path, const std::vector<package::ZipEntry>& entries,
                   bool json) {
  std::error_code ignored;
  const std::uint64_t bytes = fs::file_size(path, ignored);
  std::uint64_t unpacked = 0;
  for (const package::ZipEntry& entry : entries) unpacked += entry.content.size();
  if (!json)
    return say(path + ": " + std::to_string(bytes) + " bytes, " + std::to_string(entries.size()) +
               " files, " + std::to_string(unpacked) + " bytes unpacked");
  std::string text;
  json::Writer out(text);
  out.begin_object().key("file").string(path).key("bytes").number(bytes);
  out.key("files")
      .number(std::uint64_t{entries.size()})
      .key("unpacked")
      .number(unpacked)
      .end_object();
  std::printf("%s\n", text.c_str());
}

Status make(const PackageCommand& options, const package::CheckContext& context) {
  package::BuildOptions wanted;
  wanted.source = options.source;
  wanted.bootstrap = options.bootstrap;
  wanted.fetch = fetch_reference;
  wanted.raw = options.raw;
  wanted.providers = options.providers;
  wanted.layer = !options.layer.empty();
  WASCC_TRY(const engine::NativeTarget target, chosen_target(options.target));
  wanted.native = engine::identity_on(context.engine.identity(), target);
  if (wanted.bootstrap.empty() && !is_this_machine(target)) {
    if (wanted.layer || wanted.raw)
      return Error(Errc::kUnsupported,
                   "there is no runtime for " + std::string(target.architecture) +
                       " yet: a package can be made, neither a layer nor one with --raw");
  } else if (wanted.bootstrap.empty()) {
    WASCC_TRY(wanted.bootstrap, beside_this_program(options.raw ? "bootstrap-full" : "bootstrap"));
    wanted.bootstrap_full = beside_this_program("bootstrap-full").value_or("");
  }
  std::optional<claims::KeyPair> packager;
  if (!options.key.empty()) {
    WASCC_TRY(const std::string path, seed_path(options.key));
    WASCC_TRY(claims::KeyPair key, read_seed(path, claims::KeyKind::kAccount));
    packager.emplace(std::move(key));
    wanted.packager = &*packager;
  }
  progress("compiling and rehearsing the start");
  WASCC_TRY(const package::Package package, package::build(wanted, context));
  progress("writing " + options.output);
  WASCC_CHECK(package::write(package, options.output, options.layer));
  progress("");
  for (const std::string& text : package.notes) note(text);
  print_written(options.output, package.function, options.json);
  if (wanted.layer) print_written(options.layer, package.layer, options.json);
  return {};
}

Status run(const PackageCommand& options) {
  WASCC_TRY(const auto engine, engine::make_wasmtime_engine());
  const SystemClock clock;
  const manifest::Environment environment = variable;
  const package::CheckContext context{*engine, clock, environment};
  return options.check.empty() ? make(options, context) : check(options, context);
}

}  // namespace

void add_package(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<PackageCommand>();
  CLI::App* package =
      app.add_subcommand("package", "Make the ZIP that Lambda takes, or check one (--check)");
  package
      ->add_option(
          "SOURCE", options->source,
          "a folder with a manifest.yaml or signed modules, a manifest, a signed module, or "
          "a reference to one in a registry (default: this folder)")
      ->type_name("FILE");
  package->add_option("-o,--output", options->output, "the ZIP (default: function.zip)")
      ->type_name("FILE");
  auto* layer =
      package
          ->add_option("--layer", options->layer, "put bootstrap alone into this ZIP, for a layer")
          ->type_name("FILE");
  auto* raw = package->add_flag("--raw", options->raw,
                                "modules without native code, with bootstrap-full: compiled at "
                                "every start, which takes long");
  package
      ->add_option("--bootstrap", options->bootstrap,
                   "the runtime (default: the one beside this program)")
      ->type_name("FILE");
  auto* key = package
                  ->add_option("-k,--key", options->key,
                               "an account key, by name or seed file: signs the native code")
                  ->type_name("KEY");
  auto* providers =
      package
          ->add_option(
              "--provider", options->providers,
              "a native provider, lib….so or .par, that the manifest does not list; may be "
              "repeated")
          ->type_name("FILE")
          ->allow_extra_args(false);
  const TargetFlags target = add_target(*package, options->target);
  auto* check = package
                    ->add_option("--check", options->check,
                                 "say what is in this ZIP and whether bootstrap would take it")
                    ->type_name("FILE");
  check->excludes(layer)->excludes(raw)->excludes(key)->excludes(providers);
  check->excludes(target.architecture)->excludes(target.cpu);
  package->add_flag("--json", options->json,
                    "JSON on stdout: with --check one object, else one a ZIP that was written");
  package->footer(R"(
Packs what the manifest names, or every signed module where there is none: each module as it is, its
native code, the runtime as `bootstrap`, a lock file with every digest, a bill of materials. Native
providers come with the libraries that they need, and with bootstrap-full as the runtime. Before
anything is written the start is rehearsed; what bootstrap would refuse on Lambda is refused here.
The same files give the same ZIP, byte for byte, on every machine. Variables of the shell stand for
those of the function: set WASCC_TRUSTED_PACKAGERS here if the function will have it.

  wascc package                                  # this folder -> function.zip
  wascc package actor.wasm -o hello.zip
  wascc package shop/ --key account              # native code signed: docs/packages.md, "Trust"
  wascc package shop/ --layer runtime.zip        # one runtime for several functions
  wascc package shop/ --arch arm64               # native code for Graviton; its runtime follows
  wascc package shop/ --provider libwascc_redis.so
  wascc package --check function.zip             # what is in it? exit status 1 if it would not start
)");
  package->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace wascc::cli
