// What lies where in a package, and how large Lambda lets it be (docs/formats/package.md).
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>

#include "package/zip.h"

namespace wascc::package {

inline constexpr std::string_view kBootstrapName = "bootstrap";
inline constexpr std::string_view kManifestName = "manifest.yaml";
inline constexpr std::string_view kLockName = "wascc.lock.json";
inline constexpr std::string_view kSbomName = "sbom.cdx.json";

inline constexpr std::uint64_t kMaxZipBytes = std::uint64_t{50} << 20;
inline constexpr std::uint64_t kMaxUnpackedBytes = std::uint64_t{250} << 20;  // layers included
inline constexpr std::size_t kMaxModuleBytes = std::size_t{64} << 20;         // as at start

// Borrowed from `entries`; nullptr if there is none of that name.
inline const ZipEntry* find_entry(std::span<const ZipEntry> entries, std::string_view name) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const ZipEntry& entry) { return entry.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace wascc::package
