// A provider archive, .par or .par.gz: one native provider for several machines, with a signed
// token that holds their digests (docs/formats/archive.md). Pure functions.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "claims/provider_token.h"
#include "wascc/authorizer.h"
#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::providers {

struct ProviderArchive {
  claims::ProviderClaims claims;
  std::map<std::string, Bytes> libraries;  // by target, "x86_64-linux"
};

// The target of this program.
std::string this_target();

bool is_archive(ByteView bytes);

// Token, times, trust, the authorizer's word if there is one, and the digest of every library in
// it. kMalformed for what cannot be read, kDenied for what was read and is refused.
Result<ProviderArchive> read_archive(ByteView bytes, std::chrono::system_clock::time_point now,
                                     const claims::Trust& trust,
                                     const Authorizer* authorizer = nullptr);

// Fills in the digests and the issuer. Compressed as a whole, if so wished.
Result<Bytes> write_archive(ProviderArchive archive, const claims::KeyPair& issuer,
                            bool compressed);

}  // namespace wascc::providers
