// What a package is made from: the manifest and the modules that it names, read from a folder, a
// manifest or a single module (docs/packages.md, "What goes in").
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "manifest/expand.h"
#include "oci/fetch.h"
#include "package/lock.h"
#include "package/zip.h"
#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::package {

struct Module {
  std::string name;  // in the package: relative, '/' between folders
  Bytes wasm;
};

struct Source {
  std::string manifest;  // the text for the package
  std::vector<Module> modules;
  std::vector<ZipEntry> native;          // native providers, and the libraries that they need
  std::vector<ZipEntry> files;           // others that the manifest needs
  std::vector<LockedReference> fetched;  // which of all these came from a registry
  std::vector<std::string> notes;        // what was decided on the way
};

// The manifest's text stays as it is, variables included; only a path that would mean something
// else in the package is rewritten. Without a manifest one is made that names the folder's modules
// as they would be loaded. kDenied for a path that leaves the folder, that a variable decides, or
// that goes through a link; else what reading gives.
// `providers` are native ones beside those of the manifest, which must not have a list of its own
// then.
// What a reference names, in place of a path, is fetched and packed as a file that has the name of
// its repository; without a means to fetch it is refused.
Result<Source> read_source(const std::string& path, const std::vector<std::string>& providers,
                           const manifest::Environment& environment, oci::Fetch fetch);

}  // namespace wascc::package
