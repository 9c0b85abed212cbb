// What a shared library says of itself in its ELF headers: what it needs, and where it looks for
// it. Read without loading it. A plain value; a pure function.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::providers {

// The C library of Lambda's Amazon Linux 2023 ("2.34"); what needs a newer one does not load there.
inline constexpr std::string_view kLambdaGlibc = "2.34";

struct SharedObject {
  std::uint16_t machine = 0;           // EM_X86_64, EM_AARCH64, …
  std::string name;                    // its own, or empty
  std::vector<std::string> needed;     // names of libraries, "libc.so.6"
  std::vector<std::string> run_path;   // folders, "$ORIGIN"
  bool run_path_is_inherited = false;  // by the libraries that it needs (DT_RPATH)
  std::vector<std::string> versions;   // of symbols that it needs, "GLIBC_2.34"
};

// kMalformed for what is no 64-bit shared object, or whose headers do not fit together.
Result<SharedObject> read_shared_object(ByteView file);

// The versions it needs that are newer than `newest` of glibc: "GLIBC_2.36".
std::vector<std::string> newer_than_glibc(const SharedObject& object, std::string_view newest);

// "x86_64" or "aarch64"; empty for any other.
std::string_view machine_name(std::uint16_t machine);
// Of this program.
std::uint16_t this_machine();

}  // namespace wascc::providers
