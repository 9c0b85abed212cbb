#include "base/percent.h"

#include <gtest/gtest.h>

namespace wascc {
namespace {

TEST(PercentDecode, ReadsBytes) {
  EXPECT_EQ(percent_decode("a%20b%C3%B6+%25").value(), "a bö+%");
  EXPECT_EQ(percent_decode("").value(), "");
}

TEST(PercentDecode, RefusesASignWithoutTwoDigits) {
  for (const char* text : {"%", "a%4", "%G0", "%%41", "% 1"})
    EXPECT_FALSE(percent_decode(text)) << text;
}

}  // namespace
}  // namespace wascc
