// Addresses that may be asked: https, a host, nothing of a user. Put together again from what was
// read, so that what was checked is what is used. A plain value.
#pragma once

#include <string>
#include <string_view>

#include "wascc/result.h"

namespace wascc::oci {

struct HttpsUrl {
  std::string host;    // in small letters, with the port if it is not 443
  std::string target;  // path and query, from the '/' on

  // kDenied for another scheme than https, kMalformed for what is no address.
  static Result<HttpsUrl> parse(std::string_view text);

  // What a redirect from here leads to: an address, or a path on the same host.
  Result<HttpsUrl> follow(std::string_view location) const;

  std::string text() const { return "https://" + host + target; }
  // For messages: without the query, which may hold a signature that grants access.
  std::string shown() const { return "https://" + host + target.substr(0, target.find('?')); }
};

}  // namespace wascc::oci
