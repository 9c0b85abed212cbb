// The lock file of a package: every file with its digest, who the actors are, which runtime and
// engine it was made for (docs/formats/package.md, "Lock file"). It tells damage, not forgery:
// nobody signs it. Pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "package/zip.h"
#include "wascc/claims.h"
#include "wascc/result.h"

namespace wascc::package {

struct LockedFile {
  std::string name;
  std::uint64_t bytes = 0;
  std::string sha256;  // lower-case hex
  bool executable = false;
};

enum class RuntimePlace : std::uint8_t { kPackage, kLayer, kMissing };

struct LockedRuntime {
  RuntimePlace place = RuntimePlace::kPackage;
  bool compiles = false;
  std::string engine;
  std::string sha256;  // of the executable, wherever it is; empty if there is none
};

struct LockedActor {
  std::string file;
  claims::Claims claims;
};

// A file that was fetched from a registry.
struct LockedReference {
  std::string file;
  std::string reference;  // as it was asked for
  std::string digest;     // of the registry's manifest, "sha256:…"
};

struct Lock {
  LockedRuntime runtime;
  std::string native_code;             // for which engine and machine; empty: there is none
  std::string packager;                // public key; empty: the native code is not signed
  std::vector<LockedActor> actors;     // written, not read back: the modules say it themselves
  std::vector<std::string> libraries;  // native providers and what they need, by name; for the SBOM
  std::vector<LockedReference> fetched;  // written, not read back: the files are in the package
  std::vector<LockedFile> files;
};

std::string sha256_hex(ByteView bytes);
LockedFile locked(const ZipEntry& entry);

std::string write_lock(const Lock& lock);
// kMalformed, saying what is missing.
Result<Lock> parse_lock(std::string_view text);

// What differs between the package and its lock file, a sentence each; empty if nothing does.
std::vector<std::string> differences(const Lock& lock, std::span<const ZipEntry> entries);

}  // namespace wascc::package
