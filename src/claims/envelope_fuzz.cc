// Property: any bytes are an envelope or refused; what an envelope says of another build is
// refused.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "claims/envelope.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wascc;
  using namespace wascc::claims;
  const auto envelope = parse_envelope(std::as_bytes(std::span(data, size)));
  if (!envelope) return 0;
  Claims claims;
  claims.subject = envelope->subject;
  claims.module_hash = "of no module";
  if (check_contents(*envelope, {}, claims, envelope->engine)) std::abort();
  // A fuzzer does not sign: whatever it finds, the trusted packager did not.
  const Trust trust{{}, {"VDGRJM37SVXJKMMU7573OOZ5QHOMKYOWDJ2TQCKLPQ7BUZB64XZ2VBVT"}};
  if (check_signer(*envelope, trust)) std::abort();
  return 0;
}
