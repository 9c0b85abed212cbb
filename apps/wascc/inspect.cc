// wascc inspect: what a module's token says, and whether it is true.
#include <chrono>
#include <cstdio>
#include <memory>

#include "claims/module.h"
#include "claims/wasm_section.h"
#include "claims_json.h"
#include "command.h"
#include "module_file.h"
#include "terminal.h"

namespace wascc::cli {
namespace {

struct Inspect {
  std::string module;
  bool json = false;
};

void line(std::string_view label, std::string_view value) {
  std::printf("%s%*s %s\n", bold(label).c_str(), static_cast<int>(12 - label.size()), "",
              printable(value).c_str());
}

std::string joined(const std::vector<std::string>& parts) {
  std::string all;
  for (const std::string& part : parts) all.append(all.empty() ? "" : ", ").append(part);
  return all.empty() ? "none" : all;
}

std::string time(const std::optional<std::uint64_t>& seconds, std::string_view absent) {
  return seconds ? claims::utc_text(*seconds) : std::string(absent);
}

void print_text(const claims::Claims& claims, const Status& verdict) {
  line(claims.provider ? "Provider" : "Actor", claims.display_name());
  line("Key", claims.subject);
  line("Issuer", claims.issuer);
  line("Capabilities", joined(claims.capabilities));
  if (!claims.tags.empty()) line("Tags", joined(claims.tags));
  if (claims.version) line("Version", *claims.version);
  if (claims.revision) line("Revision", std::to_string(*claims.revision));
  if (claims.call_alias) line("Call alias", *claims.call_alias);
  line("Issued", claims::utc_text(claims.issued_at));
  if (claims.not_before) line("Valid from", time(claims.not_before, ""));
  line("Valid until", time(claims.expires, "for ever"));
  line("Module hash", claims.module_hash);
  line("Verified", verdict ? "yes" : "NO: " + verdict.error().message());
}

void print_json(const claims::Claims& claims, const Status& verdict) {
  std::string text;
  json::Writer out(text);
  out.begin_object();
  write_claims(out, claims);
  out.key("verified").boolean(verdict.has_value()).key("problem");
  verdict ? out.null() : out.string(verdict.error().message());
  out.end_object();
  std::printf("%s\n", text.c_str());
}

Status run(const Inspect& options) {
  WASCC_TRY(const Bytes wasm, read_module(options.module));
  WASCC_TRY(const auto section, claims::find_token(wasm).context(options.module));
  if (!section) return Error(Errc::kNotFound, options.module + ": not signed: it holds no token");
  WASCC_TRY(const claims::Token token,
            claims::decode_token(section->token).context(options.module));
  const auto verified = claims::verify_module(wasm, std::chrono::system_clock::now(), {});
  const Status verdict = verified ? Status() : Status(verified.error());
  options.json ? print_json(token.claims, verdict) : print_text(token.claims, verdict);
  return {};
}

}  // namespace

void add_inspect(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Inspect>();
  CLI::App* inspect = app.add_subcommand("inspect", "Show what a signed module says of itself");
  inspect->add_option("MODULE", options->module, "a signed module")->required();
  inspect->add_flag("--json", options->json, "one JSON object; times in seconds since 1970");
  inspect->footer(R"(
Shows a token whether it is true or not; the last line says which. To decide by it, use
`wascc verify`, whose exit status tells.

  wascc inspect actor.wasm
  wascc inspect --json actor.wasm | jq .capabilities
)");
  inspect->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace wascc::cli
