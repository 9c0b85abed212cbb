#include "standard_input.h"

#include <string.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace wascc::cli {

Result<Bytes> read_stdin(std::size_t limit) {
  constexpr std::size_t kStep = std::size_t{64} << 10;
  Bytes bytes;
  while (true) {
    const std::size_t used = bytes.size();
    bytes.resize(used + kStep);
    const ssize_t got = read(STDIN_FILENO, bytes.data() + used, kStep);
    bytes.resize(used + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error(Errc::kUnavailable, std::string("read: ") + strerror(errno));
    if (got == 0) return bytes;
    if (bytes.size() > limit)
      return Error(Errc::kTooLarge, "more than the limit of " + std::to_string(limit) + " bytes");
  }
}

}  // namespace wascc::cli
