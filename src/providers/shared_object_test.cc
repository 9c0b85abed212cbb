#include "providers/shared_object.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/file.h"

namespace wascc::providers {
namespace {

// This program is linked against the system's C library.
Bytes library() {
  for (const char* path :
       {"/lib/x86_64-linux-gnu/libm.so.6", "/lib/aarch64-linux-gnu/libm.so.6", "/lib64/libm.so.6"})
    if (auto bytes = read_file(path, std::size_t{64} << 20)) return *std::move(bytes);
  return {};
}

TEST(SharedObject, ReadsWhatARealLibraryNeeds) {
  const auto object = read_shared_object(library());
  ASSERT_TRUE(object) << object.error().message();
  EXPECT_EQ(object->name, "libm.so.6");
  EXPECT_EQ(object->machine, this_machine());
  EXPECT_NE(std::find(object->needed.begin(), object->needed.end(), "libc.so.6"),
            object->needed.end());
  EXPECT_FALSE(newer_than_glibc(*object, "2.1").empty());
  EXPECT_TRUE(newer_than_glibc(*object, "9.9").empty());
}

TEST(SharedObject, ComparesVersionsByNumber) {
  SharedObject object;
  object.versions = {"GLIBC_2.4",  "GLIBC_2.34",    "GLIBC_2.36",   "GLIBC_3.0",
                     "GLIBC_2.36", "GLIBC_PRIVATE", "OPENSSL_3.0.0"};
  EXPECT_EQ(newer_than_glibc(object, kLambdaGlibc),
            (std::vector<std::string>{"GLIBC_2.36", "GLIBC_3.0"}));
}

// No byte of a damaged library leads outside of it (run with the address sanitizer).
TEST(SharedObject, SurvivesDamageInEachHeaderByte) {
  const Bytes good = library();
  ASSERT_GT(good.size(), 1024U);
  for (std::size_t at = 0; at < 1024; ++at)
    for (const int value : {0x00, 0x7F, 0xFF}) {
      Bytes damaged = good;
      damaged[at] = static_cast<std::byte>(value);
      (void)read_shared_object(damaged);
    }
  for (std::size_t size = 0; size < 512; size += 7)
    EXPECT_FALSE(read_shared_object(ByteView(good).first(size))) << size;
}

TEST(SharedObject, RefusesWhatIsNoSharedObject) {
  EXPECT_EQ(read_shared_object(as_bytes("#!/bin/sh\n")).error().code(), Errc::kMalformed);
  Bytes program = library();
  program[16] = std::byte{2};  // e_type: an executable
  EXPECT_EQ(read_shared_object(program).error().message(),
            "no sound ELF file: it is no 64-bit shared object");
}

}  // namespace
}  // namespace wascc::providers
