#include "package/runtime_mark.h"

#include <string_view>

namespace wascc::package {
namespace {

constexpr std::string_view kElf("\177ELF", 4);
constexpr std::string_view kPrefix = "\nwascc-engine-mark ";
constexpr std::string_view kCompiler = "compiler ";
constexpr std::string_view kRuntime = "runtime ";
constexpr std::size_t kMaxIdentity = 255;  // as in an envelope

}  // namespace

std::optional<RuntimeMark> find_mark(ByteView executable) {
  const std::string_view text = as_text(executable);
  if (!text.starts_with(kElf)) return std::nullopt;
  for (std::size_t at = text.find(kPrefix); at != std::string_view::npos;
       at = text.find(kPrefix, at + 1)) {
    std::string_view rest = text.substr(at + kPrefix.size());
    RuntimeMark mark;
    mark.compiles = rest.starts_with(kCompiler);
    if (!mark.compiles && !rest.starts_with(kRuntime)) continue;
    rest.remove_prefix(mark.compiles ? kCompiler.size() : kRuntime.size());
    const std::size_t end = rest.substr(0, kMaxIdentity + 1).find('\n');
    if (end == 0 || end == std::string_view::npos) continue;
    mark.engine = rest.substr(0, end);
    return mark;
  }
  return std::nullopt;
}

}  // namespace wascc::package
