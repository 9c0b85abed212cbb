// Native providers in a package: the libraries that they need, and what would keep them from
// loading on Lambda (docs/packages.md, "Native providers"). Nothing of them is run.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "claims/token.h"
#include "package/zip.h"
#include "wascc/authorizer.h"
#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::package {

// More in one file is no library.
inline constexpr std::size_t kMaxNativeFileBytes = std::size_t{250} << 20;

// The provider that lies at `path`, as `name` in the package, and beside it each library that it
// needs, directly or not, but for those of the C library. Searched for beside the one that needs
// it, along its run path, then in the system's folders. kNotFound names the library and who needs
// it.
Result<std::vector<ZipEntry>> collect_native(const std::string& path, const std::string& name);

// By name in the package; null if there is none.
using FindEntry = std::function<const ZipEntry*(const std::string& name)>;

// What it is, for a person; an error says why it would not load. A provider archive is verified.
Result<std::string> check_native_provider(const ZipEntry& provider, const FindEntry& find,
                                          std::chrono::system_clock::time_point now,
                                          const claims::Trust& trust, const Authorizer* authorizer);

}  // namespace wascc::package
