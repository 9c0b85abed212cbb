// wascc keys: the user's key pairs, made, listed, brought in and taken out.
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "base/json.h"
#include "claims/nkey.h"
#include "command.h"
#include "key_file.h"
#include "key_store.h"
#include "terminal.h"

namespace wascc::cli {
namespace {

namespace fs = std::filesystem;

struct New {
  std::string kind;
  std::string name;
  std::string path;
  bool if_absent = false;
};

struct Import {
  std::string name;
  std::string path;
  bool from_stdin = false;
};

struct Export {
  std::string key;
  std::string path;
  bool print = false;
};

struct List {
  bool json = false;
};

struct Show {
  std::string key;
  bool json = false;
};

std::string kind_of(const claims::KeyPair& key) {
  return std::string(claims::to_string(key.public_key().kind()));
}

void write_key(json::Writer& out, const claims::KeyPair& key, const std::string& path) {
  out.key("kind").string(kind_of(key)).key("public").string(key.public_key().text());
  out.key("file").string(path);
}

void tell(const claims::KeyPair& key, const std::string& path) {
  std::printf("%s\n", key.public_key().text().c_str());
  note("seed kept in " + path + "; it is secret, and without it this key is lost");
}

Status run_new(const New& options) {
  const auto kind = claims::key_kind(options.kind);
  if (!kind)
    return Error(Errc::kInvalid, "there is no kind of key named " + options.kind + "; kinds are " +
                                     std::string(claims::kKeyKindWords));
  std::string path = options.path;
  if (path.empty()) {
    WASCC_TRY(path, stored_key_path(options.name));
  }
  std::error_code ignored;
  if (options.if_absent && fs::exists(path, ignored)) {
    WASCC_TRY(const claims::KeyPair key, read_seed(path, *kind));
    std::printf("%s\n", key.public_key().text().c_str());
    return {};
  }
  const claims::KeyPair key = claims::KeyPair::generate(*kind);
  if (options.path.empty()) {
    WASCC_TRY(path, store_key(options.name, key));
  } else {
    WASCC_CHECK(write_seed(path, key));
  }
  tell(key, path);
  return {};
}

Status run_public(const std::string& text) {
  WASCC_TRY(const std::string path, seed_path(text));
  WASCC_TRY(const claims::KeyPair key, read_seed(path));
  std::printf("%s\n", key.public_key().text().c_str());
  return {};
}

Status run_show(const Show& options) {
  WASCC_TRY(const std::string path, seed_path(options.key));
  WASCC_TRY(const claims::KeyPair key, read_seed(path));
  if (options.json) {
    std::string text;
    json::Writer out(text);
    out.begin_object();
    write_key(out, key, path);
    out.end_object();
    std::printf("%s\n", text.c_str());
    return {};
  }
  std::printf("%s %s\n%s   %s\n%s   %s\n", bold("Public").c_str(), key.public_key().text().c_str(),
              bold("Kind").c_str(), kind_of(key).c_str(), bold("File").c_str(),
              printable(path).c_str());
  return {};
}

Status run_list(const List& options) {
  WASCC_TRY(const std::vector<std::string> names, stored_key_names());
  std::string text;
  json::Writer out(text);
  out.begin_array();
  for (const std::string& name : names) {
    WASCC_TRY(const std::string path, stored_key_path(name));
    WASCC_TRY(const claims::KeyPair key, read_seed(path));
    const std::string shown = key.public_key().text();
    if (!options.json)
      std::printf("%-20s %-9s %s\n", name.c_str(), kind_of(key).c_str(), shown.c_str());
    out.begin_object().key("name").string(name);
    write_key(out, key, path);
    out.end_object();
  }
  out.end_array();
  if (options.json) std::printf("%s\n", text.c_str());
  if (!options.json && names.empty()) note("no keys yet; `wascc keys new account` makes the first");
  return {};
}

Status run_import(const Import& options) {
  if (options.from_stdin != options.path.empty())
    return Error(Errc::kInvalid, "give either a seed file or --seed-stdin");
  auto key = options.from_stdin ? read_seed_from(STDIN_FILENO) : read_seed(options.path);
  if (!key) return std::move(key).error();
  WASCC_TRY(const std::string path, store_key(options.name, *key));
  tell(*key, path);
  return {};
}

Status run_export(const Export& options) {
  if (options.print != options.path.empty())
    return Error(Errc::kInvalid, "give either --output FILE or --print, which shows the secret");
  WASCC_TRY(const std::string path, seed_path(options.key));
  WASCC_TRY(const claims::KeyPair key, read_seed(path));
  if (!options.print) return write_seed(options.path, key);
  const claims::SecretText seed = key.seed();
  std::fwrite(seed.view().data(), 1, seed.view().size(), stdout);
  std::fputc('\n', stdout);
  return {};
}

void add_new_key(CLI::App& keys, Action& chosen) {
  auto options = std::make_shared<New>();
  CLI::App* make =
      keys.add_subcommand("new", "Make a key pair: prints the public key, keeps the seed");
  make->add_option("KIND", options->kind, std::string(claims::kKeyKindWords))
      ->required()
      ->type_name("account|module|server|cluster|operator|user|provider");
  auto* name = make->add_option("NAME", options->name, "name to keep it under (default: KIND)");
  make->add_option("-o,--output", options->path,
                   "write the seed to this file instead; never over one that is there")
      ->type_name("FILE")
      ->excludes(name);
  make->add_flag("--if-absent", options->if_absent,
                 "be content with the key of that name, if there is one");
  make->footer(R"(
An account signs actors; its public key, A…, is what `trusted_issuers` lists. A module key is the
identity of one actor, M…: keep it, and every later build is the same actor.

Seeds are kept in ~/.config/wascc/keys (or wascc/keys in $XDG_CONFIG_HOME, or $WASCC_KEYS), which
only you can read, under names that every command takes. A seed is the secret: keep a copy, and keep
it out of packages and repositories.

  wascc keys new account              # once: who signs
  wascc keys new module hello         # once for each actor: who it is
  wascc keys new module -o hello.seed
)");
  make->callback([options, name, &chosen] {
    if (name->count() == 0) options->name = options->kind;
    chosen = [options] { return run_new(*options); };
  });
}

void add_list(CLI::App& keys, Action& chosen) {
  auto options = std::make_shared<List>();
  CLI::App* list = keys.add_subcommand("list", "List your keys: name, kind, public key");
  list->add_flag("--json", options->json, "a JSON array");
  list->footer("\n  wascc keys list\n");
  list->callback([options, &chosen] { chosen = [options] { return run_list(*options); }; });
}

void add_show(CLI::App& keys, Action& chosen) {
  auto shown = std::make_shared<Show>();
  CLI::App* show = keys.add_subcommand("show", "Show what is public of a key, and where it is");
  show->add_option("KEY", shown->key, "a key's name, or a seed file")->required()->type_name("KEY");
  show->add_flag("--json", shown->json, "one JSON object");
  show->footer("\n  wascc keys show account\n");
  show->callback([shown, &chosen] { chosen = [shown] { return run_show(*shown); }; });

  auto told = std::make_shared<std::string>();
  CLI::App* tell = keys.add_subcommand("public", "Print the public key alone, for scripts");
  tell->add_option("KEY", *told, "a key's name, or a seed file")->required()->type_name("KEY");
  tell->footer(
      "\n  wascc keys public account\n  wascc verify --trust $(wascc keys public account) "
      "actor.wasm\n");
  tell->callback([told, &chosen] { chosen = [told] { return run_public(*told); }; });
}

void add_import(CLI::App& keys, Action& chosen) {
  auto options = std::make_shared<Import>();
  CLI::App* import = keys.add_subcommand("import", "Keep a key that was made elsewhere");
  import->add_option("NAME", options->name, "name to keep it under")->required();
  import->add_option("SEEDFILE", options->path, "file with the seed")->type_name("FILE");
  import->add_flag("--seed-stdin", options->from_stdin, "read the seed from standard input");
  import->footer(R"(
  wascc keys import account old/account.seed
  printenv SIGNING_SEED | wascc keys import account --seed-stdin
)");
  import->callback([options, &chosen] { chosen = [options] { return run_import(*options);
};
}  // namespace
);
}  // namespace wascc::cli

void add_export(CLI::App& keys, Action& chosen) {
  auto options = std::make_shared<Export>();
  CLI::App* take = keys.add_subcommand("export", "Copy a key's seed, the secret, to a file");
  take->add_option("KEY", options->key, "a key's name, or a seed file")
      ->required()
      ->type_name("KEY");
  take->add_option("-o,--output", options->path, "a new file; only you can read it")
      ->type_name("FILE");
  take->add_flag("--print", options->print, "show the secret on standard output");
  take->footer("\n  wascc keys export account -o backup.seed\n");
  take->callback([options, &chosen] { chosen = [options] { return run_export(*options); }; });
}

}  // namespace

void add_keys(CLI::App& app, Action& chosen) {
  CLI::App* keys = app.add_subcommand("keys", "Your key pairs: make, list, show, import, export");
  keys->require_subcommand(1);
  add_new_key(*keys, chosen);
  add_list(*keys, chosen);
  add_show(*keys, chosen);
  add_import(*keys, chosen);
  add_export(*keys, chosen);
}

}  // namespace wascc::cli
