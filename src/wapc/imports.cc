#include "wapc/imports.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "wapc/conversation.h"

namespace wascc::wapc {
namespace {

using engine::Caller;
using engine::GuestMemory;
using Arguments = std::span<const std::uint32_t>;

// The longest binding, namespace or operation name of a host call; longer ones are refused, not
// read.
constexpr std::uint32_t kMaxName = 4096;

Conversation& conversation(Caller& caller) { return *static_cast<Conversation*>(caller.context()); }

// Finding the memory costs as much as all else of a copy, so each import asks for it once.
Status copy_to_guest(const GuestMemory& memory, std::uint32_t pointer, ByteView bytes) {
  if (bytes.size() > UINT32_MAX) return Error(Errc::kTrap, "more than 4 GiB for the guest");
  WASCC_TRY(const auto target, memory.slice(pointer, static_cast<std::uint32_t>(bytes.size())));
  if (!bytes.empty()) std::memcpy(target.data(), bytes.data(), bytes.size());
  return {};
}

Status guest_request(Caller& caller, Arguments arguments, std::uint32_t&) {
  const Conversation& talk = conversation(caller);
  const GuestMemory memory = caller.memory();
  WASCC_CHECK(copy_to_guest(memory, arguments[0], as_bytes(talk.operation())));
  return copy_to_guest(memory, arguments[1], talk.payload());
}

Status guest_response(Caller& caller, Arguments arguments, std::uint32_t&) {
  WASCC_TRY(const auto bytes, caller.memory().slice(arguments[0], arguments[1]));
  conversation(caller).respond(bytes);
  return {};
}

Status guest_error(Caller& caller, Arguments arguments, std::uint32_t&) {
  WASCC_TRY(const auto bytes, caller.memory().slice(arguments[0], arguments[1]));
  conversation(caller).fail(to_utf8_lossy(as_text(bytes)));
  return {};
}

// Reads one of the three names. The views point into guest memory: the host call may run other
// guests and grow this one's memory, so what leaves this file is copied.
Result<std::string_view> name_at(const GuestMemory& memory, std::uint32_t pointer,
                                 std::uint32_t length) {
  WASCC_TRY(const auto bytes, memory.slice(pointer, length));
  return as_text(bytes);
}

Status host_call(Caller& caller, const GuestMemory& memory, std::string_view binding,
                 std::string_view name_space, std::string_view operation, std::uint32_t pointer,
                 std::uint32_t length, std::uint32_t& result) {
  WASCC_TRY(const auto payload_in_guest, memory.slice(pointer, length));
  Conversation& talk = conversation(caller);
  for (const std::string_view name : {binding, name_space, operation}) {
    if (name.size() <= kMaxName && is_utf8(name)) continue;
    result = talk.refuse("a binding, namespace or operation is not UTF-8 text of at most " +
                         std::to_string(kMaxName) + " bytes");
    return {};
  }
  const std::string names[] = {std::string(binding), std::string(name_space),
                               std::string(operation)};
  const Bytes payload = to_bytes(payload_in_guest);
  result = talk.call_host({names[0], names[1], names[2], payload});
  return {};
}

// binding, namespace, operation, payload: from 2020-03-30 on.
Status host_call_8(Caller& caller, Arguments a, std::uint32_t& result) {
  const GuestMemory memory = caller.memory();
  WASCC_TRY(const auto binding, name_at(memory, a[0], a[1]));
  WASCC_TRY(const auto name_space, name_at(memory, a[2], a[3]));
  WASCC_TRY(const auto operation, name_at(memory, a[4], a[5]));
  return host_call(caller, memory, binding, name_space, operation, a[6], a[7], result);
}

// namespace, operation, payload: March 2020.
Status host_call_6(Caller& caller, Arguments a, std::uint32_t& result) {
  const GuestMemory memory = caller.memory();
  WASCC_TRY(const auto name_space, name_at(memory, a[0], a[1]));
  WASCC_TRY(const auto operation, name_at(memory, a[2], a[3]));
  return host_call(caller, memory, "", name_space, operation, a[4], a[5], result);
}

// "namespace!operation", payload: before that.
Status host_call_4(Caller& caller, Arguments a, std::uint32_t& result) {
  const GuestMemory memory = caller.memory();
  WASCC_TRY(const auto name, name_at(memory, a[0], a[1]));
  const std::size_t mark = name.find('!');
  if (mark == std::string_view::npos)
    return host_call(caller, memory, "", "", name, a[2], a[3], result);
  return host_call(caller, memory, "", name.substr(0, mark), name.substr(mark + 1), a[2], a[3],
                   result);
}

Status host_response_length(Caller& caller, Arguments, std::uint32_t& result) {
  result = static_cast<std::uint32_t>(conversation(caller).host_response().size());
  return {};
}

Status host_response(Caller& caller, Arguments arguments, std::uint32_t&) {
  return copy_to_guest(caller.memory(), arguments[0], conversation(caller).host_response());
}

Status host_error_length(Caller& caller, Arguments, std::uint32_t& result) {
  result = static_cast<std::uint32_t>(conversation(caller).host_error().size());
  return {};
}

Status host_error(Caller& caller, Arguments arguments, std::uint32_t&) {
  return copy_to_guest(caller.memory(), arguments[0], as_bytes(conversation(caller).host_error()));
}

Status console_log(Caller& caller, Arguments arguments, std::uint32_t&) {
  WASCC_TRY(const auto bytes, caller.memory().slice(arguments[0], arguments[1]));
  conversation(caller).host().console_log(to_utf8_lossy(as_text(bytes)));
  return {};
}

// message, file, line, column: AssemblyScript's own failure; what it has to say went to
// __guest_error before.
Status env_abort(Caller& caller, Arguments, std::uint32_t&) {
  Conversation& talk = conversation(caller);
  if (!talk.failed()) talk.fail("abort");
  return Error(Errc::kTrap, "the guest called env.abort");
}

engine::FunctionType type(std::size_t parameters, std::size_t results) {
  return {std::vector(parameters, engine::ValueType::kI32),
          std::vector(results, engine::ValueType::kI32)};
}

}  // namespace

std::span<const engine::HostFunction> guest_imports() {
  static const std::array<engine::HostFunction, 12> functions{{
      {"wapc", "__guest_request", type(2, 0), guest_request},
      {"wapc", "__guest_response", type(2, 0), guest_response},
      {"wapc", "__guest_error", type(2, 0), guest_error},
      {"wapc", "__host_call", type(8, 1), host_call_8},
      {"wapc", "__host_call", type(6, 1), host_call_6},
      {"wapc", "__host_call", type(4, 1), host_call_4},
      {"wapc", "__host_response_len", type(0, 1), host_response_length},
      {"wapc", "__host_response", type(1, 0), host_response},
      {"wapc", "__host_error_len", type(0, 1), host_error_length},
      {"wapc", "__host_error", type(1, 0), host_error},
      {"wapc", "__console_log", type(2, 0), console_log},
      {"env", "abort", type(4, 0), env_abort},
  }};
  return functions;
}

}  // namespace wascc::wapc
