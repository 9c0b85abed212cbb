// A package made: source, runtime and key to the entries of a ZIP, checked as a whole before a file
// is written (docs/packages.md).
#pragma once

#include <string>
#include <vector>

#include "claims/nkey.h"
#include "oci/fetch.h"
#include "package/check.h"
#include "package/zip.h"
#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::package {

struct BuildOptions {
  std::string source;          // folder, manifest or module
  std::string bootstrap;       // path of the executable; empty: there is none yet for that machine
  std::string bootstrap_full;  // in its place where there are native providers; empty: never
  std::vector<std::string> providers;  // native ones beside those of the manifest
  std::string native;                  // identity of engine and machine that the native code is for
  oci::Fetch fetch = nullptr;          // for references in place of paths
  bool raw = false;                    // modules without native code, for a runtime that compiles
  bool layer = false;                  // the executable goes into a ZIP of its own
  const claims::KeyPair* packager = nullptr;  // absent: envelopes are not signed
};

struct Package {
  std::vector<ZipEntry> function;
  std::vector<ZipEntry> layer;     // empty: the function holds everything
  std::vector<std::string> notes;  // decisions and warnings, a sentence each
};

// The same package for the same files and key, wherever and whenever. Refused, with every reason in
// the message, is what the bootstrap would refuse at start; the source as read_source says.
Result<Package> build(const BuildOptions& options, const CheckContext& context);

// Nothing is put in place before all of it was written whole. kTooLarge over Lambda's limit for a
// ZIP.
Status write(const Package& package, const std::string& function_path,
             const std::string& layer_path);

}  // namespace wascc::package
