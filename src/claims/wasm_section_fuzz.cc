// Property: a token that is embedded is the token that is found, and changes no digest.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "claims/module.h"
#include "claims/wasm_section.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wascc;
  using namespace wascc::claims;
  const ByteView wasm = std::as_bytes(std::span(data, size));
  const auto now = std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000));
  (void)verify_module(wasm, now, {}).has_value();

  const auto section = find_token(wasm);
  if (!section) return 0;
  if (*section && (*section)->end > size) std::abort();
  const Bytes embedded = embed_token(wasm, *section, "token");
  const auto found = find_token(embedded);
  if (!found || !*found || (*found)->token != "token") std::abort();
  if (module_digest(embedded, *found) != module_digest(wasm, *section)) std::abort();
  return 0;
}
