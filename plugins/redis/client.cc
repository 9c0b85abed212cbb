#include "redis/client.h"

#include <algorithm>
#include <csignal>
#include <optional>
#include <string>
#include <utility>

namespace wascc::redis {
namespace {

constexpr std::size_t kMaxIdle = 16;
// Longer than that, something between us and the server may have forgotten the connection without a
// word. A frozen process sees that on one of the two clocks at least.
constexpr std::chrono::seconds kMaxIdleTime{60};

Deadline earlier(Deadline deadline, Deadline now, std::chrono::milliseconds limit) {
  return std::min(deadline, now + limit);
}

// A write to a connection that the server has closed must be an error, not the end of the process.
void survive_broken_connections() {
  struct sigaction action {};
  if (::sigaction(SIGPIPE, nullptr, &action) == 0 && action.sa_handler == SIG_DFL)
    std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace

Result<std::shared_ptr<Client>> Client::make(Settings settings, const Clock& clock) {
  survive_broken_connections();
  WASCC_TRY(TlsHandle tls, make_tls(settings));
  return std::make_shared<Client>(std::move(settings), std::move(tls), clock);
}

Client::Client(Settings settings, TlsHandle tls, const Clock& clock)
    : settings_(std::move(settings)), tls_(std::move(tls)), clock_(clock) {}

Result<ReplyHandle> Client::command(Command command, Deadline deadline, Repeat repeat) {
  WASCC_TRY(Connection connection, take(deadline));
  const auto until = [&] {
    return earlier(deadline, clock_.steady_now(), settings_.command_timeout);
  };
  auto reply = connection.command(command, until());
  if (!reply && reply.error().code() == Errc::kUnavailable && repeat == Repeat::kOnce) {
    WASCC_TRY(connection, open(deadline));
    reply = connection.command(command, until());
  }
  if (!reply) return explain(reply.error(), settings_.command_timeout);
  keep(std::move(connection));
  if ((*reply)->type == REDIS_REPLY_ERROR)
    return Error(Errc::kProvider, std::string((*reply)->str, (*reply)->len));
  return reply;
}

Result<Connection> Client::open(Deadline deadline) {
  auto connection =
      Connection::open(settings_, tls_.get(), clock_,
                       earlier(deadline, clock_.steady_now(), settings_.connect_timeout));
  if (!connection)
    return explain(connection.error(), settings_.connect_timeout).context("Cannot connect");
  return connection;
}

Result<Connection> Client::take(Deadline deadline) {
  while (true) {
    auto idle = idle_.with([](std::vector<Idle>& all) -> std::optional<Idle> {
      if (all.empty()) return std::nullopt;
      std::optional<Idle> last(std::move(all.back()));
      all.pop_back();
      return last;
    });
    if (!idle) return open(deadline);
    const bool fresh = clock_.steady_now() - idle->since < kMaxIdleTime &&
                       clock_.now() - idle->since_by_wall_clock < kMaxIdleTime;
    if (fresh && idle->connection.usable()) return std::move(idle->connection);
  }
}

void Client::keep(Connection connection) {
  Idle idle{std::move(connection), clock_.steady_now(), clock_.now()};
  idle_.with([&](std::vector<Idle>& all) {
    if (all.size() < kMaxIdle) all.push_back(std::move(idle));
  });
}

Error Client::explain(const Error& error, std::chrono::milliseconds limit) const {
  const std::string server = "Redis at " + settings_.address.name();
  if (error.code() == Errc::kTimeout)
    return Error(Errc::kTimeout, server + " did not answer within " +
                                     std::to_string(limit.count()) +
                                     " ms or the call's own deadline");
  return Error(error).context(server);
}

}  // namespace wascc::redis
