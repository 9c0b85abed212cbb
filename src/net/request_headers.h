// The header lines of a request as actors take them: lower-case names, one value each. The same for
// requests that Lambda brings and for those of a socket. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "wascc/msgpack.h"

namespace wascc::net {

struct HeaderLine {
  std::string name;  // lower case
  std::string value;
};

// One entry a name, at the place of its first line (docs/formats/lambda-events.md, "Headers").
StringMap one_value_each(std::vector<HeaderLine> lines);

}  // namespace wascc::net
