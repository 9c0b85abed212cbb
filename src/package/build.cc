#include "package/build.h"

#include <unistd.h>

#include <set>
#include <utility>

#include "base/file.h"
#include "claims/envelope.h"
#include "claims/module.h"
#include "package/compile_once.h"
#include "package/layout.h"
#include "package/lock.h"
#include "package/runtime_mark.h"
#include "package/sbom.h"
#include "package/source.h"

namespace wascc::package {
namespace {

Result<RuntimeMark> fitting_runtime(const BuildOptions& options, ByteView bootstrap) {
  const auto mark = find_mark(bootstrap);
  if (!mark)
    return Error(Errc::kMalformed,
                 options.bootstrap + " is no bootstrap of this project: it names no engine");
  if (options.raw && !mark->compiles)
    return Error(Errc::kInvalid,
                 options.bootstrap + " cannot compile, which --raw needs: use bootstrap-full");
  if (!claims::same_engine(mark->engine, options.native))
    return Error(Errc::kUnsupported, options.bootstrap + " runs " + mark->engine +
                                         ", and this package is for " + options.native +
                                         ": take both of one version and architecture");
  return *mark;
}

Status add_runtime(const BuildOptions& options, Package& package, LockedRuntime& lock) {
  WASCC_TRY(Bytes bootstrap, read_file(options.bootstrap, kMaxUnpackedBytes));
  WASCC_TRY(const RuntimeMark mark, fitting_runtime(options, bootstrap));
  ZipEntry runtime{std::string(kBootstrapName), std::move(bootstrap), true};
  lock = {options.layer ? RuntimePlace::kLayer : RuntimePlace::kPackage, mark.compiles, mark.engine,
          sha256_hex(runtime.content)};
  (options.layer ? package.layer : package.function).push_back(std::move(runtime));
  return {};
}

Status refuse_names_twice(const std::vector<ZipEntry>& entries) {
  std::set<std::string> names{std::string(kLockName), std::string(kSbomName)};
  for (const ZipEntry& entry : entries) {
    if (!is_inside(entry.name))
      return Error(Errc::kInvalid, "a package cannot hold a file of this name: " + entry.name);
    if (!names.insert(entry.name).second)
      return Error(Errc::kExists, entry.name +
                                      ": two files of the package would have this name: rename a "
                                      "module, or remove the second entry from the manifest");
  }
  return {};
}

Status refuse_too_large(const std::vector<ZipEntry>& function, const std::vector<ZipEntry>& layer) {
  std::uint64_t bytes = 0;
  for (const auto* entries : {&function, &layer})
    for (const ZipEntry& entry : *entries) bytes += entry.content.size();
  if (bytes <= kMaxUnpackedBytes) return {};
  return Error(Errc::kTooLarge, "unpacked, the package has " + std::to_string(bytes) +
                                    " bytes, and Lambda takes at most " +
                                    std::to_string(kMaxUnpackedBytes));
}

// Module, native code and envelope of one actor.
Result<claims::Claims> add_actor(Module module, const BuildOptions& options, CompileOnce& engine,
                                 const Clock& clock, std::vector<ZipEntry>& entries) {
  WASCC_TRY(claims::Claims claims, claims::verify_module(module.wasm, clock.now(), {}));
  if (!options.raw) {
    WASCC_TRY(Bytes native, engine.precompile(module.wasm, options.native));
    Bytes envelope = claims::make_envelope(native, claims, options.native, options.packager);
    entries.push_back({claims::native_path(module.name), std::move(native)});
    entries.push_back({claims::envelope_path(module.name), std::move(envelope)});
  }
  entries.push_back({std::move(module.name), std::move(module.wasm)});
  return claims;
}

}  // namespace

Result<Package> build(const BuildOptions& given, const CheckContext& context) {
  CompileOnce engine(context.engine);
  WASCC_TRY(Source source,
            read_source(given.source, given.providers, context.environment, given.fetch));
  Package package;
  package.notes = std::move(source.notes);
  BuildOptions options = given;
  if (!source.native.empty() && !given.bootstrap_full.empty()) {
    options.bootstrap = given.bootstrap_full;
    package.notes.push_back("native providers need bootstrap-full, so that is what is packed");
  }
  Lock lock;
  lock.fetched = std::move(source.fetched);
  if (options.bootstrap.empty())
    lock.runtime = {RuntimePlace::kMissing, false, options.native, ""};
  else
    WASCC_CHECK(add_runtime(options, package, lock.runtime));
  if (!options.raw) lock.native_code = options.native;
  if (options.packager != nullptr && !options.raw)
    lock.packager = options.packager->public_key().text();

  std::vector<ZipEntry>& entries = package.function;
  entries.push_back({std::string(kManifestName), to_bytes(source.manifest)});
  for (ZipEntry& file : source.files) entries.push_back(std::move(file));
  for (Module& module : source.modules) {
    const std::string name = module.name;
    Result<claims::Claims> claims =
        add_actor(std::move(module), options, engine, context.clock, entries).context(name);
    if (!claims) return std::move(claims).error();
    lock.actors.push_back({name, *std::move(claims)});
  }
  for (ZipEntry& library : source.native) {
    lock.libraries.push_back(library.name);
    entries.push_back(std::move(library));
  }
  WASCC_CHECK(refuse_names_twice(entries));
  WASCC_CHECK(refuse_too_large(package.function, package.layer));

  for (const ZipEntry& entry : entries) lock.files.push_back(locked(entry));
  entries.push_back({std::string(kSbomName), to_bytes(write_sbom(lock))});
  lock.files.push_back(locked(entries.back()));
  entries.push_back({std::string(kLockName), to_bytes(write_lock(lock))});

  const Report report = check(entries, {engine, context.clock, context.environment});
  if (!report.accepted()) return Error(Errc::kDenied, report.reasons());
  for (const Finding& finding : report.findings)
    if (finding.kind == Finding::Kind::kWarning || finding.kind == Finding::Kind::kMissing)
      package.notes.push_back(finding.what + ": " + finding.text);
  return package;
}

Status write(const Package& package, const std::string& function_path,
             const std::string& layer_path) {
  struct Target {
    const std::vector<ZipEntry>& entries;
    const std::string& path;
    std::string draft;
  };
  std::vector<Target> targets{{package.function, function_path, function_path + ".draft"}};
  if (!package.layer.empty()) targets.push_back({package.layer, layer_path, layer_path + ".draft"});

  Status status;
  for (const Target& target : targets) {
    if (status) status = write_zip(target.draft, target.entries);
    if (!status) break;
    const auto size = read_file(target.draft, kMaxZipBytes);
    if (!size && size.error().code() == Errc::kTooLarge)
      status = Error(Errc::kTooLarge, target.path + " would have more than " +
                                          std::to_string(kMaxZipBytes) +
                                          " bytes, which Lambda does not take");
    else if (!size)
      status = size.error();
  }
  for (const Target& target : targets)
    if (status && ::rename(target.draft.c_str(), target.path.c_str()) != 0)
      status = Error(Errc::kUnavailable, "cannot put the ZIP in place as " + target.path);
  for (const Target& target : targets) ::unlink(target.draft.c_str());
  return status;
}

}  // namespace wascc::package
