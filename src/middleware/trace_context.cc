#include "middleware/trace_context.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/encoding.h"

namespace wascc::middleware {
namespace {

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool is_id(std::string_view text, std::size_t digits) {
  return is_hex(text, digits) && text.find_first_not_of('0') != std::string_view::npos;
}

// Ids need to differ, not to be secret: where no random bytes are to be had they are all one.
template <std::size_t kBytes>
std::string random_id() {
  std::array<std::byte, kBytes> bytes{};
  bytes.back() = std::byte{1};
  [[maybe_unused]] const auto got = ::getrandom(bytes.data(), bytes.size(), 0);
  return hex_lower(bytes);
}

}  // namespace

std::optional<TraceContext> parse_traceparent(std::string_view header) {
  constexpr std::size_t kSize = 55;
  if (header.size() < kSize) return std::nullopt;
  const std::string_view version = header.substr(0, 2);
  if (!is_hex(version, 2) || version == "ff") return std::nullopt;
  // Only a later version may have more, and only behind a dash.
  if (header.size() > kSize && (version == "00" || header[kSize] != '-')) return std::nullopt;
  TraceContext context{std::string(header.substr(3, 32)), std::string(header.substr(36, 16))};
  const std::string_view flags = header.substr(53, 2);
  if (header[2] != '-' || header[35] != '-' || header[52] != '-' || !is_hex(flags, 2) ||
      !is_id(context.trace_id, 32) || !is_id(context.span_id, 16))
    return std::nullopt;
  const char last = flags[1];
  context.sampled = ((last <= '9' ? last - '0' : last - 'a' + 10) & 1) != 0;
  return context;
}

std::string traceparent(const TraceContext& context) {
  return "00-" + context.trace_id + "-" + context.span_id + (context.sampled ? "-01" : "-00");
}

std::optional<TraceContext> parse_xray(std::string_view header) {
  TraceContext context;
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(';'), header.size());
    const std::string_view part = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    if (part.starts_with("Root=1-") && part.size() == 40 && part[15] == '-')
      context.trace_id = std::string(part.substr(7, 8)).append(part.substr(16));
    else if (part.starts_with("Parent="))
      context.span_id = part.substr(7);
    else if (part.starts_with("Sampled="))
      context.sampled = part != "Sampled=0";
  }
  if (!is_id(context.trace_id, 32)) return std::nullopt;
  if (!is_id(context.span_id, 16)) context.span_id = random_span_id();
  return context;
}

std::string random_trace_id() { return random_id<16>(); }
std::string random_span_id() { return random_id<8>(); }

}  // namespace wascc::middleware
