#include "terminal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "base/encoding.h"

namespace wascc::cli {
namespace {

bool quiet = false;

bool wants_emphasis() {
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  return (no_color == nullptr || *no_color == '\0') &&
         (terminal == nullptr || std::string_view(terminal) != "dumb");
}

}  // namespace

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

void be_quiet() { quiet = true; }

void say(std::string_view text) {
  if (!quiet) std::printf("%s\n", printable(text).c_str());
}

void note(std::string_view text) {
  progress("");
  if (!quiet) std::fprintf(stderr, "wascc: %s\n", printable(text).c_str());
}

void progress(std::string_view text) {
  static const bool shown = isatty(STDERR_FILENO) == 1 && wants_emphasis();
  if (!shown || quiet) return;
  std::fprintf(stderr, "\r\x1b[K%s", printable(text).c_str());
  std::fflush(stderr);
}

Status finish_output() {
  std::cout.flush();  // what CLI11 prints
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout.good()) return {};
  return Error(Errc::kUnavailable,
               "standard output took not all of it: it is closed, or there is no room left");
}

void hold_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF)  // the lowest free number is the next
      (void)::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

std::string bold(std::string_view text) {
  static const bool emphasis = isatty(STDOUT_FILENO) == 1 && wants_emphasis();
  return emphasis ? "\x1b[1m" + std::string(text) + "\x1b[0m" : std::string(text);
}

}  // namespace wascc::cli
