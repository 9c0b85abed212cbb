// Middleware: what every call in a host passes on its way to an actor or a capability, and on its
// way back (docs/middleware.md). It can watch calls, change what they carry, and veto them; it
// cannot send one elsewhere, because who may call whom was decided before.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "wascc/bytes.h"
#include "wascc/deadline.h"
#include "wascc/entity.h"
#include "wascc/result.h"

namespace wascc {

// One call on its way. Borrowed for the hook that sees it. Bindings made and ended are calls of the
// host, too: BindActor and RemoveActor, with the values of the binding as payload.
struct Invocation {
  Entity origin;  // an actor; a provider, as its capability; or the actor "system", the host itself
  Entity target;  // an actor, or a capability
  std::string_view operation;
  ByteView payload;
  Deadline deadline = kNoDeadline;
};

// The host's list is nested: the `next` of one item is the following item, that of the last is the
// call itself. Hooks run on the thread of the call, on many threads at once, and do not throw. A
// call of a hook into the host is a call like any other.
class Middleware {
 public:
  // What a call answered, and whether it was the middleware's own answer.
  struct Outcome {
    enum class Kind { kContinue, kHalt };
    Kind kind;
    Result<Bytes> answer;

    // The answer of `next`, changed or not.
    static Outcome go_on(Result<Bytes> answer) { return {Kind::kContinue, std::move(answer)}; }
    // An answer of one's own; an error is a veto. The caller reads it after "Invocation failure: ".
    static Outcome halt(Result<Bytes> answer) { return {Kind::kHalt, std::move(answer)}; }
  };

  class Next {
   public:
    virtual ~Next() = default;
    // Goes on, with the payload as it came or another. Once: a second time is an error, because no
    // operation runs twice. Only within the hook.
    virtual Result<Bytes> operator()(ByteView payload) = 0;
  };

  using NewPayload = std::optional<Bytes>;
  using NewAnswer = std::optional<Result<Bytes>>;

  virtual ~Middleware() = default;

  // In the order of the list, before anything runs: another payload, or nothing to leave it. An
  // error is logged, the later items are not asked, and the call goes on with its first payload.
  virtual Result<NewPayload> before(const Invocation& /*call*/) { return std::nullopt; }

  // Around the rest of the list. Neither to call `next` nor to halt is an error of the call: "No
  // middleware invoked the operation".
  virtual Outcome around(const Invocation& call, Next& next) {
    return Outcome::go_on(next(call.payload));
  }

  // In the order of the list, after all of it: another answer, or nothing to leave it. An error is
  // logged, the later items are not asked, and the answer is what it was before any of them.
  virtual Result<NewAnswer> after(const Invocation& /*call*/, const Result<Bytes>& /*answer*/) {
    return std::nullopt;
  }
};

}  // namespace wascc
