#include "claims/wasm_section.h"

#include <algorithm>
#include <cstdint>

namespace wascc::claims {
namespace {

constexpr std::string_view kTokenSectionName = "jwt";
// Where tools from late 2021 on put a token; such modules speak another protocol, too.
constexpr std::string_view kWasmbusSectionName = "wasmcloud_jwt";
constexpr std::size_t kHeaderBytes = 8;
constexpr std::byte kCustomSection{0};

Error malformed(std::string what) {
  return Error(Errc::kMalformed, "Wasm Element error: " + std::move(what));
}

// Reads forward through bytes that may lie; never past their end.
class Cursor {
 public:
  Cursor(ByteView bytes, std::size_t offset) : bytes_(bytes), offset_(offset) {}

  std::size_t offset() const { return offset_; }
  bool at_end() const { return offset_ == bytes_.size(); }
  ByteView rest() const { return bytes_.subspan(offset_); }

  std::byte byte() { return bytes_[offset_++]; }  // not at the end

  // An unsigned 32-bit LEB128, padded or not. `what` is for the error.
  Result<std::uint32_t> u32(std::string_view what) {
    const std::size_t start = offset_;
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
      if (at_end())
        return malformed(std::string(what) + " at byte " + std::to_string(start) + " is cut off");
      const auto part = std::to_integer<std::uint64_t>(byte());
      value |= (part & 0x7f) << shift;
      if ((part & 0x80) != 0) continue;
      if (value > UINT32_MAX) break;
      return static_cast<std::uint32_t>(value);
    }
    return malformed(std::string(what) + " at byte " + std::to_string(start) +
                     " is no 32-bit number");
  }

  // The next `length` bytes, or the error that they are not all there.
  Result<ByteView> take(std::uint32_t length, std::string_view what) {
    const std::size_t left = bytes_.size() - offset_;
    if (length > left)
      return malformed(std::string(what) + " at byte " + std::to_string(offset_) + " says " +
                       std::to_string(length) + " bytes, and " + std::to_string(left) +
                       " are left");
    const ByteView taken = bytes_.subspan(offset_, length);
    offset_ += length;
    return taken;
  }

 private:
  ByteView bytes_;
  std::size_t offset_;
};

Status check_header(ByteView wasm) {
  const std::string_view text = as_text(wasm.first(std::min(wasm.size(), kHeaderBytes)));
  if (!is_module(wasm)) return malformed("not a WebAssembly module: it does not begin with \\0asm");
  if (text.size() < kHeaderBytes) return malformed("the module ends within its header");
  if (text.substr(4) == std::string_view("\1\0\0\0", 4)) return {};
  // Layer 1 in the upper half of the word: a component, whatever its version.
  if (text.substr(6) == std::string_view("\1\0", 2))
    return Error(Errc::kUnsupported,
                 "Wasm Element error: this is a WebAssembly component; an actor is a core module: "
                 "build it for wasm32-unknown-unknown or for WASI preview 1");
  return malformed("the module's binary version is not 1");
}

void append_u32(Bytes& out, std::uint32_t value) {
  do {
    const std::uint32_t part = value & 0x7f;
    value >>= 7;
    out.push_back(static_cast<std::byte>(value != 0 ? part | 0x80 : part));
  } while (value != 0);
}

Bytes token_section(std::string_view token) {
  Bytes content{static_cast<std::byte>(kTokenSectionName.size())};
  const auto append = [](Bytes& out, ByteView bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
  };
  append(content, as_bytes(kTokenSectionName));
  append(content, as_bytes(token));
  Bytes section{kCustomSection};
  append_u32(section, static_cast<std::uint32_t>(content.size()));
  append(section, content);
  return section;
}

}  // namespace

Result<std::optional<TokenSection>> find_token(ByteView wasm) {
  WASCC_CHECK(check_header(wasm));
  std::optional<TokenSection> found;
  bool wasmbus = false;
  Cursor sections(wasm, kHeaderBytes);
  while (!sections.at_end()) {
    const std::size_t begin = sections.offset();
    const bool custom = sections.byte() == kCustomSection;
    WASCC_TRY(const std::uint32_t size, sections.u32("section size"));
    WASCC_CHECK(sections.take(size, "a section"));
    if (!custom) continue;

    Cursor inside(wasm.first(sections.offset()), sections.offset() - size);
    WASCC_TRY(const std::uint32_t name_size, inside.u32("size of a section name"));
    WASCC_TRY(const ByteView name, inside.take(name_size, "a section name"));
    wasmbus |= as_text(name) == kWasmbusSectionName;
    if (as_text(name) != kTokenSectionName) continue;
    if (found) return malformed("a second jwt section at byte " + std::to_string(begin));
    const std::string_view token = as_text(inside.rest());
    if (token.size() > kMaxTokenBytes)
      return Error(Errc::kTooLarge,
                   "Wasm Element error: a token of " + std::to_string(token.size()) +
                       " bytes, over the limit of " + std::to_string(kMaxTokenBytes));
    found = TokenSection{begin, sections.offset(), token};
  }
  if (!found && wasmbus)
    return Error(Errc::kUnsupported,
                 "a wasmCloud actor of the wasmbus generation: its token lies in a section named "
                 "wasmcloud_jwt; this host runs waPC actors, whose section is named jwt");
  return found;
}

Digest module_digest(ByteView wasm, const std::optional<TokenSection>& section) {
  if (!section) return sha256({wasm});
  return sha256({wasm.first(section->begin), wasm.subspan(section->end)});
}

Bytes embed_token(ByteView wasm, const std::optional<TokenSection>& section,
                  std::string_view token) {
  const ByteView before = section ? wasm.first(section->begin) : wasm;
  const ByteView after = section ? wasm.subspan(section->end) : ByteView{};
  const Bytes jwt = token_section(token);
  Bytes out;
  out.reserve(before.size() + jwt.size() + after.size());
  out.insert(out.end(), before.begin(), before.end());
  out.insert(out.end(), jwt.begin(), jwt.end());
  out.insert(out.end(), after.begin(), after.end());
  return out;
}

}  // namespace wascc::claims
