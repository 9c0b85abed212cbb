// Ends the process when an event's time is up and the call that serves it cannot be stopped: native
// code in a provider that does not come back. Guests are stopped earlier and do no harm to the
// process (docs/decisions/deadline.md).
//
// Arming costs a lock that nobody else wants; the thread sleeps until the earliest deadline it has
// heard of and looks again when it wakes, so that it is rarely told of a new one.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "base/log.h"
#include "lambda/invocation.h"
#include "wascc/deadline.h"

namespace wascc::lambda {

// One worker's; arm and disarm belong to its thread.
class LastResort {
 public:
  // Called on the thread of this object, with the event that is late. Not expected to return: it
  // answers the event by a connection of its own and ends the process.
  using GiveUp = std::function<void(const Invocation&)>;

  explicit LastResort(GiveUp give_up) : give_up_(std::move(give_up)) {}
  ~LastResort();
  LastResort(const LastResort&) = delete;
  LastResort& operator=(const LastResort&) = delete;

  // From now until disarm(), unless that comes before the deadline. The invocation is borrowed.
  void arm(const Invocation& invocation, Deadline deadline);
  // Afterwards the event is the worker's again. Waits while the process is being ended.
  void disarm();

 private:
  void watch();

  const GiveUp give_up_;
  std::mutex mutex_;
  std::condition_variable changed_;
  const Invocation* invocation_ = nullptr;  // under mutex_, like all below
  Deadline deadline_ = kNoDeadline;
  Deadline wake_at_ = kNoDeadline;
  bool stopping_ = false;
  std::thread thread_;  // started by the first deadline
};

// Answers the late event with Function.ActorTimeout over a connection made for it, logs it, and
// calls `end_process` with exit code 1.
LastResort::GiveUp answer_and_end(std::function<std::unique_ptr<RuntimeApi>()> connect,
                                  std::function<void(int)> end_process, const Log& log);

}  // namespace wascc::lambda
