#include "wascc/actor.h"

#include <memory>
#include <string>

#include "wapc.h"
#include "wascc/messages/core.h"

namespace wascc::actor {
namespace {

Result<Bytes> answer(std::string_view operation, ByteView payload) {
  for (const Operation& known : operations())
    if (known.name == operation) return known.handler(payload);
  if (operation == kOpHealth) return detail::nil();
  return Error(Errc::kUnsupported, "no handler for operation " + std::string(operation));
}

}  // namespace

Bytes detail::nil() {
  Bytes out;
  msgpack::Writer(out).nil();
  return out;
}

Result<Bytes> host_call(std::string_view binding, std::string_view name_space,
                        std::string_view operation, ByteView payload) {
  const bool answered =
      wapc_host_call(binding.data(), binding.size(), name_space.data(), name_space.size(),
                     operation.data(), operation.size(), payload.data(), payload.size()) == 1;
  if (answered) {
    Bytes response(wapc_host_response_len());
    wapc_host_response(response.data());
    return response;
  }
  std::string text(wapc_host_error_len(), '\0');
  wapc_host_error(text.data());
  return Error(Errc::kProvider, "Host error: " + text);
}

void console_log(std::string_view text) { wapc_console_log(text.data(), text.size()); }

}  // namespace wascc::actor

std::int32_t wapc_guest_call(std::size_t operation_length, std::size_t payload_length) {
  std::string operation(operation_length, '\0');
  // Not filled with zeros first: it is overwritten whole.
  const std::unique_ptr<std::byte[]> payload(new std::byte[payload_length]);
  wapc_guest_request(operation.data(), payload.get());
  const wascc::Result<wascc::Bytes> answer =
      wascc::actor::answer(operation, {payload.get(), payload_length});
  if (answer) {
    wapc_guest_response(answer->data(), answer->size());
    return 1;
  }
  const std::string& text = answer.error().message();
  wapc_guest_error(text.data(), text.size());
  return 0;
}
