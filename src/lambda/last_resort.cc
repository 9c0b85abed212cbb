#include "lambda/last_resort.h"

#include <utility>

#include "lambda/invocation_error.h"

namespace wascc::lambda {

LastResort::~LastResort() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void LastResort::arm(const Invocation& invocation, Deadline deadline) {
  if (deadline == kNoDeadline) return;
  const std::scoped_lock lock(mutex_);
  invocation_ = &invocation;
  deadline_ = deadline;
  if (!thread_.joinable()) {
    thread_ = std::thread([this] { watch(); });
  } else if (deadline < wake_at_) {
    changed_.notify_one();
  }
}

void LastResort::disarm() {
  const std::scoped_lock lock(mutex_);
  invocation_ = nullptr;
  deadline_ = kNoDeadline;
}

void LastResort::watch() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (invocation_ != nullptr && std::chrono::steady_clock::now() >= deadline_) {
      give_up_(*std::exchange(invocation_, nullptr));
      continue;
    }
    wake_at_ = invocation_ != nullptr ? deadline_ : kNoDeadline;
    if (wake_at_ == kNoDeadline) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, wake_at_);
    }
  }
}

LastResort::GiveUp answer_and_end(std::function<std::unique_ptr<RuntimeApi>()> connect,
                                  std::function<void(int)> end_process, const Log& log) {
  return [connect = std::move(connect), end_process = std::move(end_process),
          log = log.target("lambda")](const Invocation& invocation) {
    const InvocationError error = invocation_error(
        kActorTimeout,
        Error(Errc::kTimeout,
              "a call into native code did not return before the deadline; the process ends"));
    log_failure(log.with("requestId", invocation.request_id), error);
    const std::unique_ptr<RuntimeApi> api = connect();
    if (const Status posted = api->fail(invocation, error); !posted)
      log.error("the late event could not be answered", {{"error", posted.error().message()}});
    end_process(1);
  };
}

}  // namespace wascc::lambda
