// `${NAME}` and `${NAME:DEFAULT}` in a manifest's text (docs/manifest.md, "Variables"). Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace wascc::manifest {

// The value of an environment variable; nullopt if it is not set. Set to nothing is set.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;

// The text with every reference replaced, comments included and before any YAML is understood: a
// value may hold anything, and is not expanded again. What is no reference, or names a variable
// that is not set and has no default, stays as written.
std::string expand(std::string_view text, const Environment& environment);

}  // namespace wascc::manifest
