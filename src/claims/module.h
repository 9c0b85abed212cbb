// A signed module: verified before it may run, signed after it was built. Pure functions, but that
// signing draws a random token id where none is given.
#pragma once

#include <chrono>

#include "claims/claims.h"
#include "claims/nkey.h"
#include "claims/token.h"
#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::claims {

// What the module's token says, if every check holds: the sections, the token, the module's hash,
// the keys, the signature, the times, the issuer's trust (docs/formats/token.md, "Checks").
// kMalformed for what is no module; kUnsupported for a component; kTooLarge for a token over the
// limit; kDenied for one that is refused: missing, unreadable, changed, forged, expired, not
// trusted.
Result<Claims> verify_module(ByteView wasm, std::chrono::system_clock::time_point now,
                             const Trust& trust);

// The same without reading the module's code, which is most of the time it takes: only for a module
// whose Claims::module_hash a trusted packager's envelope vouches for (claims/envelope.h).
Result<Claims> verify_module_token(ByteView wasm, std::chrono::system_clock::time_point now,
                                   const Trust& trust);

// The module with a token that says `claims`, signed with `issuer`. Fills in issuer and hash, and
// an id if there is none. No other byte of the module changes. kMalformed or kUnsupported for what
// is not a core module.
Result<Bytes> sign_module(ByteView wasm, Claims claims, const KeyPair& issuer);

}  // namespace wascc::claims
