// References as Docker writes them: registry[:port]/repository[:tag][@sha256:digest]. Plain values
// and pure functions.
#pragma once

#include <string>
#include <string_view>

#include "wascc/result.h"

namespace wascc::oci {

struct Reference {
  std::string registry;    // host or host:port, in small letters
  std::string repository;  // as "shop/echo"
  std::string tag;         // empty: none
  std::string digest;      // "sha256:" and 64 digits; empty: none

  // Strict: no default registry, no default of anything else. kMalformed, beginning with
  // "waSCC Host Error: Failed to parse OCI distribution reference: ".
  static Result<Reference> parse(std::string_view text);

  std::string text() const;
};

// Whether the part before the first '/' could be a registry and no folder: it has a dot, a port, or
// is "localhost". A path that begins with '/' or '.' never is.
bool looks_like_reference(std::string_view text);

// Whether `text` is to be fetched: it looks like a reference, and is no file at `path`.
bool is_to_fetch(std::string_view text, const std::string& path);

// "sha256:" and 64 hexadecimal digits in small letters.
bool is_digest(std::string_view text);

}  // namespace wascc::oci
