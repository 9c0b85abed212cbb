// Tar files with a few regular files in them, and gzip around the whole: the container of provider
// archives (docs/formats/archive.md). The door to zlib. Pure functions.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::providers {

// More in one archive, packed or not, is refused.
inline constexpr std::size_t kMaxArchiveBytes = std::size_t{512} << 20;
inline constexpr std::size_t kMaxTarEntries = 64;

struct TarEntry {
  std::string name;
  Bytes content;
};

// Regular files in their order; folders and notes about them (pax) are passed over. kMalformed for
// what does not add up, kUnsupported for links, devices and names over 100 bytes, kTooLarge over a
// limit.
Result<std::vector<TarEntry>> read_tar(ByteView tar);

// With mode 0, no owner and no time, as the tools of 2020 wrote it. Names have at most 99 bytes.
Bytes write_tar(std::span<const TarEntry> entries);

bool is_tar(ByteView bytes);
bool is_gzip(ByteView bytes);
Result<Bytes> gunzip(ByteView bytes);
// The same bytes for the same input.
Result<Bytes> gzip(ByteView bytes);

}  // namespace wascc::providers
