#include "package/check.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "base/encoding.h"
#include "base/file.h"
#include "claims/envelope.h"
#include "claims/module.h"
#include "package/compile_once.h"
#include "package/layout.h"
#include "package/lock.h"
#include "package/native_files.h"
#include "package/rehearsal.h"
#include "package/runtime_mark.h"
#include "runtime/policy_authorizer.h"

namespace wascc::package {
namespace {

namespace fs = std::filesystem;
using Kind = Finding::Kind;

// A folder of its own for the rehearsal, removed with the object.
class Stage {
 public:
  static Result<Stage> make() {
    std::error_code error;
    std::string path = (fs::temp_directory_path(error) / "wascc-package-XXXXXX").string();
    if (error || ::mkdtemp(path.data()) == nullptr)
      return Error(Errc::kUnavailable, "cannot make a temporary folder " + path);
    return Stage(std::move(path));
  }
  ~Stage() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  Stage(Stage&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  Stage& operator=(Stage&&) = delete;

  const std::string& path() const { return path_; }
  Status add(const ZipEntry& entry) const {
    const fs::path target = fs::path(path_) / entry.name;
    std::error_code error;
    fs::create_directories(target.parent_path(), error);
    return write_file_atomically(target.string(), entry.content);
  }
  // What a message says of files here, as names in the package.
  std::string as_in_package(std::string text) const {
    for (const std::string& prefix : {path_ + "/", path_})
      for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix))
        text.replace(at, prefix.size(), prefix == path_ ? "the package" : "");
    return text;
  }

