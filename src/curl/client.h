// One HTTP request and its answer, by libcurl: TLS 1.2 or later with the certificate checked, no
// proxy, no redirect followed, nothing read from the environment.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/guarded.h"
#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::curl {

struct Settings {
  // A file of certificates in PEM form; empty: no TLS connection is trusted.
  std::string roots;
  // Asked for the address of every connection, after the name was resolved; absent: all may be.
  // Any thread.
  std::function<bool(const sockaddr&)> may_connect;
  std::size_t max_answer_bytes = std::size_t{16} << 20;
};

struct Request {
  std::string method = "GET";
  std::string url;
  // Names and values as they are sent; neither holds a control character.
  std::vector<std::pair<std::string, std::string>> headers;
  ByteView body;       // borrowed
  int body_file = -1;  // instead of the body: this file's first `body_file_bytes` bytes
  std::uint64_t body_file_bytes = 0;
  std::chrono::milliseconds timeout{30'000};
  std::size_t max_answer_bytes = SIZE_MAX;  // beside the limit of the settings
  // "aws:amz:REGION:SERVICE", and with it the keys "ID:SECRET": signed by Signature Version 4.
  // The URL's path and query are then as the signature wants them: encoded, the query in order, no
  // part of the path "." or "..".
  std::string signature = {};
  std::string keys = {};
};

struct Answer {
  long status = 0;
  // In the order of arrival, names in lower case.
  std::vector<std::pair<std::string, std::string>> headers;
  Bytes body;

  // The first value of that name; nullptr if there is none.
  const std::string* header(std::string_view name) const;
};

// The settings of one binding, and connections that only it uses. Any thread.
class Client {
 public:
  explicit Client(Settings settings);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // kTimeout, kDenied for an address that may not be, kTooLarge for an answer beyond the limit,
  // kUnavailable for all else that is no answer.
  Result<Answer> perform(const Request& request);

 private:
  struct Handle;
  using HandlePtr = std::unique_ptr<Handle>;

  const Settings settings_;
  Guarded<std::vector<HandlePtr>> idle_;
};

}  // namespace wascc::curl
