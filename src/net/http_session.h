// One server connection's conversation, without its socket: bytes in, requests out, answers as
// bytes. The HTTP parser is Boost.Beast's. One thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_server.h"

namespace wascc::net {

class HttpSession {
 public:
  explicit HttpSession(const ServerLimits& limits);
  ~HttpSession();
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  // Bytes that the client sent. They are copied.
  void take(std::string_view bytes);

  enum class Step : std::uint8_t {
    kNeedMore,  // nothing to do until the client sends more
    kContinue,  // the client waits for "100 Continue" before it sends the body
    kRequest,   // a whole request is there: request(), then append_answer()
    kRefuse,    // malformed or over a limit: append_refusal(), then close
  };
  Step step();

  // The request that step() announced. Valid until append_answer.
  ServerRequest request(std::string_view peer) const;
  // Whether the client wants the connection closed after the answer, or speaks HTTP/1.0 without
  // keep-alive.
  bool closes() const;
  // Status line, headers and body; "Connection: close" if asked. HEAD keeps the length and loses
  // the body.
  void append_answer(std::string& out, const ServerResponse& response, bool close);
  void append_refusal(std::string& out) const;

  // No byte of a request is there.
  bool idle() const;

 private:
  struct Parser;

  ServerLimits limits_;
  std::string in_;
  std::size_t read_ = 0;  // of in_
  std::unique_ptr<Parser> parser_;
  bool continued_ = false;
  unsigned refusal_ = 0;
};

}  // namespace wascc::net
