// The text format of WebAssembly, for tests: their guests are .wat files. Needs the compiler's
// library.
#pragma once

#include <string_view>

#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::engine {

// kMalformed with line and column.
Result<Bytes> assemble(std::string_view wat);

}  // namespace wascc::engine
