// Seeds in files: one line of text that only its owner may read.
#pragma once

#include <string>

#include "claims/nkey.h"
#include "wascc/result.h"

namespace wascc::cli {

// kExists if there is something of that name: a key is never written over. Mode 0600.
Status write_seed(const std::string& path, const claims::KeyPair& key);

// No message ever holds what the file holds.
Result<claims::KeyPair> read_seed(const std::string& path);

// The same from an open descriptor, to its end: a seed that never lies in a file.
Result<claims::KeyPair> read_seed_from(int fd);

// The same as the first, for a key that must be of one kind.
Result<claims::KeyPair> read_seed(const std::string& path, claims::KeyKind kind);

}  // namespace wascc::cli
