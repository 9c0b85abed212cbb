#include "middleware/metrics.h"

#include <algorithm>
#include <utility>

#include "middleware/milliseconds.h"

namespace wascc::middleware {
namespace {

// A gauge tells of about so many calls.
constexpr std::uint64_t kWindow = 100;
// More of one name tells nobody more.
constexpr std::size_t kMaxWordBytes = 100;

// As part of a metric's name, of which only these characters are allowed.
std::string word(std::string_view text) {
  std::string clean(text.substr(0, kMaxWordBytes));
  for (char& c : clean) {
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '_' || c == ':';
    if (!allowed) c = '_';
  }
  return clean;
}

}  // namespace

Metrics::Metrics(const Clock& clock, Log log) : clock_(clock), log_(std::move(log)) {
  state_.with([](State& state) {
    state.items["wascc_actor_total"];
    state.items["wascc_cap_total"];
  });
}

Middleware::Outcome Metrics::around(const Invocation& call, Next& next) {
  const auto begin = clock_.steady_now();
  Result<Bytes> answer = next(call.payload);
  record(call, clock_.steady_now() - begin);
  return Outcome::go_on(std::move(answer));
}

void Metrics::record(const Invocation& call, std::chrono::duration<double, std::milli> time) {
  const bool to_actor = !call.target.actor.empty();
  const std::string target =
      "wascc_" + (to_actor ? word(call.target.actor)
                           : word(call.target.capability) + "_" + word(call.target.binding));
  const std::string names[] = {to_actor ? "wascc_actor_total" : "wascc_cap_total", target,
                               target + "_" + word(call.operation)};
  const bool first_left_out = state_.with([&](State& state) {
    bool left_out = false;
    for (const std::string& name : names) {
      auto found = state.items.find(name);
      if (found == state.items.end()) {
        if (state.items.size() >= kMaxMetrics) {
          left_out = true;
          continue;
        }
        found = state.items.try_emplace(name).first;
      }
      Item& item = found->second;
      ++item.calls;
      ++item.recent_calls;
      item.recent_ms += time.count();
      const auto of = static_cast<double>(std::min(item.calls, kWindow));
      item.average_ms = (item.average_ms * (of - 1) + time.count()) / of;
    }
    return left_out && !std::exchange(state.full, true);
  });
  if (first_left_out)
    log_.warn("too many operations to count each: new ones are in the sums alone",
              {{"counted", std::to_string(kMaxMetrics)}});
}

std::string Metrics::text() const {
  std::string out;
  const auto add = [&](const std::string& name, const char* type, const std::string& value) {
    out.append("# TYPE ").append(name).append(" ").append(type).append("\n");
    out.append(name).append(" ").append(value).append("\n");
  };
  const auto items = state_.with([](const State& state) { return state.items; });
  for (const auto& [name, item] : items) {
    add(name + "_inv_count", "counter", std::to_string(item.calls));
    add(name + "_average_inv_time", "gauge", in_ms(Milliseconds(item.average_ms)));
  }
  return out;
}

std::vector<Metrics::Sample> Metrics::take_recent() {
  std::vector<Sample> samples;
  state_.with([&](State& state) {
    for (auto& [name, item] : state.items) {
      if (item.recent_calls == 0) continue;
      samples.push_back(
          {name, item.recent_calls, item.recent_ms / static_cast<double>(item.recent_calls)});
      item.recent_calls = 0;
      item.recent_ms = 0;
    }
  });
  return samples;
}

}  // namespace wascc::middleware
