// An HTTP/1.1 server for `wascc run`: keep-alive, pipelining, chunked bodies, limits, slow clients,
// a graceful end. No TLS: what stands in front of it ends that.
//
// One epoll set, shared by all workers: whoever is idle takes the next connection that has
// something to say, so a slow handler holds up its own connection alone. The handler runs on a
// worker's thread, one request of a connection at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::net {

// Borrowed for the call of the handler.
struct ServerRequest {
  std::string_view method;
  std::string_view target;                                             // as sent, path and query
  std::vector<std::pair<std::string_view, std::string_view>> headers;  // as sent, in order
  ByteView body;
  std::string_view peer;  // the client's address, without port
};

struct ServerResponse {
  unsigned status = 200;
  std::string reason;  // empty: the registered phrase
  // Names and values are written as they are: the handler has checked them. Content-Length and
  // Connection are the server's own, and Date, unless it is among them.
  std::vector<std::pair<std::string, std::string>> headers;
  Bytes body;
};

struct ServerLimits {
  std::uint32_t header_bytes = 64 * 1024;
  std::uint64_t body_bytes = 6 * 1024 * 1024;
  std::size_t connections = 4096;          // fewer where the system allows the process fewer files
  std::chrono::milliseconds idle{75'000};  // between requests
  std::chrono::milliseconds request{30'000};  // first byte to last byte of a request
  std::chrono::milliseconds write{30'000};    // without the client taking a byte of the answer
};

struct ServerOptions {
  std::string address = "0.0.0.0";
  std::uint16_t port = 8080;  // 0: any free one
  unsigned workers = 1;
  ServerLimits limits;
};

class HttpServer {
 public:
  // Called on any worker's thread; must not throw.
  using Handler = std::function<ServerResponse(const ServerRequest&)>;

  // Listens and serves. kUnavailable where the address cannot be had: "port 8080 is taken …".
  static Result<std::unique_ptr<HttpServer>> start(const ServerOptions& options, Handler handler);
  // Ends at once what is still open.
  virtual ~HttpServer() = default;

  virtual std::uint16_t port() const = 0;
  // Takes no new connection, answers the requests that have begun with "Connection: close", and
  // returns when the last connection is gone or `patience` is over; true if all were finished in
  // time. Asked again, it waits again.
  virtual bool drain(std::chrono::milliseconds patience) = 0;
};

}  // namespace wascc::net
