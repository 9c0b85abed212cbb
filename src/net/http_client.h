// One kept-alive HTTP/1.1 connection to one address: plain, no proxy, no redirects, one request at
// a time, everything by blocking calls. It connects when a request needs it and keeps its buffers.
//
// One thread at a time, except interrupt().
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http_address.h"
#include "net/http_response.h"
#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::net {

struct HttpHeader {
  std::string_view name, value;
};

// Borrowed for the call. Host and Content-Length are added.
struct HttpRequest {
  std::string_view method;
  std::string_view path;  // "/…", percent-encoded; put behind the path of the address
  std::span<const HttpHeader> headers;
  ByteView body;  // for any method but GET
  std::size_t max_response_body = 64 * 1024;
  bool patient = false;  // its answer is waited for without a limit
};

// How long to wait for a connection, and how long a request may stand still: no byte of it goes out
// and none of its answer comes in. Nothing = for ever.
struct HttpTimeouts {
  std::optional<std::chrono::milliseconds> connect, standstill;
};

// Whether a request stands still, asked each time half of its limit went by without a byte. Two
// halves, so that a process that was frozen during one of them has another one left.
class Standstill {
 public:
  void restart() { *this = {}; }  // a byte came or went
  // Of the request, the system still holds `queued` bytes back: they may go out while we wait.
  bool reached(int queued) {
    quiet_halves_ = std::exchange(queued_, queued) == queued ? quiet_halves_ + 1 : 0;
    return quiet_halves_ == 2;
  }

 private:
  int queued_ = 0;
  int quiet_halves_ = 0;
};

class HttpClient {
 public:
  explicit HttpClient(HttpAddress address, HttpTimeouts timeouts = {});
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  const HttpAddress& address() const { return address_; }
  bool connected() const { return fd_ >= 0; }
  // Does nothing on an open connection. kUnavailable if nobody listens, kNotFound if the host is
  // unknown.
  Status connect();
  void close();

  // One request, one answer, in response() until the next call. Any status is a success. After a
  // failure the connection is closed: kUnavailable (network), kTimeout, kMalformed (not HTTP),
  // kTooLarge, kInvalid (the request itself).
  Status send(const HttpRequest& request);
  // The two halves of send, for whoever has something else to do meanwhile. A failure of the first
  // is that of the whole. If nobody took the answer, the next request goes by a new connection.
  Status ask(const HttpRequest& request);
  Status answer();
  HttpResponse& response() { return response_; }

  // About the last send, if it failed: the connection had served a request before, and ended
  // without one byte of this answer. So it was closed while it lay idle, and the request is to be
  // sent once more, on a new connection.
  bool stale() const { return stale_; }
  // About the last send, if it failed: not one byte of an answer came.
  bool unanswered() const { return unanswered_; }

  // From any thread: the call under way fails, and so does every later one.
  void interrupt();
  bool interrupted() const { return interrupted_; }

 private:
  Status connect_to(const SocketAddress& address);
  void build_head(const HttpRequest& request);
  Status write_request(const HttpRequest& request);
  Status read_response();
  // Whether one of them came true before the time was over.
  Result<bool> wait(short events, std::optional<std::chrono::milliseconds> time) const;
  // Half of the limit went by without a byte.
  Status check_progress();

  const HttpAddress address_;
  const HttpTimeouts timeouts_;
  const std::string authority_;
  int fd_ = -1;
  bool reused_ = false;
  bool stale_ = false;
  bool unanswered_ = false;
  bool asked_ = false;  // an answer is still to be taken
  // Of the request that is under way.
  std::string what_;  // "GET 127.0.0.1:9001"
  std::size_t max_body_ = 0;
  bool patient_ = false;
  Standstill standstill_;
  Status written_;

  std::mutex interrupt_mutex_;  // guards fd_ against interrupt(); all else belongs to one thread
  std::atomic<bool> interrupted_ = false;

  std::string head_;
  std::unique_ptr<char[]> input_;  // not zeroed: a page of it costs memory once it is used
  HttpResponseParser parser_;
  HttpResponse response_;
};

}  // namespace wascc::net
