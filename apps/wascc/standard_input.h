// Standard input, where a command takes it for a file.
#pragma once

#include <cstddef>

#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::cli {

// All of it, to its end. kTooLarge above `limit`.
Result<Bytes> read_stdin(std::size_t limit);

}  // namespace wascc::cli
