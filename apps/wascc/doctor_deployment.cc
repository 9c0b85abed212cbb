// wascc doctor: a manifest, the actors that it lists, and their native code.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "base/clock.h"
#include "claims/envelope.h"
#include "claims/module.h"
#include "doctor.h"
#include "engine/wasmtime_engine.h"
#include "local_host.h"
#include "module_file.h"
#include "module_outline.h"
#include "oci/reference.h"
#include "package/check.h"
#include "runtime/deployment.h"
#include "runtime/policy_authorizer.h"

namespace wascc::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSoonDays = 30;
// These bind by themselves (docs/lambda.md, "Which actor gets the events").
constexpr std::string_view kSelfBound[] = {"wascc:http_server", "awslambda:event", "wascc:logging",
                                           "wascc:extras"};

struct CheckedActor {
  std::string path;
  claims::Claims claims;
};

bool is_file(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

std::string listed(const std::vector<std::string>& ids, const char* before) {
  std::string text;
  for (const std::string& id : ids) text.append(before).append(id);
  return text;
}

void check_validity(Findings& findings, const CheckedActor& actor,
                    std::chrono::system_clock::time_point now) {
  if (!actor.claims.expires) return;
  const auto seconds = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
  const std::uint64_t days = (*actor.claims.expires - seconds) / 86'400;
  if (days < kSoonDays)
    findings.note("actors", actor.path + " expires in " + std::to_string(days) + " days",
                  "From then on no start of a function succeeds.",
                  "sign it again: wascc sign --expires 1y …");
}

void check_native(Findings& findings, const CheckedActor& actor, ByteView wasm,
                  const claims::Trust& trust, const engine::Engine& engine,
                  std::chrono::system_clock::time_point now) {
  const std::string native_path = claims::native_path(actor.path);
  if (!is_file(native_path)) {
    findings.note("actors", actor.path + " has no native code beside it",
                  "`bootstrap` has no compiler and needs it; a package gets it by itself.",
                  "wascc compile " + actor.path);
    return;
  }
  const auto native = read_module(native_path);
  const auto envelope = read_file(claims::envelope_path(actor.path), claims::kMaxEnvelopeBytes);
  Status fits;
  if (!native) {
    fits = native.error();
  } else if (!envelope) {
    fits = envelope.error();
  } else if (auto verified =
                 claims::verify_native(wasm, *native, *envelope, engine.identity(), now, trust);
             !verified) {
    fits = verified.error();
  }
  if (fits)
    findings.fine("actors", native_path + " belongs to it");
  else
    findings.problem("actors", native_path + ": " + fits.error().message(),
                     "Native code that fails a check ends the start.",
                     "wascc compile " + actor.path);
}

std::optional<CheckedActor> check_actor(Findings& findings, const std::string& path,
                                        const claims::Trust& trust, const Authorizer* policy,
                                        const engine::Engine* engine) {
  const auto now = std::chrono::system_clock::now();
  const auto wasm = read_module(path);
  if (!wasm) {
    findings.problem("actors", wasm.error().message(), "The function cannot start without it.",
                     "build it, or take it out of the manifest");
    return std::nullopt;
  }
  const auto verified = claims::verify_module(*wasm, now, trust);
  if (!verified) {
    findings.problem("actors", path + ": " + verified.error().message(),
                     "The runtime verifies every actor at start and refuses this one.",
                     "wascc inspect " + path + ", then sign it");
    return std::nullopt;
  }
  if (const auto loadable = policy != nullptr ? policy->can_load(*verified) : Status(); !loadable) {
    findings.problem("actors", path + ": " + loadable.error().message(),
                     "The runtime asks the policy at start and refuses this one.",
                     "deploy one that the policy allows, or change the policy");
    return std::nullopt;
  }
  CheckedActor actor{path, *verified};
  findings.fine("actors", path + " is signed and unchanged");
  check_validity(findings, actor, now);
  if (const auto outline = outline_of(*wasm)) {
    const auto unclaimed = unclaimed_mentions(*wasm, *outline, verified->capabilities);
    if (!unclaimed.empty())
      findings.note("actors", path + " mentions, but does not claim" + listed(unclaimed, " "),
                    "If it uses them, it is refused at run time.",
                    "sign it again with" + listed(unclaimed, " --cap "));
  }
  if (engine != nullptr) check_native(findings, actor, *wasm, trust, *engine, now);
  return actor;
}

// A portable provider is signed like an actor; a native one can only be tried.
std::optional<CheckedActor> check_provider(Findings& findings, const std::string& path,
                                           const claims::Trust& trust, const Authorizer* policy) {
  if (fs::path(path).extension() != ".wasm") {
    check_native_provider(findings, path, trust);
    return std::nullopt;
  }
  const auto wasm = read_module(path);
  auto verified =
      wasm ? claims::verify_module(*wasm, std::chrono::system_clock::now(), trust).context(path)
           : Result<claims::Claims>(wasm.error());
  if (verified && policy != nullptr)
    if (Status loadable = policy->can_load(*verified).context(path); !loadable)
      verified = std::move(loadable).error();
  if (verified) {
    findings.fine("providers", path + " is signed and unchanged");
    return CheckedActor{path, *verified};
  }
  findings.problem("providers", verified.error().message(), "The function cannot start without it.",
                   "wascc sign --provider …");
  return std::nullopt;
}

// `all_here`: there are no other actors than these.
void check_bindings(Findings& findings, const manifest::Manifest& manifest,
                    const std::vector<CheckedActor>& actors, bool all_here) {
  for (const manifest::Binding& binding : manifest.bindings) {
    const auto actor = std::find_if(actors.begin(), actors.end(), [&](const CheckedActor& one) {
      return one.claims.subject == binding.actor;
    });
    if (actor == actors.end()) {
      if (all_here)
        findings.problem("manifest", binding.place + ": no actor here has the key " + binding.actor,
                         "A binding to an actor that is not there ends the start.",
                         "wascc inspect ACTOR.wasm shows the key");
      continue;
    }
    const auto& claimed = actor->claims.capabilities;
    if (std::find(claimed.begin(), claimed.end(), binding.capability) == claimed.end())
      findings.problem("manifest",
                       binding.place + ": " + actor->path + " does not claim " + binding.capability,
                       "What a token does not list, an actor cannot be bound to.",
                       "sign it again with --cap " + binding.capability);
  }
  for (const CheckedActor& actor : actors)
    for (const std::string& id : actor.claims.capabilities) {
      const bool bound =
          std::any_of(manifest.bindings.begin(), manifest.bindings.end(),
                      [&](const manifest::Binding& binding) {
                        return binding.actor == actor.claims.subject && binding.capability == id;
                      });
      const bool by_itself =
          std::find(std::begin(kSelfBound), std::end(kSelfBound), id) != std::end(kSelfBound);
      if (!bound && !by_itself && id.find(':') != std::string::npos)
        findings.note(
            "manifest", actor.path + " claims " + id + ", which is not bound",
            "Its calls of that capability fail.",
            "add to bindings: {actor: " + actor.claims.subject + ", capability: \"" + id + "\"}");
    }
}

// By the rules of `wascc package --check`.
void check_package_with(Findings& findings, const std::string& path, engine::Engine& engine) {
  const SystemClock clock;
  const manifest::Environment environment = variable;
  const auto report = package::check_file(path, {engine, clock, environment});
  if (!report || !report->starts()) {
    findings.problem("package", report ? path + ": " + report->reasons() : report.error().message(),
                     "Its bootstrap would not start with it.", "wascc package -o " + path);
    return;
  }
  findings.fine("package", path + " would be accepted by its bootstrap");
  for (const package::Finding& finding : report->findings)
    if (finding.kind == package::Finding::Kind::kWarning)
      findings.note("package", finding.what + ": " + finding.text, "It starts, but not as meant.",
                    "wascc package --check " + path);
}

}  // namespace

