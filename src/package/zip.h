// ZIP files as Lambda takes them: written the same on every machine and day, read without trusting
// a byte. minizip does the format. Functions of files; one thread at a time for one path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::package {

struct ZipEntry {
  std::string name;  // relative, '/' between folders
  Bytes content;
  bool executable = false;  // mode 0755 instead of 0644
};

// Writes the entries in their order, all dated 1980-01-01, owned by nobody. The file appears whole
// or not at all.
Status write_zip(const std::string& path, std::span<const ZipEntry> entries);

struct ZipLimits {
  std::size_t entries = 1024;
  std::uint64_t bytes = std::uint64_t{250} << 20;  // unpacked, all together: Lambda's own limit
};

// All files of a ZIP. kMalformed for what is no ZIP, a damaged one, a name that leaves the folder,
// a name twice, a link or an encrypted entry; kTooLarge over a limit, whatever the ZIP claims of
// itself. Errors name the path. Folders are passed over.
Result<std::vector<ZipEntry>> read_zip(const std::string& path, const ZipLimits& limits = {});

// Whether a name stays in the folder that it is unpacked into: relative, without "..", "." or empty
// parts, backslashes or control characters.
bool is_inside(std::string_view name);

}  // namespace wascc::package
