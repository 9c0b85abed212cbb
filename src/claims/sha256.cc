#include "claims/sha256.h"

// The one-shot and EVP forms of this library initialise all of it first, which takes longer than a
// whole cold start may. The plain functions below do not, and are deprecated for the sake of
// loadable providers that nobody needs here (docs/decisions/crypto.md).
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

namespace wascc::claims {

Digest sha256(std::initializer_list<ByteView> parts) {
  SHA256_CTX context;
  SHA256_Init(&context);
  for (const ByteView part : parts) SHA256_Update(&context, part.data(), part.size());
  Digest digest;
  SHA256_Final(reinterpret_cast<unsigned char*>(digest.data()), &context);
  return digest;
}

}  // namespace wascc::claims
