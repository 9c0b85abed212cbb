// wascc sign: puts a signed token into a module.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/json.h"
#include "claims/module.h"
#include "command.h"
#include "key_file.h"
#include "key_store.h"
#include "local_host.h"
#include "manifest/manifest.h"
#include "module_file.h"
#include "module_outline.h"
#include "terminal.h"

namespace wascc::cli {
namespace {

struct Sign {
  std::string module;
  std::string output;
  std::string issuer;
  std::string subject;
  std::string name;
  std::vector<std::string> capabilities;
  std::vector<std::string> tags;
  std::string expires;
  std::string not_before;
  std::optional<std::int32_t> revision;
  std::string version;
  std::string alias;
  bool provider = false;
  bool seed_stdin = false;
  std::string manifest;
  bool json = false;
};

constexpr std::array kShortNames = {
    std::pair{"blobstore", "wascc:blobstore"},       std::pair{"event", "awslambda:event"},
    std::pair{"eventstreams", "wascc:eventstreams"}, std::pair{"extras", "wascc:extras"},
    std::pair{"http_client", "wascc:http_client"},   std::pair{"http_server", "wascc:http_server"},
    std::pair{"keyvalue", "wascc:keyvalue"},         std::pair{"logging", "wascc:logging"},
    std::pair{"messaging", "wascc:messaging"},
};

// A capability's id, from its id, its short name, or the key of an actor that may be called.
Result<std::string> capability_id(const std::string& text) {
  for (const auto& [name, id] : kShortNames)
    if (text == name) return id;
  if (text.find(':') != std::string::npos) return text;
  if (const auto key = claims::PublicKey::parse(text);
      key && key->kind() == claims::KeyKind::kModule)
    return text;
  std::string known;
  for (const auto& [name, id] : kShortNames) known.append(known.empty() ? "" : ", ").append(name);
  return Error(Errc::kInvalid, "--cap " + text +
                                   ": neither an id such as acme:thing, nor a short name (" +
                                   known + "), nor an actor's public key");
}

// "90d" from now, in seconds since 1970.
Result<std::uint64_t> from_now(std::string_view flag, const std::string& text, std::uint64_t now) {
  constexpr std::array kUnits = {std::pair{'s', 1u},       std::pair{'m', 60u},
                                 std::pair{'h', 3600u},    std::pair{'d', 86'400u},
                                 std::pair{'w', 604'800u}, std::pair{'y', 31'536'000u}};
  constexpr std::uint64_t kMost = 1'000'000;  // keeps the product far from any limit
  std::uint64_t count = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9' && count < kMost;
       ++digits)
    count = count * 10 + static_cast<std::uint64_t>(text[digits] - '0');
  if (digits > 0 && digits + 1 == text.size() && count < kMost)
    for (const auto& [unit, seconds] : kUnits)
      if (text[digits] == unit) return now + count * seconds;
  return Error(Errc::kInvalid, std::string(flag) + " " + text +
                                   ": give a number and a unit, such as 12h, 90d, 4w or 1y");
}

// Says which key was taken without being named.
std::string found_key(std::string_view role, const FoundKey& key) {
  return std::string(role) + " " + key.pair.public_key().text() + ", from " + key.path;
}

// A subject is a module's key, or its public key where the seed is elsewhere.
Result<std::string> subject_key(const Sign& options, std::vector<std::string>& notes) {
  const std::string& text = options.subject;
  if (text.empty()) {
    const std::string name = std::filesystem::path(options.module).stem().string();
    WASCC_TRY(const FoundKey found, module_key(name));
    notes.push_back(found_key("actor", found));
    return found.pair.public_key().text();
  }
  if (const auto key = claims::PublicKey::parse(text);
      key && key->kind() == claims::KeyKind::kModule)
    return text;
  WASCC_TRY(const std::string path, seed_path(text));
  WASCC_TRY(const claims::KeyPair key, read_seed(path, claims::KeyKind::kModule));
  return key.public_key().text();
}

Result<claims::KeyPair> issuer_key(const Sign& options, std::vector<std::string>& notes) {
  if (options.seed_stdin) {
    if (!options.issuer.empty())
      return Error(Errc::kInvalid, "give either --issuer or --seed-stdin");
    WASCC_TRY(claims::KeyPair key, read_seed_from(STDIN_FILENO));
    if (key.public_key().kind() == claims::KeyKind::kAccount) return key;
    return Error(Errc::kInvalid, "the seed on standard input is not an account's");
  }
  if (options.issuer.empty()) {
    WASCC_TRY(FoundKey found, default_account());
    notes.push_back(found_key("issuer", found));
    return std::move(found.pair);
  }
  WASCC_TRY(const std::string path, seed_path(options.issuer));
  return read_seed(path, claims::KeyKind::kAccount);
}

// What this actor's bindings in a manifest give it.
Result<std::vector<std::string>> bound_capabilities(const std::string& path,
                                                    const std::string& subject) {
  std::vector<std::string> found;
  if (path.empty()) return found;
  WASCC_TRY(const manifest::Manifest manifest, manifest::load(path, variable));
  for (const manifest::Binding& binding : manifest.bindings)
    if (binding.actor == subject) found.push_back(binding.capability);
  return found;
}

// The capabilities that the module seems to use and was not given. They are proposed; granting them
// is left to whoever signs.
std::vector<std::string> proposals(ByteView wasm, const claims::Claims& claims,
                                   const std::vector<std::string>& bound) {
  std::vector<std::string> wanted;
  if (const auto outline = outline_of(wasm))
    wanted = unclaimed_mentions(wasm, *outline, claims.capabilities);
  for (const std::string& id : bound)
    if (std::find(claims.capabilities.begin(), claims.capabilities.end(), id) ==
            claims.capabilities.end() &&
        std::find(wanted.begin(), wanted.end(), id) == wanted.end())
      wanted.push_back(id);
  return wanted;
}

void print_json(const std::string& output, const std::string& subject, const std::string& issuer,
                const std::vector<std::string>& not_granted) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("file").string(output).key("subject").string(subject);
  out.key("issuer").string(issuer).key("not_granted").begin_array();
  for (const std::string& id : not_granted) out.string(id);
  out.end_array().end_object();
  std::printf("%s\n", text.c_str());
}

Status run(const Sign& options) {
  claims::Claims claims;
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  claims.issued_at = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(since_1970).count());
  if (!options.expires.empty()) {
    WASCC_TRY(claims.expires, from_now("--expires", options.expires, claims.issued_at));
  }
  if (!options.not_before.empty()) {
    WASCC_TRY(claims.not_before, from_now("--not-before", options.not_before, claims.issued_at));
  }
  for (const std::string& text : options.capabilities) {
    WASCC_TRY(std::string id, capability_id(text));
    claims.capabilities.push_back(std::move(id));
  }
  if (!options.name.empty()) claims.name = options.name;
  if (!options.version.empty()) claims.version = options.version;
  if (!options.alias.empty()) claims.call_alias = claims::normal_call_alias(options.alias);
  claims.tags = options.tags;
  claims.revision = options.revision;
  claims.provider = options.provider;

  WASCC_TRY(const Bytes wasm, read_module(options.module));
  std::vector<std::string> notes;
  WASCC_TRY(claims.subject, subject_key(options, notes));
  WASCC_TRY(const std::vector<std::string> bound,
            bound_capabilities(options.manifest, claims.subject));
  WASCC_TRY(const claims::KeyPair issuer, issuer_key(options, notes));
  WASCC_TRY(const Bytes signed_wasm,
            claims::sign_module(wasm, claims, issuer).context(options.module));
  WASCC_CHECK(write_file_atomically(options.output, signed_wasm));
  for (const std::string& text : notes) note(text);
  const std::vector<std::string> not_granted = proposals(wasm, claims, bound);
  std::string flags;
  for (const std::string& id : not_granted) flags.append(" --cap ").append(id);
  if (!flags.empty()) note("not granted, though it seems to use it:" + flags);
  if (options.json)
    print_json(options.output, claims.subject, issuer.public_key().text(), not_granted);
  else
    say(options.output + ": signed " + claims.subject);
  return {};
}

}  // namespace

void add_sign(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Sign>();
  CLI::App* sign =
      app.add_subcommand("sign", "Put a signed token into a module: an actor may then run");
  sign->add_option("MODULE", options->module, "a core WebAssembly module")
      ->required()
      ->type_name("FILE");
  sign->add_option("-o,--output", options->output, "the signed module; may be MODULE itself")
      ->required()
      ->type_name("FILE");
  sign->add_option("-i,--issuer", options->issuer,
                   "the account that signs: name of a key, or seed file (default: your only "
                   "account key, or the one named account)")
      ->type_name("KEY");
  sign->add_flag("--seed-stdin", options->seed_stdin,
                 "read the account's seed from standard input");
  sign->add_option("-s,--subject", options->subject,
                   "the actor: name of its module key, seed file, or public key, M… (default: the "
                   "key with the name of MODULE)")
      ->type_name("KEY");
  sign->add_option("-n,--name", options->name, "name for people");
  sign->add_option(
          "-c,--cap", options->capabilities,
          "a capability that it may use, by id (wascc:keyvalue) or short name (keyvalue), or "
          "the public key of an actor that it may call; may be repeated")
      ->allow_extra_args(false);
  sign->add_option("-t,--tag", options->tags, "a tag; may be repeated")->allow_extra_args(false);
  sign->add_option("--expires", options->expires,
                   "valid for so long from now: 12h, 90d, 1y (default: for ever)");
  sign->add_option("--not-before", options->not_before, "valid only after so long from now");
  sign->add_option("--rev", options->revision, "revision, a number");
  sign->add_option("--ver", options->version, "version, a text");
  sign->add_option("--alias", options->alias, "name by which other actors may call it");
  sign->add_option("--manifest", options->manifest,
                   "a manifest: capabilities that it binds to the actor are proposed, too")
      ->type_name("FILE");
  sign->add_flag("--json", options->json, "what was done, as one JSON object on stdout");
  sign->add_flag("--provider", options->provider, "a portable capability provider, not an actor");
  sign->footer(R"(
Every byte of the module stays as it is; the token comes in a section of its own at the end, or takes
the place of the one that is there. What a token does not list, the actor may not use; what the
module seems to use and was not given is proposed on stderr.

  wascc sign echo.wasm -c http_server -c logging -o actor.wasm    # with your keys account and echo
  wascc sign feed.wasm -i account.seed -s feed.seed -c event --name "Feed" --expires 90d -o feed.wasm
)");
  sign->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace wascc::cli
