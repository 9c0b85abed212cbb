// The envelope of native code: a small file that says which module it was compiled from, by which
// engine, and, signed, who says so (docs/formats/envelope.md). Pure functions.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "claims/claims.h"
#include "claims/nkey.h"
#include "claims/sha256.h"
#include "claims/token.h"
#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::claims {

// What an envelope says; nothing of it is checked yet.
struct Envelope {
  std::string engine;  // engine::Engine::identity() of the engine that compiled
  Digest module_digest;
  Digest native_digest;  // of `engine` and the code
  std::uint64_t native_bytes = 0;
  std::string subject;              // the actor's public key
  std::optional<PublicKey> signer;  // absent: unsigned

  ByteView signed_bytes;  // borrowed from what was parsed, like the signature
  ByteView signature;
};

// An envelope is no larger.
inline constexpr std::size_t kMaxEnvelopeBytes = 4096;

// "echo.wasm" -> "echo.native" and "echo.native.sig"; any other name gets the ending added.
std::string native_path(std::string_view module_path);
std::string envelope_path(std::string_view module_path);

// The envelope for `native`, compiled by `engine` from the module of these verified claims. Without
// a packager it is unsigned: it then tells damage, not forgery. The text of `engine` is at most 255
// bytes long.
Bytes make_envelope(ByteView native, const Claims& claims, std::string_view engine,
                    const KeyPair* packager);

// kDenied, saying what cannot be read.
Result<Envelope> parse_envelope(ByteView bytes);

// Whether a trusted packager signed it: some of `trust.packagers`, or, if there are none, anybody
// or nobody. A signature that is there must be right. kDenied otherwise.
Status check_signer(const Envelope& envelope, const Trust& trust);

// Whether two identities are of the same engine version and target. The last word, the processor
// that code needs, may differ: whether a machine has it is checked by the engine as it loads.
bool same_engine(std::string_view one, std::string_view other);

// Whether the envelope speaks of this code, these claims and this engine. kUnsupported for another
// engine, kDenied for anything else.
Status check_contents(const Envelope& envelope, ByteView native, const Claims& claims,
                      std::string_view engine);

// The whole order for a module that runs from native code: who signed the envelope, the module's
// token, what the envelope speaks of. What the module's bytes hash to is looked at only without
// trusted packagers: with them, the packager's signature binds the token's hash to the native code.
// Errors as verify_module and the checks above.
Result<Claims> verify_native(ByteView wasm, ByteView native, ByteView envelope,
                             std::string_view engine, std::chrono::system_clock::time_point now,
                             const Trust& trust);

}  // namespace wascc::claims
