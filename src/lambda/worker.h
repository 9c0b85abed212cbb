// The poll loop: one worker asks for an event, has it handled, posts what came of it, and asks
// again. Several workers may run beside each other, each with a Runtime API connection of its own.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>

#include "base/clock.h"
#include "base/log.h"
#include "lambda/event_handler.h"
#include "lambda/invocation.h"
#include "lambda/last_resort.h"
#include "lambda/spare_memory.h"
#include "lambda/trace_environment.h"
#include "wascc/result.h"

namespace wascc::lambda {

struct WorkerSettings {
  // How long before the platform's deadline the actor is stopped; absent: see time_box.
  std::optional<std::chrono::milliseconds> deadline_margin;
  // Whether events set _X_AMZN_TRACE_ID: only where there is one worker.
  bool set_trace_variable = true;
  // Whether what the platform says of an event's trace is kept for the middleware.
  bool keep_trace = false;
  // Called after each event was handled and before its answer is posted: what is told later may be
  // told after a freeze. Absent: nothing is.
  std::function<void()> handled = {};
  // Gives memory back to the system: see SpareMemory. Absent: nothing does.
  std::function<void()> give_back = {};
};

// Belongs to the thread that runs it. What is passed in outlives it.
class Worker {
 public:
  // `give_up` is for an event whose call cannot be stopped: see LastResort.
  Worker(RuntimeApi& api, const EventHandler& handler, const WorkerSettings& settings,
         LastResort::GiveUp give_up, const Clock& clock, const Log& log);

  // Serves events until there are no more. The process's exit code: 0 if it was asked to stop, 1 if
  // the Runtime API cannot be used any longer or memory ran out; the log says which.
  int run(std::stop_token stop);

 private:
  Status serve(Invocation& invocation);
  Status post(const Invocation& invocation, const EventOutcome& outcome, std::size_t event_bytes);
  EventOutcome handle(Invocation& invocation);

  RuntimeApi& api_;
  const EventHandler& handler_;
  const WorkerSettings settings_;
  const Clock& clock_;
  const Log log_;
  LastResort last_resort_;
  std::optional<TraceEnvironment> trace_;
  SpareMemory spare_memory_;
};

}  // namespace wascc::lambda
