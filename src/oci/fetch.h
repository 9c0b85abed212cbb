// What a reference names, fetched; and how a program is given the means to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "oci/reference.h"
#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::oci {

struct Fetched {
  Reference reference;
  std::string digest;  // of the manifest, "sha256:…": what names these bytes for ever
  Bytes content;       // of the one layer
  std::vector<std::string> warnings;
};

// How a program fetches; one that speaks no TLS has none.
using Fetch = Result<Fetched> (*)(std::string_view reference);

}  // namespace wascc::oci
