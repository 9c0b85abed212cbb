// SIGTERM: the process shall end (docs/lambda.md, "When the process ends").
#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace wascc::runtime {

// Keeps SIGTERM from ending the process at once. Called before any thread is started, as threads
// inherit it.
void hold_sigterm();

// While it lives, waits for SIGTERM on a thread of its own and calls `stop` there, once. The
// process then has a moment to come to its end; after that it is ended with exit code 0, whatever
// it does.
class Termination {
 public:
  explicit Termination(std::function<void()> stop);
  ~Termination();
  Termination(const Termination&) = delete;
  Termination& operator=(const Termination&) = delete;

 private:
  void wait();

  const std::function<void()> stop_;
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

}  // namespace wascc::runtime
