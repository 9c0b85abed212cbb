// wascc par: provider archives, made, looked into and checked.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "base/file.h"
#include "base/json.h"
#include "command.h"
#include "key_file.h"
#include "key_store.h"
#include "providers/archive.h"
#include "providers/shared_object.h"
#include "providers/tar.h"
#include "terminal.h"
#include "trust_option.h"

namespace wascc::cli {
namespace {

namespace fs = std::filesystem;

struct Par {
  std::string archive;
  std::vector<std::string> libraries;
  std::string issuer;
  std::string subject;
  std::string capability;
  std::string vendor;
  std::string name;
  std::string version;
  std::optional<std::int32_t> revision;
  std::vector<std::string> trusted;
  bool json = false;
};

// "x86_64-linux=FILE", or a library whose own header says the target.
Result<std::pair<std::string, Bytes>> library_of(const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::string path = equals == std::string::npos ? text : text.substr(equals + 1);
  WASCC_TRY(Bytes library, read_file(path, providers::kMaxArchiveBytes));
  if (equals != std::string::npos) return std::pair(text.substr(0, equals), std::move(library));
  WASCC_TRY(const providers::SharedObject object,
            providers::read_shared_object(library).context(path));
  const std::string_view machine = providers::machine_name(object.machine);
  if (machine.empty())
    return Error(Errc::kUnsupported,
                 path + " is for a processor that has no name here: write TARGET=" + path);
  return std::pair(std::string(machine) + "-linux", std::move(library));
}

Status create(const Par& options) {
  providers::ProviderArchive archive;
  for (const std::string& text : options.libraries) {
    WASCC_TRY(auto library, library_of(text));
    const std::string target = library.first;
    if (target.empty() || target.size() > 64 || target.find('/') != std::string::npos)
      return Error(Errc::kInvalid, target + ": a target is a name such as x86_64-linux");
    if (!archive.libraries.insert(std::move(library)).second)
      return Error(Errc::kExists, "two libraries for " + target);
  }
  claims::ProviderClaims& claims = archive.claims;
  claims.id = claims::random_token_id();
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  claims.issued_at = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(since_1970).count());
  if (const auto key = claims::PublicKey::parse(options.subject);
      key && key->kind() == claims::KeyKind::kProvider) {
    claims.subject = options.subject;
  } else {
    WASCC_TRY(const std::string path, seed_path(options.subject));
    WASCC_TRY(const claims::KeyPair key_pair, read_seed(path, claims::KeyKind::kProvider));
    claims.subject = key_pair.public_key().text();
  }
  claims.capability = options.capability;
  claims.vendor = options.vendor;
  if (!options.name.empty()) claims.name = options.name;
  if (!options.version.empty()) claims.version = options.version;
  claims.revision = options.revision;

  std::optional<claims::KeyPair> issuer;
  if (options.issuer.empty()) {
    WASCC_TRY(FoundKey found, default_account());
    note("issuer " + found.pair.public_key().text() + ", from " + found.path);
    issuer.emplace(std::move(found.pair));
  } else {
    WASCC_TRY(const std::string path, seed_path(options.issuer));
    WASCC_TRY(claims::KeyPair key, read_seed(path, claims::KeyKind::kAccount));
    issuer.emplace(std::move(key));
  }
  const std::string subject = claims.subject;
  const bool compressed = options.archive.ends_with(".gz");
  WASCC_TRY(const Bytes bytes, providers::write_archive(std::move(archive), *issuer, compressed));
  WASCC_CHECK(write_file_atomically(options.archive, bytes));
  say(options.archive + ": signed " + subject);
  return {};
}

Result<providers::ProviderArchive> read(const Par& options, const claims::Trust& trust) {
  WASCC_TRY(const Bytes bytes, read_file(options.archive, providers::kMaxArchiveBytes));
  return providers::read_archive(bytes, std::chrono::system_clock::now(), trust)
      .context(options.archive);
}

void write_optional(json::Writer& out, std::string_view key,
                    const std::optional<std::string>& value) {
  out.key(key);
  value ? out.string(*value) : out.null();
}

void print_json(const Par& options, const Result<providers::ProviderArchive>& archive) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("file").string(options.archive);
  out.key("verified").boolean(archive.has_value()).key("problem");
  archive ? out.null() : out.string(archive.error().message());
  if (archive) {
    const claims::ProviderClaims& claims = archive->claims;
    write_optional(out, "name", claims.name);
    out.key("capability").string(claims.capability).key("vendor").string(claims.vendor);
    out.key("subject").string(claims.subject).key("issuer").string(claims.issuer);
    write_optional(out, "version", claims.version);
    out.key("revision");
    claims.revision ? out.number(std::int64_t{*claims.revision}) : out.null();
    out.key("expires");
    claims.expires ? out.number(*claims.expires) : out.null();
    out.key("targets").begin_array();
    for (const auto& [target, library] : archive->libraries)
      out.begin_object()
          .key("target")
          .string(target)
          .key("bytes")
          .number(std::uint64_t{library.size()})
          .key("sha256")
          .string(claims.target_hashes.at(target))
          .end_object();
    out.end_array();
  }
  out.end_object();
  std::printf("%s\n", text.c_str());
}

