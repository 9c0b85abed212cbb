// An HTTP answer, and the parser that fills one from the bytes of a connection. Bounded: every
// length that a server announces is held against a limit before anything grows by it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::net {

// Its buffers are kept from one answer to the next.
class HttpResponse {
 public:
  int status() const { return status_; }
  // The first value of that name, in any case; empty if there is none. Borrowed: valid until the
  // response is filled again.
  std::string_view header(std::string_view name) const;
  const Bytes& body() const { return body_; }
  // Hands the body over; the next answer gets a new buffer.
  Bytes take_body() { return std::exchange(body_, {}); }

 private:
  friend class HttpResponseParser;
  struct Field {
    std::size_t name_size, value_size;
  };
  int status_ = 0;
  std::string text_;  // names and values of all fields, one after the other
  std::vector<Field> fields_;
  Bytes body_;
};

inline constexpr std::size_t kMaxHttpHeaderBytes = 64 * 1024;

// One thread at a time.
class HttpResponseParser {
 public:
  HttpResponseParser();
  ~HttpResponseParser();

  // Starts on a new answer, which stays borrowed until it is complete.
  void start(HttpResponse& response, std::size_t max_body);
  // Takes bytes and answers how many were used; the rest is to be given again with more behind it.
  // kMalformed for what is no HTTP, kTooLarge over a limit: both end the connection.
  Result<std::size_t> put(std::string_view bytes);
  // The connection has ended; kUnavailable if the answer has not.
  Status put_end();
  bool done() const;
  // The answer is complete and the connection may serve another request.
  bool keep_alive() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wascc::net
