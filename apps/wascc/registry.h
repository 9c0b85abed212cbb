// Registries, for the commands that take a reference in the place of a file.
#pragma once

#include <string>
#include <string_view>

#include "oci/fetch.h"
#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::cli {

// An oci::Fetch: what the reference names, by the credentials of OCI_REGISTRY_USER and
// OCI_REGISTRY_PASSWORD and the authorities of SSL_CERT_FILE, or else of the system. Warnings are
// told on stderr.
Result<oci::Fetched> fetch_reference(std::string_view reference);

// A module on disk, or else the one that the reference names.
Result<Bytes> read_or_fetch_module(const std::string& path);

}  // namespace wascc::cli
