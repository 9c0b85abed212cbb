#include "wapc/conversation.h"

#include <utility>

#include "base/encoding.h"

namespace wascc::wapc {

void Conversation::begin(GuestHost& host, std::string_view operation, ByteView payload) {
  host_ = &host;
  operation_ = operation;
  payload_ = payload;
  response_.reset();
  error_.reset();
  host_response_ = {};
  host_error_.clear();
  host_calls_ = 0;
}

bool Conversation::call_host(const HostCall& call) {
  ++host_calls_;
  Result<Bytes> answer = host_->host_call(call);
  host_response_.clear();
  host_error_.clear();
  if (answer) {
    host_response_ = *std::move(answer);
    return true;
  }
  // Guests of 2020 trap on text that is no UTF-8.
  return refuse(to_utf8_lossy(answer.error().message()));
}

bool Conversation::refuse(std::string text) {
  host_response_.clear();
  host_error_ = std::move(text);
  return false;
}

Result<Bytes> Conversation::outcome(std::uint32_t code) && {
  if (code == 0)
    return Error(Errc::kGuest,
                 error_ ? *std::move(error_) : "No error message set for call failure");
  if (response_) return *std::move(response_);
  return Error(Errc::kGuest,
               error_ ? *std::move(error_) : "No error message OR response set for call success");
}

Error Conversation::outcome(Error trap) && {
  if (!error_) return trap;
  return Error(trap.code(), *error_ + " (" + trap.message() + ")", trap.trace());
}

}  // namespace wascc::wapc
