#include "nats/client.h"

namespace wascc::nats {
namespace {

// Longer than that, something between us and the server may have forgotten the connection without a
// word. A frozen process sees that on one of the two clocks at least.
constexpr std::chrono::seconds kMaxIdleTime{60};
constexpr std::chrono::milliseconds kAnswerTime{1'000};

}  // namespace

Result<std::shared_ptr<Client>> Client::open(Settings settings, Listener listener,
                                             const Clock& clock) {
  std::shared_ptr<Client> client(new Client(std::move(settings), std::move(listener), clock));
  WASCC_TRY(auto connection, Connection::open(client->settings_, client->listener_));
  client->state_.with([&](State& state) {
    state = {std::move(connection), clock.steady_now(), clock.now(), false};
  });
  return client;
}

void Client::admit() {
  state_.with([](State& state) { state.connection->admit(); });
}

void Client::close() {
  const auto last = state_.with([](State& state) {
    state.over = true;
    return state.connection;
  });
  last->close();
}

Result<std::shared_ptr<Connection>> Client::connection() {
  bool idle = false;
  const auto current = state_.with([&](State& state) {
    idle = clock_.steady_now() - state.used > kMaxIdleTime ||
           clock_.now() - state.used_by_wall_clock > kMaxIdleTime;
    state.used = clock_.steady_now();
    state.used_by_wall_clock = clock_.now();
    return state.connection;
  });
  if (!current->closed() && (!idle || current->answers(kAnswerTime))) return current;

  WASCC_TRY(auto fresh, Connection::open(settings_, listener_));
  // Another thread may have been quicker, or the binding may have ended.
  auto [kept, spare] = state_.with([&](State& state) {
    if (state.over || state.connection != current) return std::pair(state.connection, fresh);
    state.connection = fresh;
    return std::pair(fresh, current);
  });
  spare->close();
  if (kept == fresh) kept->admit();
  return kept;
}

}  // namespace wascc::nats
