#include "terminal.h"

#include <unistd.h>

#include <cstdlib>

#include "base/encoding.h"

namespace wascc::cli {

std::string printable(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  const std::string valid = to_utf8_lossy(text);
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const auto byte = static_cast<unsigned char>(valid[i]);
    // U+0080 to U+009F are control characters, too: c2 80 to c2 9f.
    const bool second_half =
        byte == 0xc2 && i + 1 < valid.size() && static_cast<unsigned char>(valid[i + 1]) < 0xa0;
    const unsigned control = second_half ? static_cast<unsigned char>(valid[++i]) : byte;
    if (!second_half && byte >= 0x20 && byte != 0x7f) {
      out += valid[i];
    } else {
      out.append("\\x");
      out += kHex[control >> 4];
      out += kHex[control & 15];
    }
  }
  return out;
}

std::string bold(std::string_view text) {
  static const bool emphasis = isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  return emphasis ? "\x1b[1m" + std::string(text) + "\x1b[0m" : std::string(text);
}

}  // namespace wascc::cli
