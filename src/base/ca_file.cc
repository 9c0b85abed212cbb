#include "base/ca_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace wascc {
namespace {

constexpr const char* kKnownPlaces[] = {
    "/etc/pki/tls/certs/ca-bundle.crt",                   // Amazon Linux, Fedora
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Alpine
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Amazon Linux, where the first is no
                                                          // link
    "/etc/ssl/ca-bundle.pem",                             // SUSE
    "/etc/ssl/cert.pem",                                  // Alpine
};

}  // namespace

std::optional<std::string> system_ca_file() {
  for (const char* place : kKnownPlaces)
    if (::access(place, R_OK) == 0) return place;
  return std::nullopt;
}

Result<std::string> ca_file(std::string_view chosen, std::string_view setting) {
  if (chosen.empty()) {
    if (auto found = system_ca_file()) return *std::move(found);
    return Error(
        Errc::kNotFound,
        "no file of trusted certificates in any of the known places: set " + std::string(setting));
  }
  std::string path(chosen);
  if (::access(path.c_str(), R_OK) != 0)
    return Error(Errc::kNotFound, std::string(setting) + " " + path + ": " + std::strerror(errno));
  return path;
}

}  // namespace wascc
