// A client of the distribution protocol, version 2, as far as pulling one file takes it. HTTPS
// alone; what is fetched has the digest that was promised, whoever delivers it.
#pragma once

#include <cstddef>
#include <string>

#include "oci/fetch.h"
#include "oci/reference.h"
#include "oci/transport.h"
#include "wascc/result.h"

namespace wascc::oci {

inline constexpr std::size_t kMaxManifestBytes = std::size_t{4} << 20;
inline constexpr std::size_t kMaxLayerBytes = std::size_t{64} << 20;

// Given to a registry that asks for them, or to the token server that it names; never logged.
struct Credentials {
  std::string user;  // empty: anonymous
  std::string password;
};

// The layer that the reference names, without a tag and a digest that of the tag "latest". Errors
// begin with "waSCC Host Error: Failed to fetch OCI bytes: ": kDenied for what is not ours to have
// or not what was promised, kNotFound, kTooLarge, kTimeout, kMalformed, kUnsupported, kUnavailable.
Result<Fetched> fetch(const Reference& reference, const Credentials& credentials,
                      Transport& transport);

}  // namespace wascc::oci