void print_text(const providers::ProviderArchive& archive) {
  const claims::ProviderClaims& claims = archive.claims;
  const auto line = [](const char* what, const std::string& value) {
    std::printf("%-11s %s\n", what, printable(value).c_str());
  };
  line("provider", claims.subject);
  line("name", claims.name.value_or("Unnamed Provider"));
  line("capability", claims.capability);
  line("vendor", claims.vendor);
  line("issuer", claims.issuer);
  if (claims.version) line("version", *claims.version);
  if (claims.revision) line("revision", std::to_string(*claims.revision));
  if (claims.expires) line("expires", claims::utc_text(*claims.expires));
  for (const auto& [target, library] : archive.libraries)
    line("library", target + ", " + std::to_string(library.size()) + " bytes, SHA-256 " +
                        claims.target_hashes.at(target));
}

Status inspect(const Par& options) {
  const auto archive = read(options, {});
  if (options.json) print_json(options, archive);
  if (!archive) return archive.error();
  if (!options.json) print_text(*archive);
  return {};
}

Status verify(const Par& options) {
  claims::Trust trust;
  WASCC_TRY(trust.issuers, trusted_keys(options.trusted));
  const auto archive = read(options, trust);
  if (options.json) print_json(options, archive);
  if (!archive) return archive.error();
  if (!archive->libraries.contains(providers::this_target()))
    note(options.archive + " has no library for this machine, " + providers::this_target());
  if (!options.json)
    say(options.archive + ": " + archive->claims.subject + ", issued by " + archive->claims.issuer);
  return {};
}

void add_create(CLI::App& par, const std::shared_ptr<Par>& options, Action& chosen) {
  CLI::App* one = par.add_subcommand("create", "Put a provider's libraries into a signed archive");
  one->add_option("LIBRARY", options->libraries,
                  "shared libraries, one for each machine, or TARGET=FILE")
      ->required()
      ->type_name("FILE");
  one->add_option("-o,--output", options->archive, "the archive; compressed if it ends in .gz")
      ->required()
      ->type_name("FILE");
  one->add_option("--capid", options->capability, "the capability, such as wascc:keyvalue")
      ->required();
  one->add_option("--vendor", options->vendor, "who makes it")->required();
  one->add_option("-s,--subject", options->subject,
                  "the provider: name of its provider key, seed file, or public key, V…")
      ->required()
      ->type_name("KEY");
  one->add_option("-i,--issuer", options->issuer,
                  "the account that signs: name of a key, or seed file (default: your only account "
                  "key, or the one named account)")
      ->type_name("KEY");
  one->add_option("-n,--name", options->name, "name for people");
  one->add_option("--rev", options->revision, "revision, a number");
  one->add_option("--ver", options->version, "version, a text");
  one->footer(R"(
  wascc keys new provider shout
  wascc par create libwascc_shout.so --capid example:shout --vendor me -s shout -o shout.par.gz
)");
  one->callback([options, &chosen] { chosen = [options] { return create(*options); }; });
}

}  // namespace

void add_par(CLI::App& app, Action& chosen) {
  CLI::App* par = app.add_subcommand("par", "Make, look into or check a provider archive");
  par->require_subcommand(1);
  auto options = std::make_shared<Par>();
  add_create(*par, options, chosen);

  CLI::App* look = par->add_subcommand("inspect", "Show what an archive holds");
  look->add_option("ARCHIVE", options->archive, ".par or .par.gz")->required()->type_name("FILE");
  look->add_flag("--json", options->json, "one JSON object on stdout");
  look->callback([options, &chosen] { chosen = [options] { return inspect(*options); }; });

  CLI::App* check = par->add_subcommand(
      "verify", "Check signature, dates and digests: exit status 0 if it may be loaded");
  check->add_option("ARCHIVE", options->archive, ".par or .par.gz")->required()->type_name("FILE");
  add_trust(*check, options->trusted);
  check->add_flag("--json", options->json, "one JSON object on stdout, whatever the outcome");
  check->callback([options, &chosen] { chosen = [options] { return verify(*options); }; });
}

}  // namespace wascc::cli
