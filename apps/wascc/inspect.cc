// wascc inspect: what modules and their tokens say, and whether it is true.
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "claims/module.h"
#include "claims/wasm_section.h"
#include "claims_json.h"
#include "command.h"
#include "module_outline.h"
#include "registry.h"
#include "terminal.h"
#include "trust_option.h"

namespace wascc::cli {
namespace {

struct Inspect {
  std::vector<std::string> modules;
  std::vector<std::string> trusted;
  bool json = false;
};

struct Findings {
  std::string path;
  std::size_t bytes = 0;
  Outline outline;
  std::optional<claims::Claims> claims;  // absent: not signed
  Status verdict;                        // of all checks, trust included
  std::vector<std::string> mentions;     // capabilities that it seems to use and does not claim
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

std::string imports_text(const std::vector<Import>& imports) {
  std::string all;
  std::string_view module;
  for (const Import& import : imports) {
    if (import.module != module) all.append(all.empty() ? "" : "; ").append(import.module) += ':';
    module = import.module;
    all.append(" ").append(import.name);
  }
  return all.empty() ? "none" : all;
}

std::string sections_text(const std::vector<Section>& sections) {
  std::vector<std::string> parts;
  for (const Section& section : sections)
    parts.push_back(section.name + " " + std::to_string(section.bytes));
  return joined(parts);
}

std::string validity(const claims::Claims& claims, std::uint64_t now) {
  std::string text = "since " + claims::utc_text(claims.not_before.value_or(claims.issued_at));
  if (!claims.expires) return text + ", for ever";
  text += ", until " + claims::utc_text(*claims.expires);
  if (*claims.expires <= now) return text + ": EXPIRED";
  return text + ", " + std::to_string((*claims.expires - now) / 86'400) + " days from now";
}

void print_claims(const Findings& found, bool any_issuer) {
  const claims::Claims& claims = *found.claims;
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::now().time_since_epoch());
  line(claims.provider ? "Provider" : "Actor", claims.display_name());
  line("Key", claims.subject);
  line("Issuer", claims.issuer);
  line("Capabilities", joined(claims.capabilities));
  if (!claims.tags.empty()) line("Tags", joined(claims.tags));
  if (claims.version) line("Version", *claims.version);
  if (claims.revision) line("Revision", std::to_string(*claims.revision));
  if (claims.call_alias) line("Call alias", *claims.call_alias);
  line("Issued", claims::utc_text(claims.issued_at));
  line("Valid", validity(claims, static_cast<std::uint64_t>(now.count())));
  line("Module hash", claims.module_hash);
  line("Verified", found.verdict ? "yes, nothing was changed since it was signed"
                                 : "NO: " + found.verdict.error().message());
  if (found.verdict)
    line("Trusted", any_issuer ? "wherever no trusted issuers are listed; --trust checks a list"
                               : "yes, the issuer is in the list");
}

void print_card(const Findings& found, bool any_issuer) {
  if (found.claims) {
    print_claims(found, any_issuer);
  } else {
    line("Actor", "no: not signed, so it does not run; `wascc sign` makes it one");
  }
  if (!found.mentions.empty())
    line("Unclaimed", joined(found.mentions) + ": mentioned in its data, refused if it is used");
  line("Imports", imports_text(found.outline.imports));
  line("Sections", sections_text(found.outline.sections));
  line("File", found.path + ", " + std::to_string(found.bytes) + " bytes");
}

void print_json(const Findings& found) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("file").string(found.path);
  out.key("bytes").number(std::uint64_t{found.bytes});
  out.key("signed").boolean(found.claims.has_value());
  if (found.claims) write_claims(out, *found.claims);
  out.key("verified").boolean(found.verdict.has_value()).key("problem");
  found.verdict ? out.null() : out.string(found.verdict.error().message());
  out.key("unclaimed").begin_array();
  for (const std::string& id : found.mentions) out.string(id);
  out.end_array().key("imports").begin_array();
  for (const Import& import : found.outline.imports)
    out.begin_object()
        .key("module")
        .string(import.module)
        .key("name")
        .string(import.name)
        .end_object();
  out.end_array().key("sections").begin_array();
  for (const Section& section : found.outline.sections)
    out.begin_object()
        .key("name")
        .string(section.name)
        .key("bytes")
        .number(std::uint64_t{section.bytes})
        .end_object();
  out.end_array().end_object();
  std::printf("%s\n", text.c_str());
}

Result<Findings> look_into(const std::string& path, const claims::Trust& trust) {
  WASCC_TRY(const Bytes wasm, read_or_fetch_module(path));
  Findings found;
  found.path = path;
  found.bytes = wasm.size();
  WASCC_TRY(const auto section, claims::find_token(wasm).context(path));
  WASCC_TRY(found.outline, outline_of(wasm).context(path));
  if (section) {
    WASCC_TRY(const claims::Token token, claims::decode_token(section->token).context(path));
    found.claims = token.claims;
  }
  const auto verified = claims::verify_module(wasm, std::chrono::system_clock::now(), trust);
  if (!verified) found.verdict = verified.error();
  const std::vector<std::string> none;
  found.mentions =
      unclaimed_mentions(wasm, found.outline, found.claims ? found.claims->capabilities : none);
  return found;
}

Status run(const Inspect& options) {
  claims::Trust trust;
  WASCC_TRY(trust.issuers, trusted_keys(options.trusted));
  bool first = true;
  for (const std::string& path : options.modules) {
    WASCC_TRY(const Findings found, look_into(path, trust));
    if (!first && !options.json) std::printf("\n");
    first = false;
    options.json ? print_json(found) : print_card(found, trust.issuers.empty());
  }
  return {};
}

}  // namespace

void add_inspect(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Inspect>();
  CLI::App* inspect = app.add_subcommand("inspect", "Show what modules say of themselves");
  inspect
      ->add_option("MODULE", options->modules,
                   "modules, signed or not, or references to a registry")
      ->required()
      ->type_name("FILE");
  add_trust(*inspect, options->trusted);
  inspect->add_flag("--json", options->json,
                    "one JSON object a module and line; times in seconds since 1970");
  inspect->footer(R"(
Shows a token whether it is true or not, and says which. To decide by it, use `wascc verify`, whose
exit status tells.

  wascc inspect actor.wasm
  wascc inspect --json actor.wasm | jq .capabilities
)");
  inspect->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace wascc::cli
