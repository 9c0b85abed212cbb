#include "registry.h"

#include "local_host.h"
#include "module_file.h"
#include "oci/reference.h"
#include "terminal.h"
#ifdef WASCC_REGISTRIES
#include "base/ca_file.h"
#include "oci/client.h"
#include "oci/curl_transport.h"
#endif

namespace wascc::cli {

#ifdef WASCC_REGISTRIES
namespace {

oci::Credentials credentials() {
  oci::Credentials found{variable("OCI_REGISTRY_USER").value_or(""),
                         variable("OCI_REGISTRY_PASSWORD").value_or("")};
  if (found.user.empty() == found.password.empty()) return found;
  note(
      "of OCI_REGISTRY_USER and OCI_REGISTRY_PASSWORD only one is set: registries are asked "
      "without either");
  return {};
}

}  // namespace

Result<oci::Fetched> fetch_reference(std::string_view reference) {
  WASCC_TRY(const oci::Reference parsed, oci::Reference::parse(reference));
  WASCC_TRY(std::string roots,
            ca_file(variable("SSL_CERT_FILE").value_or(""), "SSL_CERT_FILE")
                .context("waSCC Host Error: Failed to fetch OCI bytes: " + parsed.text()));
  oci::CurlTransport transport(std::move(roots));
  progress("fetching " + parsed.text());
  Result<oci::Fetched> fetched = oci::fetch(parsed, credentials(), transport);
  progress("");
  if (fetched)
    for (const std::string& warning : fetched->warnings) note(parsed.text() + ": " + warning);
  return fetched;
}
#else
Result<oci::Fetched> fetch_reference(std::string_view reference) {
  return Error(Errc::kUnsupported,
               "waSCC Host Error: Failed to fetch OCI bytes: there is no file " +
                   std::string(reference) +
                   ", and this wascc was built without libcurl, so it asks no registry: name a "
                   "file");
}
#endif

Result<Bytes> read_or_fetch_module(const std::string& path) {
  if (!oci::is_to_fetch(path, path)) return read_module(path);
  WASCC_TRY(oci::Fetched fetched, fetch_reference(path));
  return std::move(fetched.content);
}

}  // namespace wascc::cli
