// A Dispatcher that keeps what it is asked and answers as a test says.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "wascc/bytes.h"
#include "wascc/provider.h"

namespace wascc::test {

class FakeDispatcher final : public Dispatcher {
 public:
  struct Call {
    std::string actor;
    std::string operation;
    Bytes payload;
    Deadline deadline;
  };

  // Set before the first call; without it every answer is empty.
  std::function<Result<Bytes>(const Dispatch&)> answer;

  Result<Bytes> dispatch(const Dispatch& call) override {
    {
      const std::scoped_lock lock(mutex_);
      calls_.push_back({std::string(call.actor), std::string(call.operation),
                        to_bytes(call.payload), call.deadline});
    }
    return answer ? answer(call) : Result<Bytes>(Bytes());
  }

  std::vector<Call> calls() const {
    const std::scoped_lock lock(mutex_);
    return calls_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Call> calls_;
};

}  // namespace wascc::test
