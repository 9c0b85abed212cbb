// The state of one guest call: request, answer, error, last host call. No engine in it.
// One thread at a time; the views are borrowed for the call.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "wapc/guest.h"
#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::wapc {

class Conversation {
 public:
  // Forgets everything and takes up a new request. The host is borrowed until the next begin.
  void begin(GuestHost& host, std::string_view operation, ByteView payload);

  std::string_view operation() const { return operation_; }
  ByteView payload() const { return payload_; }
  GuestHost& host() const { return *host_; }

  // What the guest says; the last word counts.
  void respond(ByteView bytes) { response_ = to_bytes(bytes); }
  void fail(std::string_view text) { error_ = text; }
  bool failed() const { return error_.has_value(); }

  // Performs a host call: true and the answer in host_response(), or false and host_error(). Both
  // stay until the next host call or request.
  bool call_host(const HostCall& call);
  // The same outcome for a call that was refused before it was made.
  bool refuse(std::string text);
  ByteView host_response() const { return host_response_; }
  std::string_view host_error() const { return host_error_; }
  std::size_t host_calls() const { return host_calls_; }

  // The result of the guest call, once __guest_call returned `code`.
  Result<Bytes> outcome(std::uint32_t code) &&;
  // The same when it did not return: the guest's own words first, if it left any.
  Error outcome(Error trap) &&;

 private:
  GuestHost* host_ = nullptr;
  std::string_view operation_;
  ByteView payload_;
  std::optional<Bytes> response_;
  std::optional<std::string> error_;
  Bytes host_response_;
  std::string host_error_;
  std::size_t host_calls_ = 0;
};

}  // namespace wascc::wapc
