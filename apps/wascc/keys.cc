// wascc keys: make a key pair, tell the public key of a seed.
#include <cstdio>
#include <memory>

#include "claims/nkey.h"
#include "command.h"
#include "key_file.h"

namespace wascc::cli {
namespace {

struct New {
  std::string kind;
  std::string path;
};

Status run_new(const New& options) {
  const auto kind = claims::key_kind(options.kind);
  if (!kind)
    return Error(Errc::kInvalid, "there is no kind of key named " + options.kind + "; kinds are " +
                                     std::string(claims::kKeyKindWords));
  const claims::KeyPair key = claims::KeyPair::generate(*kind);
  const std::string path = options.path.empty() ? options.kind + ".seed" : options.path;
  WASCC_CHECK(write_seed(path, key));
  std::printf("%s\n", key.public_key().text().c_str());
  return {};
}

Status run_public(const std::string& path) {
  WASCC_TRY(const claims::KeyPair key, read_seed(path));
  std::printf("%s\n", key.public_key().text().c_str());
  return {};
}

}  // namespace

void add_keys(CLI::App& app, Action& chosen) {
  CLI::App* keys = app.add_subcommand("keys", "Make key pairs and tell their public keys");
  keys->require_subcommand(1);

  auto options = std::make_shared<New>();
  CLI::App* make =
      keys->add_subcommand("new", "Make a key pair: prints the public key, writes the seed");
  make->add_option("KIND", options->kind, std::string(claims::kKeyKindWords))->required();
  make->add_option("-o,--output", options->path,
                   "where to write the seed (default: KIND.seed); never over a file that is there");
  make->footer(R"(
An account signs actors; its public key, A…, is what `trusted_issuers` lists. A module key is the
identity of one actor, M…: keep it, and every later build is the same actor.

The seed file is the secret. It gets mode 0600; keep it out of packages and repositories.

  wascc keys new account
  wascc keys new module -o echo.seed
)");
  make->callback([options, &chosen] { chosen = [options] { return run_new(*options); }; });

  auto path = std::make_shared<std::string>();
  CLI::App* tell = keys->add_subcommand("public", "Print the public key of a seed file");
  tell->add_option("SEEDFILE", *path, "as `wascc keys new` writes it")->required();
  tell->callback([path, &chosen] { chosen = [path] { return run_public(*path); }; });
}

}  // namespace wascc::cli
