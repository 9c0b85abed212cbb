#include "lambda/error_report.h"

#include <algorithm>
#include <cstdint>

#include "base/encoding.h"
#include "base/json.h"
#include "lambda/runtime_api.h"

namespace wascc::lambda {
namespace {

// What X-Ray gets of a message; the body has more of it.
constexpr std::size_t kMaxCauseMessageBytes = 4096;
constexpr std::size_t kMaxCauseFrameBytes = 128;

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// At most `limit` bytes, never half a UTF-8 sequence; a cut shows.
std::string cut(std::string_view text, std::size_t limit) {
  constexpr std::string_view kMark = "…";
  std::string out = to_utf8_lossy(text);
  if (out.size() <= limit) return out;
  std::size_t end = limit - kMark.size();
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0) == 0x80) --end;
  out.resize(end);
  return out.append(kMark);
}

void append_escape(std::string& out, std::uint32_t unit) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[unit >> shift & 15];
}

// JSON text with everything outside ASCII as \uXXXX; header values may hold nothing else.
std::string to_ascii(std::string_view json) {
  std::string out;
  for (std::size_t i = 0; i < json.size();) {
    const auto lead = static_cast<unsigned char>(json[i]);
    if (lead < 0x80) {
      if (lead == 0x7F)
        append_escape(out, lead);
      else
        out += json[i];
      ++i;
      continue;
    }
    const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;  // it is valid UTF-8
    std::uint32_t point = lead & (0xFFU >> (length + 1));
    for (std::size_t k = 1; k < length; ++k)
      point = point << 6 | (static_cast<unsigned char>(json[i + k]) & 0x3F);
    i += length;
    if (point >= 0x10000) {
      append_escape(out, 0xD800 + ((point - 0x10000) >> 10));
      append_escape(out, 0xDC00 + ((point - 0x10000) & 0x3FF));
    } else {
      append_escape(out, point);
    }
  }
  return out;
}

}  // namespace

std::string reportable_type(std::string_view type) {
  const bool function = type.starts_with("Function.");
  if (function || type.starts_with("Runtime.")) {
    const std::string_view name = type.substr(type.find('.') + 1);
    if (name.size() >= 2 && name[0] >= 'A' && name[0] <= 'Z' &&
        std::all_of(name.begin(), name.end(), is_letter))
      return std::string(type);
  }
  return function ? "Function.Unknown" : "Runtime.Unknown";
}

std::string error_body(const InvocationError& error) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  writer.key("errorMessage").string(cut(error.message, kMaxErrorMessageBytes));
  writer.key("errorType").string(reportable_type(error.type));
  if (!error.stack_trace.empty()) {
    writer.key("stackTrace").begin_array();
    for (std::size_t i = 0; i < std::min(error.stack_trace.size(), kMaxStackFrames); ++i)
      writer.string(cut(error.stack_trace[i], kMaxStackFrameBytes));
    writer.end_array();
  }
  writer.end_object();
  return out;
}

std::string error_cause(const InvocationError& error, std::string_view trace_id) {
  if (trace_id.find("Sampled=1") == std::string_view::npos) return {};
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  writer.key("working_directory").string("/var/task");
  writer.key("exceptions").begin_array().begin_object();
  writer.key("type").string(reportable_type(error.type));
  writer.key("message").string(cut(error.message, kMaxCauseMessageBytes));
  writer.key("stack").begin_array();
  for (std::size_t i = 0; i < std::min(error.stack_trace.size(), kMaxStackFrames); ++i) {
    writer.begin_object().key("path").string("module").key("line").number(std::int64_t{0});
    writer.key("label").string(cut(error.stack_trace[i], kMaxCauseFrameBytes)).end_object();
  }
  writer.end_array().end_object().end_array();
  writer.key("paths").begin_array().string("module").end_array().end_object();
  out = to_ascii(out);
  if (out.size() > kMaxErrorCauseBytes) return {};
  return out;
}

}  // namespace wascc::lambda
