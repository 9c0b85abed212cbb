// Any text is a reference that reads the same once it is written again, or is refused; the same of
// an address, and of what a redirect makes of it. A challenge is read or not.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "oci/challenge.h"
#include "oci/https_url.h"
#include "oci/reference.h"

namespace {

void check(const wascc::Result<wascc::oci::HttpsUrl>& url) {
  if (!url) return;
  const auto again = wascc::oci::HttpsUrl::parse(url->text());
  if (!again || again->text() != url->text()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace wascc::oci;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto reference = Reference::parse(text)) {
    const auto again = Reference::parse(reference->text());
    if (!again || again->text() != reference->text()) std::abort();
    if (!looks_like_reference(text) || !HttpsUrl::parse("https://" + reference->registry))
      std::abort();
  }
  check(HttpsUrl::parse(text));
  check(HttpsUrl{"example.com", "/"}.follow(text));
  if (const auto challenge = parse_challenge(text))
    if (challenge->scheme == Challenge::Scheme::kBearer && challenge->realm.empty()) std::abort();
  return 0;
}
