// The variable _X_AMZN_TRACE_ID, set for one event at a time: for libraries in this process that
// look there. Only with one worker, as all threads see the same environment.
//
// setenv would keep every value of every event in memory for ever, so the variable lives in a
// buffer of ours.
#pragma once

#include <array>
#include <string_view>

namespace wascc::lambda {

// At most one at a time. Used by one thread, while no other changes the environment.
class TraceEnvironment {
 public:
  TraceEnvironment();
  ~TraceEnvironment();
  TraceEnvironment(const TraceEnvironment&) = delete;
  TraceEnvironment& operator=(const TraceEnvironment&) = delete;

  // An empty id, and one longer than any that X-Ray sends, unsets the variable.
  void set(std::string_view trace_id);

 private:
  std::array<char, 1024> entry_{};  // "_X_AMZN_TRACE_ID=…"
};

}  // namespace wascc::lambda
