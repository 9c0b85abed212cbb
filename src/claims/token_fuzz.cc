// Property: any text decodes or is refused; what decodes and is written again reads back the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "claims/token.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wascc::claims;
  static const KeyPair key =
      *KeyPair::from_seed("SAAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HYMHI");
  const auto token = decode_token({reinterpret_cast<const char*>(data), size});
  if (!token) return 0;
  const auto now = std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000));
  (void)verify_token(*token, now, {}).has_value();

  const std::string first = write_token(token->claims, key);
  const auto again = decode_token(first);
  if (!again || write_token(again->claims, key) != first) std::abort();
  return 0;
}
