#include "module_outline.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "host/capability_id.h"

namespace wascc::cli {
namespace {

constexpr std::size_t kHeaderBytes = 8;
constexpr std::array<std::string_view, 14> kSectionNames = {
    "custom", "type",  "import",  "function", "table", "memory",     "global",
    "export", "start", "element", "code",     "data",  "data count", "tag"};
constexpr std::uint32_t kImportSection = 2;

// Reads forward; after the first failure everything is empty and ok() false.
class Cursor {
 public:
  explicit Cursor(ByteView bytes, std::size_t offset = 0) : bytes_(bytes), at_(offset) {}

  bool ok() const { return ok_; }
  bool at_end() const { return !ok_ || at_ >= bytes_.size(); }
  std::size_t offset() const { return at_; }

  std::uint32_t byte() {
    if (at_end()) return fail();
    return std::to_integer<std::uint32_t>(bytes_[at_++]);
  }
  std::uint32_t u32() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
      const std::uint64_t part = byte();
      value |= (part & 0x7f) << shift;
      if ((part & 0x80) == 0)
        return value > UINT32_MAX ? fail() : static_cast<std::uint32_t>(value);
    }
    return fail();
  }
  void skip(std::size_t count) {
    if (!ok_ || count > bytes_.size() - at_) {
      fail();
    } else {
      at_ += count;
    }
  }
  std::string text() {
    const std::size_t length = u32();
    const std::size_t begin = at_;
    skip(length);
    return ok_ ? std::string(as_text(bytes_.subspan(begin, length))) : std::string();
  }

 private:
  std::uint32_t fail() {
    ok_ = false;
    return 0;
  }
  ByteView bytes_;
  std::size_t at_;
  bool ok_ = true;
};

void skip_limits(Cursor& cursor) {
  const std::uint32_t flags = cursor.byte();
  cursor.u32();
  if ((flags & 1) != 0) cursor.u32();
}

// One import; the kinds of the core specification alone.
Import read_import(Cursor& cursor) {
  Import import;
  import.module = cursor.text();
  import.name = cursor.text();
  switch (cursor.byte()) {
    case 0:  // function
      cursor.u32();
      break;
    case 1:  // table
      cursor.byte();
      skip_limits(cursor);
      break;
    case 2:  // memory
      skip_limits(cursor);
      break;
    case 3:  // global: type, mutability
      cursor.skip(2);
      break;
    default:
      cursor.skip(SIZE_MAX);
  }
  return import;
}

// Whether a text stands in some data, as bytes or in the 16-bit form of AssemblyScript.
bool mentions(ByteView wasm, const Outline& outline, std::string_view text) {
  std::string wide;
  for (const char c : text) wide.append({c, '\0'});
  return std::any_of(outline.sections.begin(), outline.sections.end(), [&](const Section& section) {
    if (section.custom || section.name != "data") return false;
    const std::string_view data = as_text(wasm.subspan(section.begin, section.bytes));
    return data.find(text) != std::string_view::npos || data.find(wide) != std::string_view::npos;
  });
}

// Operations that the host calls, and the capability that they belong to.
constexpr std::array kDelivered = {
    std::pair<std::string_view, std::string_view>{"HandleRequest", "wascc:http_server"},
    std::pair<std::string_view, std::string_view>{"HandleEvent", "awslambda:event"},
    std::pair<std::string_view, std::string_view>{"DeliverMessage", "wascc:messaging"},
    std::pair<std::string_view, std::string_view>{"DeliverEvent", "wascc:eventstreams"}};
constexpr std::array<std::string_view, 7> kCalled = {
    "wascc:blobstore", "wascc:eventstreams", "wascc:extras",   "wascc:http_client",
    "wascc:keyvalue",  "wascc:logging",      "wascc:messaging"};

}  // namespace

Result<Outline> outline_of(ByteView wasm) {
  constexpr std::string_view kMagic("\0asm\1\0\0\0", kHeaderBytes);
  if (as_text(wasm).substr(0, kHeaderBytes) != kMagic)
    return Error(Errc::kMalformed, "not a core WebAssembly module");
  Outline outline;
  Cursor cursor(wasm, kHeaderBytes);
  while (!cursor.at_end()) {
    const std::uint32_t id = cursor.byte();
    const std::size_t size = cursor.u32();
    const std::size_t begin = cursor.offset();
    cursor.skip(size);
    if (!cursor.ok()) break;
    const ByteView contents = wasm.subspan(begin, size);
    Section section{id < kSectionNames.size() ? std::string(kSectionNames[id])
                                              : "section " + std::to_string(id),
                    begin, size, id == 0};
    Cursor inside(contents);
    if (id == 0) section.name = inside.text();
    if (id == kImportSection)
      for (std::uint32_t left = inside.u32(); left > 0 && inside.ok(); --left) {
        Import import = read_import(inside);
        if (inside.ok()) outline.imports.push_back(std::move(import));
      }
    if (!inside.ok())
      return Error(Errc::kMalformed, "the " + section.name + " section cannot be read");
    outline.sections.push_back(std::move(section));
  }
  if (!cursor.ok()) return Error(Errc::kMalformed, "the last section is cut off");
  return outline;
}

std::vector<std::string> mentioned_capabilities(ByteView wasm, const Outline& outline) {
  std::vector<std::string> found;
  for (const auto& [operation, id] : kDelivered)
    if (mentions(wasm, outline, operation)) found.emplace_back(id);
  const bool calls_out = std::any_of(
      outline.imports.begin(), outline.imports.end(),
      [](const Import& import) { return import.module == "wapc" && import.name == "__host_call"; });
  for (const std::string_view id : kCalled)
    if (calls_out && mentions(wasm, outline, id) &&
        std::find(found.begin(), found.end(), id) == found.end())
      found.emplace_back(id);
  return found;
}

std::vector<std::string> unclaimed_mentions(ByteView wasm, const Outline& outline,
                                            const std::vector<std::string>& claimed) {
  std::vector<std::string> found = mentioned_capabilities(wasm, outline);
  found.erase(std::remove_if(found.begin(), found.end(),
                             [&claimed](const std::string& id) {
                               return std::any_of(claimed.begin(), claimed.end(),
                                                  [&id](const std::string& own) {
                                                    return host::canonical_capability(own) == id;
                                                  });
                             }),
              found.end());
  return found;
}

}  // namespace wascc::cli
