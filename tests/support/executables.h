// The two executables, for tests that hold for both:
//   INSTANTIATE_TEST_SUITE_P(Executables, SomeTest, kExecutables, ExecutableName());
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace wascc::test {

inline const auto kExecutables = testing::Values("bootstrap", "bootstrap-full");

struct ExecutableName {
  template <class Param>
  std::string operator()(const testing::TestParamInfo<Param>& executable) const {
    return std::string_view(executable.param) == "bootstrap" ? "Bootstrap" : "BootstrapFull";
  }
};

}  // namespace wascc::test
