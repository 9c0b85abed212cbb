#include "runtime/termination.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <utility>

namespace wascc::runtime {
namespace {

// Lambda kills a process 500 ms after SIGTERM, or earlier.
constexpr timespec kGrace{0, 300'000'000};

sigset_t sigterm() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

void hold_sigterm() {
  const sigset_t set = sigterm();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

Termination::Termination(std::function<void()> stop)
    : stop_(std::move(stop)), thread_([this] { wait(); }) {}

Termination::~Termination() {
  over_ = true;
  pthread_kill(thread_.native_handle(), SIGTERM);  // held, so that it only wakes the thread
  thread_.join();
}

void Termination::wait() {
  const sigset_t set = sigterm();
  int signal = 0;
  sigwait(&set, &signal);
  if (over_) return;
  stop_();
  // Until the destructor says that all is over, a second SIGTERM or the end of patience.
  sigtimedwait(&set, nullptr, &kGrace);
  if (!over_) _exit(0);
}

}  // namespace wascc::runtime
