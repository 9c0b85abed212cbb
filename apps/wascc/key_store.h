// The user's keys: a seed file each, NAME.seed, in one folder that only its owner may enter.
// Functions of the file system and the environment; one thread.
#pragma once

#include <string>
#include <vector>

#include "claims/nkey.h"
#include "wascc/result.h"

namespace wascc::cli {

// $WASCC_KEYS, else wascc/keys in $XDG_CONFIG_HOME, else in ~/.config. It need not exist.
// kInvalid where the environment names none.
Result<std::string> key_folder();

// The seed file of a name, whether it exists or not. kInvalid for what cannot be a name: other than
// letters, digits, '-' and '_'.
Result<std::string> stored_key_path(const std::string& name);

// Keeps a key under a name; makes the folder. kExists where the name is taken. Answers the path.
Result<std::string> store_key(const std::string& name, const claims::KeyPair& key);

// Names of all keys in the folder, sorted; none where there is no folder.
Result<std::vector<std::string>> stored_key_names();

// What a person may write for a key: a file if it holds a '/' or a '.', else a name. Answers the
// path; kNotFound says which names there are.
Result<std::string> seed_path(const std::string& text);

struct FoundKey {
  claims::KeyPair pair;
  std::string path;
};

// The account that signs where none is named: the key called "account", else the only one of that
// kind. kNotFound with the command that makes one; kInvalid if there are several.
Result<FoundKey> default_account();

// The identity of the actor of this name: the module key of the same name, never another one.
// kNotFound with the command that makes one.
Result<FoundKey> module_key(const std::string& name);

}  // namespace wascc::cli
