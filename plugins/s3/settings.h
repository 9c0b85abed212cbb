// What a binding of wascc:blobstore on S3 says (docs/providers.md, "S3").
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "wascc/msgpack.h"
#include "wascc/result.h"

namespace wascc::s3 {

struct Keys {
  std::string id;
  std::string secret;
  std::string token;  // "": keys that do not expire
};

struct Settings {
  std::string scheme = "https";
  std::string host;            // with the port, if it is not the scheme's own
  bool bucket_in_host = true;  // https://bucket.host/key, else https://host/bucket/key
  std::string region;
  Keys keys;
  std::string roots;  // file of certificates; empty where no TLS is asked for
  // Of one request; one that moves a blob has a second more for each MiB.
  std::chrono::milliseconds timeout{30'000};

  // A variable of the process, or nothing.
  using Environment = std::function<std::optional<std::string>(const char* name)>;
  // kInvalid names the value that makes no sense or is missing, and repeats no secret.
  static Result<Settings> from(const StringMap& values, const Environment& environment);
};

}  // namespace wascc::s3