void check_package(Findings& findings, const std::string& path) {
  const auto engine = engine::make_wasmtime_engine();
  if (!engine) return findings.unchecked(path + ": " + engine.error().message());
  check_package_with(findings, path, **engine);
}

void check_deployment(Findings& findings, const std::string& path) {
  std::error_code ignored;
  const bool folder = fs::is_directory(path, ignored);
  const auto deployment = runtime::deployment_at(path, variable);
  if (folder && !deployment && deployment.error().code() == Errc::kNotFound) {
    findings.note("manifest", "there is neither a manifest.yaml nor a module in " + path,
                  "So there are no actors to check.", "wascc new NAME starts a project");
    return;
  }
  if (!deployment) {
    findings.problem("manifest", deployment.error().message(), "The function cannot start.", "");
    return;
  }
  const manifest::Manifest& manifest = deployment->manifest;
  for (const std::string& warning : manifest.warnings)
    findings.note("manifest", warning, "It is ignored, perhaps a slip of the pen.", "");
  if (folder && !deployment->listed && manifest.warnings.empty())
    findings.fine("manifest", "manifest.yaml can be read");
  if (manifest.settings.trusted_issuers.empty())
    findings.note("manifest", "no trusted_issuers are set",
                  "Any valid signature is accepted, whoever made it.",
                  "in manifest.yaml, runtime: {trusted_issuers: [A…]}, see wascc keys public");

  const auto engine = engine::make_wasmtime_engine();
  if (!engine) findings.unchecked("native code: " + engine.error().message());
  const claims::Trust trust{manifest.settings.trusted_issuers, manifest.settings.trusted_packagers};
  std::optional<runtime::PolicyAuthorizer> policy;
  if (deployment->policy) {
    policy.emplace(*deployment->policy);
    findings.fine("manifest", manifest.settings.policy + " can be read");
  }
  const Authorizer* const authorizer = policy ? &*policy : nullptr;
  std::vector<CheckedActor> actors;
  bool all_here = true;
  const auto is_elsewhere = [&](const std::string& listed_path, const std::string& file) {
    if (!oci::is_to_fetch(listed_path, file)) return false;
    findings.unchecked(listed_path + ", which a registry has: wascc verify " + listed_path);
    all_here = false;
    return true;
  };
  for (const manifest::Actor& listed_actor : manifest.actors) {
    const std::string file = runtime::resolve(*deployment, listed_actor.path);
    if (is_elsewhere(listed_actor.path, file)) continue;
    if (auto actor =
            check_actor(findings, file, trust, authorizer, engine ? engine->get() : nullptr))
      actors.push_back(*std::move(actor));
  }
  for (const manifest::Capability& capability : manifest.capabilities) {
    const std::string file = runtime::resolve(*deployment, capability.path);
    if (is_elsewhere(capability.path, file)) continue;
    if (auto provider = check_provider(findings, file, trust, authorizer))
      actors.push_back(*std::move(provider));  // it may be bound to others like an actor
  }
  check_bindings(findings, manifest, actors, all_here);
  const std::string package = (fs::path(path) / "function.zip").string();
  if (is_file(package) && engine) check_package_with(findings, package, **engine);
}

}  // namespace wascc::cli
