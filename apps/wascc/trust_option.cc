#include "trust_option.h"

#include "claims/nkey.h"
#include "key_file.h"
#include "key_store.h"

namespace wascc::cli {

void add_trust(CLI::App& command, std::vector<std::string>& trusted) {
  command
      .add_option("--trust", trusted,
                  "an issuer to trust: public key, A…, or name of a key of yours; may be repeated "
                  "(default: any issuer)")
      ->type_name("KEY")
      ->allow_extra_args(false);
}

Result<std::vector<std::string>> trusted_keys(const std::vector<std::string>& trusted) {
  std::vector<std::string> keys;
  for (const std::string& text : trusted) {
    if (const auto parsed = claims::PublicKey::parse(text)) {
      keys.push_back(text);
      continue;
    }
    const auto path = seed_path(text);
    if (!path)
      return Error(Errc::kInvalid, "--trust " + text + ": neither a public key, A…, nor the name " +
                                       "of a key of yours");
    WASCC_TRY(const claims::KeyPair key, read_seed(*path));
    keys.push_back(key.public_key().text());
  }
  return keys;
}

Status set_trust(const std::vector<std::string>& trusted, manifest::Settings& settings) {
  if (trusted.empty()) return {};
  WASCC_TRY(settings.trusted_issuers, trusted_keys(trusted));
  return {};
}

}  // namespace wascc::cli
