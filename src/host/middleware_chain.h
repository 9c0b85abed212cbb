// Runs a call through the middleware of a host (wascc/middleware.h). Immutable; any thread, as far
// as the middleware allows it, and it has to.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "base/log.h"
#include "wascc/middleware.h"

namespace wascc::host {

class MiddlewareChain {
 public:
  using Items = std::vector<std::shared_ptr<Middleware>>;  // the host's, and its embedder's
  using Operation = std::function<Result<Bytes>(ByteView payload)>;

  MiddlewareChain(Items items, const Log& log) : items_(std::move(items)), log_(log) {}

  bool empty() const { return items_.empty(); }
  // Runs the operation at most once. The text of an error is that of the operation or of the item.
  Result<Bytes> run(Invocation call, const Operation& operation) const;

 private:
  class Rest;

  Result<Bytes> run_from(std::size_t item, const Invocation& call,
                         const Operation& operation) const;
  void log_failure(const char* hook, const Error& error) const;

  const Items items_;
  const Log log_;
};

}  // namespace wascc::host
