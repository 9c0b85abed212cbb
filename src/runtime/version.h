// The version of this project, as the build gives it.
#pragma once

#include <string_view>

namespace wascc::runtime {

inline constexpr std::string_view kVersion = WASCC_VERSION;

}  // namespace wascc::runtime
