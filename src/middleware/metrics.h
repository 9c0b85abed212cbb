// How many calls actors and capabilities got and how long they took (docs/middleware.md,
// "Metrics"). Names are those of the original's Prometheus middleware. Any thread; no lock is held
// while a call runs.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/log.h"
#include "wascc/middleware.h"

namespace wascc::middleware {

// Operations are named by actors, so that their number needs a bound. More are in the sums alone.
inline constexpr std::size_t kMaxMetrics = 1000;

class Metrics final : public Middleware {
 public:
  // What became known of one item: an actor, a capability, one of its operations, or the sum.
  struct Sample {
    std::string name;  // "wascc_actor_total"; a suffix says what is measured
    std::uint64_t calls = 0;
    double average_ms = 0;
  };

  // The clock outlives it.
  Metrics(const Clock& clock, Log log);

  Outcome around(const Invocation& call, Next& next) override;

  // Since the start, in Prometheus' text format.
  std::string text() const;
  // Of the calls since it was asked last; without those that there were none of. By name.
  std::vector<Sample> take_recent();

 private:
  struct Item {
    std::uint64_t calls = 0;
    double average_ms = 0;  // of the last calls, see kWindow
    std::uint64_t recent_calls = 0;
    double recent_ms = 0;  // all together
  };
  struct State {
    std::map<std::string, Item, std::less<>> items;
    bool full = false;  // and said so
  };

  void record(const Invocation& call, std::chrono::duration<double, std::milli> time);

  const Clock& clock_;
  const Log log_;
  Guarded<State> state_;
};

}  // namespace wascc::middleware
