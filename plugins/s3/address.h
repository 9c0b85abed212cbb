// Which URL a bucket or object has, written as a signature wants it. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "s3/settings.h"
#include "wascc/result.h"

namespace wascc::s3 {

// RFC 3986's unreserved characters as they are, all else as %XX: what S3 signs.
std::string uri_encode(std::string_view text);

// The id itself; kInvalid for one that no bucket can have. What is allowed may be part of a host.
Result<std::string> bucket_name(std::string_view id);
// The id itself; kInvalid for one that is no key, or that something on the way might take apart.
Result<std::string> object_key(std::string_view id);

// Of the bucket, or of one of its objects.
std::string url_of(const Settings& settings, std::string_view bucket, std::string_view key = "");

}  // namespace wascc::s3
