// The custom section `jwt` that carries a module's token: found, hashed around, written. Bytes of a
// module are never rewritten (docs/formats/token.md, "In the module"). Pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "claims/sha256.h"
#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::claims {

// Longer tokens are refused: real ones have some 700 bytes.
inline constexpr std::size_t kMaxTokenBytes = 64 * 1024;

// Whether these bytes begin as WebAssembly does; what follows may be anything.
inline bool is_module(ByteView bytes) {
  using namespace std::string_view_literals;
  return as_text(bytes).starts_with("\0asm"sv);
}

// Where the token lies in a module. A view: valid as long as the module's bytes.
struct TokenSection {
  std::size_t begin;       // of the section, its id byte
  std::size_t end;         // one past its last byte
  std::string_view token;  // the text, not looked at
};

// The module's token section, or nothing if it has none. Walks every section: kMalformed unless
// they tile the file exactly, and for a second token section; kUnsupported for a component and
// for a module of the wasmbus generation; kTooLarge for a token over the limit.
Result<std::optional<TokenSection>> find_token(ByteView wasm);

// The digest that a token vouches for: of all bytes but the token section's.
Digest module_digest(ByteView wasm, const std::optional<TokenSection>& section);

// The module with this token: in the place of the one it has, else as a last section. All other
// bytes stay as they are.
Bytes embed_token(ByteView wasm, const std::optional<TokenSection>& section,
                  std::string_view token);

}  // namespace wascc::claims
