// What every store of ours carries: the state that host functions and WASI find again from the
// guest's call. Belongs to one instance, used by the thread that runs it.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "engine/engine.h"
#include "engine/wasmtime_handle.h"

namespace wascc::engine {

// Cuts what a guest writes into lines. A line longer than kMaxLine is passed on in pieces.
// Wasmtime writes from a thread of its own, while the guest's thread waits in fd_write: one thread
// after the other, so there is no lock. Each takes over from the one before by C++'s own rules,
// because neither C++ nor a sanitizer sees the engine's.
class LineBuffer {
 public:
  static constexpr std::size_t kMaxLine = 16 * 1024;

  LineBuffer(GuestOutput* output, int stream) : output_(output), stream_(stream) { hand_over(); }
  void write(std::string_view text);
  // Passes on what has no line end yet.
  void flush();

 private:
  void take_over() const { (void)handed_over_.load(std::memory_order_acquire); }
  void hand_over() { handed_over_.store(true, std::memory_order_release); }
  void pass_on();

  GuestOutput* output_;
  int stream_;
  std::string line_;
  std::atomic<bool> handed_over_ = false;
};

struct StoreState {
  explicit StoreState(const InstanceOptions& options)
      : context(options.context), out(options.output, 1), err(options.output, 2) {}

  void* context;                            // the caller's, for host functions
  Deadline deadline = kNoDeadline;          // of the call in progress
  bool timed_out = false;                   // the deadline ended it
  std::optional<Error> failure;             // what a host function ended it with
  std::optional<wasmtime_memory_t> memory;  // the export "memory", once the instance is there
  LineBuffer out, err;

  // Remembers the error, which reaches the caller of the guest whole, and makes a trap of its
  // message.
  wasm_trap_t* fail(Error error);
};

StoreState& state_of(wasmtime_context_t* context);

// The guest's memory as a host function sees it, also while the module's start section runs.
GuestMemory memory_of(wasmtime_caller_t* caller);

}  // namespace wascc::engine