 private:
  explicit Stage(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

std::string count(std::size_t number, const std::string& thing) {
  return std::to_string(number) + " " + thing + (number == 1 ? "" : "s");
}

std::string describe(const claims::Claims& claims) {
  std::string text(claims.display_name());
  text.append(", ").append(claims.subject).append(", signed by ").append(claims.issuer);
  text.append(claims.expires ? ", until " + claims::utc_text(*claims.expires) : ", for ever");
  text.append("; may use ");
  for (const std::string& capability : claims.capabilities)
    text.append(&capability == &claims.capabilities.front() ? "" : ", ").append(capability);
  return claims.capabilities.empty() ? text.append("nothing") : text;
}

bool is_native(std::string_view name) {
  return name.ends_with(".native") || name.ends_with(".native.sig");
}

class Checker {
 public:
  Checker(std::span<const ZipEntry> entries, const CheckContext& context, const Stage& stage)
      : entries_(entries), context_(context), engine_(context.engine), stage_(stage) {}

  Report run() {
    check_lock();
    check_runtime();
    check_size();
    check_deployment();
    for (const ZipEntry& entry : entries_)
      if (!known_.count(entry.name)) add(Kind::kNote, entry.name, "used by nothing here");
    return std::move(report_);
  }

 private:
  void add(Kind kind, const std::string& what, const std::string& text) {
    report_.findings.push_back({kind, what, stage_.as_in_package(text)});
  }
  const ZipEntry* find(std::string_view name) {
    known_.emplace(name);
    return find_entry(entries_, name);
  }

  void check_lock() {
    const std::string name(kLockName);
    find(kSbomName);
    const ZipEntry* const entry = find(name);
    if (entry == nullptr)
      return add(Kind::kWarning, name, "there is none: damage cannot be told from intent");
    Result<Lock> lock = parse_lock(as_text(entry->content));
    if (!lock) return add(Kind::kRefused, name, lock.error().message());
    lock_ = *std::move(lock);
    const std::vector<std::string> found = differences(*lock_, entries_);
    for (const std::string& difference : found) add(Kind::kRefused, name, difference);
    if (found.empty()) add(Kind::kOk, name, "agrees with " + count(lock_->files.size(), "file"));
  }

  void check_runtime() {
    const std::string name(kBootstrapName);
    const ZipEntry* const bootstrap = find(name);
    if (bootstrap == nullptr) {
      if (!lock_ || lock_->runtime.place == RuntimePlace::kPackage)
        return add(Kind::kRefused, name,
                   "there is none, and no lock file says that a layer has it");
      runtime_ = {lock_->runtime.engine, lock_->runtime.compiles};
      if (lock_->runtime.place == RuntimePlace::kMissing)
        return add(Kind::kMissing, name,
                   "there is none: the runtime for arm64 follows in a later version, all else is "
                   "here; needed is " +
                       runtime_->engine);
      return add(Kind::kOk, name, "comes from a layer; " + runtime_text());
    }
    const auto mark = find_mark(bootstrap->content);
    if (!mark)
      return add(Kind::kRefused, name, "is no bootstrap of this project: it names no engine");
    runtime_ = *mark;
    if (!bootstrap->executable)
      return add(Kind::kRefused, name, "has no run bit, so Lambda could not start it");
    add(Kind::kOk, name, runtime_text());
  }

  std::string runtime_text() const {
    return runtime_->engine +
           (runtime_->compiles ? ", compiles or loads native code" : ", loads native code");
  }

  void check_size() {
    std::uint64_t bytes = 0;
    for (const ZipEntry& entry : entries_) bytes += entry.content.size();
    if (bytes > kMaxUnpackedBytes)
      add(Kind::kRefused, "package",
          "unpacks to " + std::to_string(bytes) + " bytes, and Lambda takes at most " +
              std::to_string(kMaxUnpackedBytes));
  }

  void check_deployment() {
    const std::string name(kManifestName);
    for (const ZipEntry& entry : entries_) {
      if (entry.name == kBootstrapName || is_native(entry.name)) continue;
      if (Status staged = stage_.add(entry); !staged)
        return add(Kind::kRefused, entry.name, staged.error().message());
    }
    const manifest::Environment environment =
        [&](std::string_view variable) -> std::optional<std::string> {
      if (variable == "LAMBDA_TASK_ROOT") return stage_.path();
      return context_.environment(variable);
    };
    const auto deployment = runtime::find_deployment(stage_.path(), environment);
    if (!deployment) return add(Kind::kRefused, name, deployment.error().message());
    const manifest::Manifest& manifest = deployment->manifest;
    if (find(name) == nullptr) add(Kind::kNote, name, "there is none: every module is an actor");
    const claims::Trust trust{manifest.settings.trusted_issuers,
                              manifest.settings.trusted_packagers};
    if (deployment->policy) {
      policy_.emplace(*deployment->policy);
      find(as_named(manifest.settings.policy));
      add(Kind::kOk, as_named(manifest.settings.policy), "a policy that can be read");
    }
    for (const manifest::Actor& actor : manifest.actors) check_module(actor.path, trust);
    for (const manifest::Capability& capability : manifest.capabilities)
      if (capability.path.ends_with(".wasm"))
        check_module(capability.path, trust);
      else
        check_native_provider(capability.path, trust);
    if (!report_.accepted()) return;  // with the same reasons

    const Rehearsal rehearsal = rehearse(*deployment, engine_, context_.clock, environment);
    for (const std::string& warning : rehearsal.warnings) add(Kind::kWarning, name, warning);
    for (const auto& [actor, capability] : rehearsal.unbound) {
      std::string text = actor;
      text.append(" may use ").append(capability);
      text.append(", and nothing here gives it: bind it, or its calls will fail");
      add(Kind::kWarning, name, text);
    }
    if (rehearsal.failure)
      return add(Kind::kRefused, name,
                 rehearsal.failure->type + ": " + rehearsal.failure->error.message());
    add(Kind::kOk, name,
        count(manifest.actors.size(), "actor") + ", " + count(manifest.bindings.size(), "binding") +
            "; the start was rehearsed");
  }

  std::string as_named(const std::string& path) const {
    return fs::path(stage_.as_in_package(path)).lexically_normal().generic_string();
  }

  void check_native_provider(const std::string& path, const claims::Trust& trust) {
    const std::string name = as_named(path);
    const ZipEntry* const provider = find(name);
    if (provider == nullptr)
      return add(Kind::kRefused, name, "the manifest names it, and it is not there");
    if (runtime_ && !runtime_->compiles)
      add(Kind::kRefused, name,
          "a native provider, and this bootstrap loads none: use bootstrap-full");
    const auto text = package::check_native_provider(
        *provider, [this](const std::string& library) { return find(library); },
        context_.clock.now(), trust, policy_ ? &*policy_ : nullptr);
    text ? add(Kind::kOk, name, *text) : add(Kind::kRefused, name, text.error().message());
  }

  void check_module(const std::string& path, const claims::Trust& trust) {
    const std::string name = as_named(path);
    const ZipEntry* const module = find(name);
    if (module == nullptr)
      return add(Kind::kRefused, name, "the manifest names it, and it is not there");
    const auto claims = claims::verify_module(module->content, context_.clock.now(), trust);
    if (!claims) return add(Kind::kRefused, name, claims.error().message());
    if (const auto loadable = policy_ ? policy_->can_load(*claims) : Status(); !loadable)
      return add(Kind::kRefused, name, loadable.error().message());
    add(Kind::kOk, name, describe(*claims));
    check_native(*module, trust);
  }

  void check_native(const ZipEntry& module, const claims::Trust& trust) {
    const std::string name = claims::native_path(module.name);
    const std::string envelope_name = claims::envelope_path(module.name);
    const ZipEntry* const native = find(name);
    const ZipEntry* const envelope = find(envelope_name);
    const bool compiles = runtime_ && runtime_->compiles;
    if (native == nullptr)
      return compiles ? add(Kind::kNote, name, "there is none: compiled at every start")
                      : add(Kind::kRefused, name,
                            "there is none, and this bootstrap cannot compile: make the package "
                            "with `wascc package`");
    if (envelope == nullptr)
      return add(Kind::kRefused, envelope_name, "there is none, so the native code is not used");
    const std::string engine = runtime_ ? runtime_->engine : engine_.identity();
    const auto verified = claims::verify_native(module.content, native->content, envelope->content,
                                                engine, context_.clock.now(), trust);
    if (!verified)
      return compiles && verified.error().code() == Errc::kUnsupported
                 ? add(Kind::kWarning, name,
                       "compiled anew at every start: " + verified.error().message())
                 : add(Kind::kRefused, name, verified.error().message());

    const auto says = claims::parse_envelope(envelope->content);
    const std::string text = "for " + to_utf8_lossy(says->engine) + ", " +
                             (says->signer ? "signed by " + says->signer->text() : "unsigned");
    const auto made = engine_.precompile(module.content, says->engine);
    if (!made && made.error().code() == Errc::kUnsupported)
      return add(Kind::kOk, name, text + "; not compared, as this wascc has " + engine_.identity());
    if (made && *made == native->content)
      return add(Kind::kOk, name, text + "; the same as this wascc makes from the module");
    add(trust.packagers.empty() ? Kind::kRefused : Kind::kWarning, name,
        text + "; NOT what this wascc makes from the module, though the bootstrap could not tell");
  }

  const std::span<const ZipEntry> entries_;
  const CheckContext& context_;
  CompileOnce engine_;
  const Stage& stage_;
  Report report_;
  std::set<std::string> known_;  // names that were asked for
  std::optional<Lock> lock_;
  std::optional<RuntimeMark> runtime_;
  std::optional<runtime::PolicyAuthorizer> policy_;
};

}  // namespace

bool Report::accepted() const {
  return std::none_of(findings.begin(), findings.end(),
                      [](const Finding& finding) { return finding.kind == Kind::kRefused; });
}

bool Report::starts() const {
  return accepted() && std::none_of(findings.begin(), findings.end(), [](const Finding& finding) {
           return finding.kind == Kind::kMissing;
         });
}

std::string Report::reasons() const {
  std::string text;
  const Kind kind = accepted() ? Kind::kMissing : Kind::kRefused;
  for (const Finding& finding : findings)
    if (finding.kind == kind)
      text.append(text.empty() ? "" : "; ").append(finding.what).append(": ").append(finding.text);
  return text;
}

Report check(std::span<const ZipEntry> entries, const CheckContext& context) {
  const Result<Stage> stage = Stage::make();
  if (!stage) return {{{Kind::kRefused, "package", stage.error().message()}}};
  return Checker(entries, context, *stage).run();
}

Result<Report> check_file(const std::string& path, const CheckContext& context) {
  WASCC_TRY(const std::vector<ZipEntry> entries, read_zip(path));
  Report report = check(entries, context);
  std::error_code error;
  const std::uint64_t bytes = fs::file_size(path, error);
  if (!error && bytes > kMaxZipBytes)
    report.findings.push_back({Kind::kRefused, "package",
                               std::to_string(bytes) +
                                   " bytes, and Lambda takes a ZIP of at most " +
                                   std::to_string(kMaxZipBytes)});
  return report;
}

}  // namespace wascc::package
