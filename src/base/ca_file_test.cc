#include "base/ca_file.h"

#include <gtest/gtest.h>

namespace wascc {
namespace {

TEST(CaFile, IsTheChosenOneWhereThatCanBeRead) {
  EXPECT_EQ(ca_file("/etc/hostname").value(), "/etc/hostname");
  const auto missing = ca_file("/no/such/file.pem");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message(), "CA_FILE /no/such/file.pem: No such file or directory");
}

TEST(CaFile, IsTheSystemsWhereNoneIsChosen) {
  const auto found = ca_file("");
  ASSERT_EQ(bool(found), system_ca_file().has_value());
  if (found) {
    EXPECT_EQ(*found, *system_ca_file());
    EXPECT_TRUE(ca_file(*found));
  } else {
    EXPECT_EQ(found.error().message(),
              "no file of trusted certificates in any of the known places: set CA_FILE");
  }
}

}  // namespace
}  // namespace wascc
