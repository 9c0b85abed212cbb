// wascc verify: may these modules run here?
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>

#include "claims/module.h"
#include "claims_json.h"
#include "command.h"
#include "registry.h"
#include "runtime/policy_authorizer.h"
#include "terminal.h"
#include "trust_option.h"

namespace wascc::cli {
namespace {

struct Verify {
  std::vector<std::string> modules;
  std::vector<std::string> trusted;
  std::string policy;
  bool json = false;
};

Result<claims::Claims> verified(const std::string& path, const claims::Trust& trust,
                                const Authorizer* policy) {
  WASCC_TRY(const Bytes wasm, read_or_fetch_module(path));
  WASCC_TRY(claims::Claims claims,
            claims::verify_module(wasm, std::chrono::system_clock::now(), trust).context(path));
  if (policy != nullptr) WASCC_CHECK(policy->can_load(claims).context(path));
  return claims;
}

void print_json(const std::string& path, const Result<claims::Claims>& verdict) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("file").string(path);
  out.key("verified").boolean(verdict.has_value()).key("problem");
  verdict ? out.null() : out.string(verdict.error().message());
  if (verdict) write_claims(out, *verdict);
  out.end_object();
  std::printf("%s\n", text.c_str());
}

Status run(const Verify& options) {
  claims::Trust trust;
  WASCC_TRY(trust.issuers, trusted_keys(options.trusted));
  std::optional<runtime::PolicyAuthorizer> policy;
  if (!options.policy.empty()) {
    WASCC_TRY(manifest::Policy read, manifest::load_policy(options.policy));
    policy.emplace(std::move(read));
  }
  std::size_t refused = 0;
  for (const std::string& path : options.modules) {
    const auto verdict = verified(path, trust, policy ? &*policy : nullptr);
    if (options.json) print_json(path, verdict);
    if (!verdict && options.modules.size() == 1) return verdict.error();
    if (!verdict) ++refused;
    if (options.json) continue;
    const std::string told = verdict
                                 ? path + ": " + verdict->subject + ", issued by " + verdict->issuer
                                 : "REFUSED " + verdict.error().message();
    say(told);
  }
  if (refused == 0) return {};
  return Error(Errc::kDenied, std::to_string(refused) + " of " +
                                  std::to_string(options.modules.size()) + " modules may not run");
}

}  // namespace

void add_verify(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Verify>();
  CLI::App* verify =
      app.add_subcommand("verify", "Check signed modules: exit status 0 if all may run");
  verify->add_option("MODULE", options->modules, "signed modules")->required()->type_name("FILE");
  add_trust(*verify, options->trusted);
  verify
      ->add_option("--policy", options->policy,
                   "a policy file that must allow them, too (docs/policy.md)")
      ->type_name("FILE");
  verify->add_flag("--json", options->json,
                   "one JSON object a module and line on stdout, whatever the outcome");
  verify->footer(R"(
Checks the module's hash, the signature, the times and the keys, as the runtime does at start.

  wascc verify actor.wasm
  wascc verify --trust account build/*.wasm
  wascc verify --policy policy.yaml actor.wasm   # exit status 1 if the policy denies it
  wascc verify --trust AAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZV actor.wasm
)");
  verify->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace wascc::cli
