#include "host/middleware_chain.h"

#include <optional>
#include <utility>

namespace wascc::host {

// The items from one on, and the call itself behind them.
class MiddlewareChain::Rest final : public Middleware::Next {
 public:
  Rest(const MiddlewareChain& chain, std::size_t item, const Invocation& call,
       const Operation& operation)
      : chain_(chain), item_(item), call_(call), operation_(operation) {}

  Result<Bytes> operator()(ByteView payload) override {
    if (std::exchange(called_, true))
      return Error(Errc::kInvalid, "Middleware error: the operation has been invoked already");
    Invocation call = call_;
    call.payload = payload;
    return chain_.run_from(item_, call, operation_);
  }
  bool called() const { return called_; }

 private:
  const MiddlewareChain& chain_;
  const std::size_t item_;
  const Invocation& call_;
  const Operation& operation_;
  bool called_ = false;
};

Result<Bytes> MiddlewareChain::run(Invocation call, const Operation& operation) const {
  const ByteView first = call.payload;
  Middleware::NewPayload payload;
  for (const auto& item : items_) {
    auto changed = item->before(call);
    if (!changed) {
      log_failure("before", changed.error());
      call.payload = first;
      break;
    }
    if (!*changed) continue;
    payload = *std::move(changed);
    call.payload = *payload;
  }

  Result<Bytes> answer = run_from(0, call, operation);

  std::optional<Result<Bytes>> posted;
  for (const auto& item : items_) {
    auto changed = item->after(call, posted ? *posted : answer);
    if (!changed) {
      log_failure("after", changed.error());
      return answer;
    }
    if (*changed) posted = *std::move(changed);
  }
  return posted ? *std::move(posted) : std::move(answer);
}

Result<Bytes> MiddlewareChain::run_from(std::size_t item, const Invocation& call,
                                        const Operation& operation) const {
  if (item == items_.size()) return operation(call.payload);
  Rest next(*this, item + 1, call, operation);
  Middleware::Outcome outcome = items_[item]->around(call, next);
  if (outcome.kind == Middleware::Outcome::Kind::kContinue && !next.called())
    return Error(Errc::kDenied, "No middleware invoked the operation");
  return std::move(outcome.answer);
}

void MiddlewareChain::log_failure(const char* hook, const Error& error) const {
  log_.warn("Middleware failure", {{"hook", hook}, {"error", error.message()}});
}

}  // namespace wascc::host
