#include "base/percent.h"

#include "base/encoding.h"

namespace wascc {

Result<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const auto byte = hex_decode(text.substr(i + 1, 2));
    if (!byte || byte->size() != 1)
      return Error(Errc::kMalformed, "a % needs two hexadecimal digits after it");
    decoded += static_cast<char>(byte->front());
    i += 2;
  }
  return decoded;
}

}  // namespace wascc
