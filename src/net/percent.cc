#include "net/percent.h"

#include <cstddef>

namespace wascc::net {

void percent_encode(std::string& out, std::string_view text, const ByteSet& keep) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::size_t begin = 0;  // of the bytes that stay
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (keep[byte]) continue;
    out.append(text, begin, i - begin);
    out.push_back('%');
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
    begin = i + 1;
  }
  out.append(text, begin);
}

}  // namespace wascc::net
