// What an actor in C++ is made of: handlers for the operations that it answers, and calls to its
// host (docs/actors-cpp.md).
//
//   Result<HttpResponse> answer(const HttpRequest& request) { … }
//
//   std::span<const actor::Operation> wascc::actor::operations() {
//     static constexpr actor::Operation kOperations[] = {actor::on<answer>(kOpHandleRequest)};
//     return kOperations;
//   }
//
// The table is a constant: an actor is ready without any code run before its first call, as hosts
// that know nothing of _initialize need it. An actor is one thread; a call to the host returns when
// the host has answered.
#pragma once

#include <span>
#include <string_view>
#include <type_traits>

#include "wascc/bytes.h"
#include "wascc/msgpack.h"
#include "wascc/result.h"

namespace wascc::actor {

// ---- answering

using Handler = Result<Bytes> (*)(ByteView payload);

struct Operation {
  std::string_view name;
  Handler handler;
};

// Every operation that the actor answers. Written by the actor. Without a HealthRequest among them
// the library answers that one: healthy.
std::span<const Operation> operations();

namespace detail {

template <class Function>
struct Signature;
template <class R, class Argument>
struct Signature<Result<R> (*)(Argument)> {
  using Answer = R;
  using Request = std::remove_cvref_t<Argument>;
};

Bytes nil();

template <auto kFunction>
Result<Bytes> handle(ByteView payload) {
  using Types = Signature<decltype(kFunction)>;
  using Request = typename Types::Request;
  using Answer = typename Types::Answer;
  if constexpr (std::is_same_v<Request, ByteView>) {
    return kFunction(payload);
  } else {
    WASCC_TRY(const Request request, decode<Request>(payload));
    if constexpr (std::is_void_v<Answer>) {
      WASCC_CHECK(kFunction(request));
      return nil();
    } else {
      WASCC_TRY(const Answer answer, kFunction(request));
      return encode(answer);
    }
  }
}

}  // namespace detail

// Names an operation and the function that answers it, one of
//   Result<Answer> f(const Request&)   both messages
//   Status f(const Request&)           nothing to answer
//   Result<Bytes> f(ByteView)          bytes of any format
// The message of an Error is what the caller gets to see.
template <auto kFunction>
constexpr Operation on(std::string_view name) {
  return {name, &detail::handle<kFunction>};
}

// ---- calling

inline constexpr std::string_view kDefaultBinding = "default";

// Asks a capability provider (`name_space` is its id) or another actor (`name_space` is its public
// key) for an operation. kProvider with the host's text.
Result<Bytes> host_call(std::string_view binding, std::string_view name_space,
                        std::string_view operation, ByteView payload);

// The same with messages: `Answer` is what the operation answers with.
template <msgpack::Message Answer, msgpack::Message Request>
Result<Answer> call(std::string_view binding, std::string_view capability,
                    std::string_view operation, const Request& request) {
  WASCC_TRY(const Bytes answer, host_call(binding, capability, operation, encode(request)));
  return decode<Answer>(answer);
}

// Another actor, by its public key.
template <msgpack::Message Answer, msgpack::Message Request>
Result<Answer> call_actor(std::string_view key, std::string_view operation,
                          const Request& request) {
  return call<Answer>(kDefaultBinding, key, operation, request);
}

// A line in the host's log; needs no capability.
void console_log(std::string_view text);

}  // namespace wascc::actor
