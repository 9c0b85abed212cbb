#include "net/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "base/file_descriptor.h"
#include "net/http_session.h"

namespace wascc::net {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kBacklog = 1024;
constexpr std::size_t kReadSize = 64 * 1024;
// How much of the requests after the current one is kept in memory while it is answered.
constexpr std::size_t kMaxAhead = 256 * 1024;

// One client. Between two epoll_wait calls exactly one worker owns it: the events are one-shot.
struct Connection {
  Connection(FileDescriptor descriptor, std::string address, const ServerLimits& limits)
      : socket(std::move(descriptor)), peer(std::move(address)), session(limits) {}

  FileDescriptor socket;
  std::string peer;
  HttpSession session;
  std::string out;           // what the client has not taken yet
  std::size_t out_sent = 0;  // of it
  bool close_after_out = false;
  Clock::time_point due;  // when the client must have said or taken what is waited for
  bool answered = false;  // since `due` was set
  // When it is given up, never while it is being served, and whether it is between requests:
  // written by the owner, read by whoever sweeps or drains.
  std::atomic<Clock::time_point::rep> expires{0};
  std::atomic<bool> idle{true};
};

class EpollServer final : public HttpServer {
 public:
  EpollServer(const ServerOptions& options, Handler handler)
      : limits_(options.limits), handler_(std::move(handler)) {}
  ~EpollServer() override;

  Status start(const ServerOptions& options);
  std::uint16_t port() const override { return port_; }
  bool drain(std::chrono::milliseconds patience) override;

 private:
  enum class Next : std::uint8_t { kRead, kWrite, kClose };

  void work(bool alone);
  void accept_all();
  void serve(Connection& connection, std::uint32_t events);
  Next advance(Connection& connection, std::uint32_t events);
  bool answer_waiting(Connection& connection);
  Next flush(Connection& connection);
  void arm(Connection& connection, Next next, int operation);
  void forget(Connection& connection);
  void sweep();

  ServerLimits limits_;
  Handler handler_;
  FileDescriptor epoll_, listener_, wake_;
  std::uint16_t port_ = 0;
  std::atomic<bool> draining_{false}, stopping_{false};
  std::mutex mutex_;
  std::condition_variable gone_;
  std::unordered_map<Connection*, std::unique_ptr<Connection>> connections_;  // under mutex_
  std::atomic<Clock::time_point::rep> next_sweep_{0};
  std::vector<std::jthread> workers_;
};

Error failed(const std::string& what) {
  return Error(Errc::kUnavailable, what + ": " + std::strerror(errno));
}

// Beyond the limit of files, accept would fail for ever with a client at the door.
std::size_t allowed_connections(std::size_t wanted) {
  constexpr std::size_t kOtherFiles = 64;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return wanted;
  const std::size_t spare = std::max<std::size_t>(files.rlim_cur, kOtherFiles + 1) - kOtherFiles;
  return std::min(wanted, spare);
}

Status EpollServer::start(const ServerOptions& options) {
  limits_.connections = allowed_connections(limits_.connections);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(options.port);
  if (inet_pton(AF_INET, options.address.c_str(), &address.sin_addr) != 1)
    return Error(Errc::kInvalid, "not a numeric IPv4 address to listen on: " + options.address);
  listener_ = FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!listener_) return failed("open a socket");
  const int on = 1;
  ::setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const std::string where = options.address + ":" + std::to_string(options.port);
  if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_.get(), kBacklog) != 0) {
    if (errno == EADDRINUSE)
      return Error(Errc::kUnavailable,
                   "port " + std::to_string(options.port) +
                       " is taken by another process; choose another with --port");
    return failed("listen on " + where);
  }
  socklen_t length = sizeof address;
  ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &length);
  port_ = ntohs(address.sin_port);

  epoll_ = FileDescriptor(::epoll_create1(EPOLL_CLOEXEC));
  wake_ = FileDescriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!epoll_ || !wake_) return failed("create an epoll set");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &listener_;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), &event) != 0)
    return failed("watch the listener");
  event.data.ptr = &wake_;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0)
    return failed("watch the event");
  const unsigned workers = std::max(1U, options.workers);
  for (unsigned i = 0; i < workers; ++i)
    workers_.emplace_back([this, workers] { work(workers == 1); });
  return {};
}

EpollServer::~EpollServer() {
  stopping_ = true;
  const std::uint64_t one = 1;
  if (wake_) [[maybe_unused]]
    const ssize_t written = ::write(wake_.get(), &one, sizeof one);
  workers_.clear();  // joins
}

bool EpollServer::drain(std::chrono::milliseconds patience) {
  if (!draining_.exchange(true)) accept_all();  // whoever is at the door is let in
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener_.get(), nullptr);
  ::shutdown(listener_.get(), SHUT_RDWR);
  std::unique_lock lock(mutex_);
  // Idle connections end now: their owner is the epoll set, which reports the shutdown to a worker.
  for (const auto& [connection, owned] : connections_)
    if (connection->idle) ::shutdown(connection->socket.get(), SHUT_RD);
  return gone_.wait_for(lock, patience, [this] { return connections_.empty(); });
}

// A single worker takes what is there in one go; several take one each, so that none waits behind
// another.
void EpollServer::work(bool alone) {
  std::array<epoll_event, 64> events;
  while (!stopping_) {
    const int count = ::epoll_wait(epoll_.get(), events.data(),
                                   alone ? static_cast<int>(events.size()) : 1, 1000);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (event.data.ptr == &wake_) return;
      if (event.data.ptr == &listener_)
        accept_all();
      else
        serve(*static_cast<Connection*>(event.data.ptr), event.events);
    }
    sweep();
  }
}

void EpollServer::accept_all() {
  for (;;) {
    sockaddr_in from{};
    socklen_t length = sizeof from;
    FileDescriptor socket(::accept4(listener_.get(), reinterpret_cast<sockaddr*>(&from), &length,
                                    SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket) return;
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    char text[INET_ADDRSTRLEN] = "";
    inet_ntop(AF_INET, &from.sin_addr, text, sizeof text);
    auto owned = std::make_unique<Connection>(std::move(socket), text, limits_);
    Connection& connection = *owned;
    {
      const std::scoped_lock lock(mutex_);
      if (connections_.size() >= limits_.connections)
        continue;  // closes it: the client tries again
      connections_.emplace(&connection, std::move(owned));
    }
    arm(connection, Next::kRead, EPOLL_CTL_ADD);
  }
}

void EpollServer::arm(Connection& connection, Next next, int operation) {
  // A request's time counts from its first byte, so that more bytes of it are no reason for more
  // time.
  const bool idle = connection.session.idle();
  const auto patience = next == Next::kWrite ? limits_.write
                        : idle               ? limits_.idle
                                             : limits_.request;
  if (next == Next::kWrite || idle || connection.idle || connection.answered)
    connection.due = Clock::now() + patience;
  connection.answered = false;
  connection.idle = idle && next != Next::kWrite;
  const int socket = connection.socket.get();
  if (draining_ && connection.idle) ::shutdown(socket, SHUT_RD);
  epoll_event event{};
  // A client that has said all may still take its time to read: that is no event while we write.
  event.events =
      (next == Next::kWrite ? EPOLLOUT : EPOLLIN | EPOLLRDHUP) | std::uint32_t{EPOLLONESHOT};
  event.data.ptr = &connection;
  // The last touch: what the next owner takes over (see advance) is all that was done before it.
  connection.expires = connection.due.time_since_epoch().count();
  if (::epoll_ctl(epoll_.get(), operation, socket, &event) != 0) forget(connection);
}

void EpollServer::forget(Connection& connection) {
  const std::scoped_lock lock(mutex_);
  connections_.erase(&connection);
  if (connections_.empty()) gone_.notify_all();
}

void EpollServer::serve(Connection& connection, std::uint32_t events) {
  Next next = Next::kClose;
  try {
    next = advance(connection, events);
  } catch (const std::exception&) {  // out of memory: this client's request was too much
  }
  if (next == Next::kClose)
    forget(connection);
  else
    arm(connection, next, EPOLL_CTL_MOD);
}

EpollServer::Next EpollServer::advance(Connection& connection, std::uint32_t events) {
  // Takes over what the worker before wrote: neither C++ nor a sanitizer knows of epoll's order.
  connection.expires.exchange(Clock::time_point::max().time_since_epoch().count());
  if ((events & EPOLLERR) != 0) return Next::kClose;
  if ((events & EPOLLOUT) != 0) {
    const Next next = flush(connection);
    if (next != Next::kRead) return next;
  }
  static thread_local std::array<char, kReadSize> buffer;
  bool ended = false;
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP)) != 0) {
    const ssize_t got = ::recv(connection.socket.get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && errno != EAGAIN && errno != EINTR) return Next::kClose;
    ended = got == 0;
    if (got > 0)
      connection.session.take(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
  }
  for (;;) {
    const bool more = answer_waiting(connection);
    const Next next = flush(connection);
    if (next != Next::kRead) return next;
    if (more) continue;
    return ended || (draining_ && connection.session.idle()) ? Next::kClose : Next::kRead;
  }
}

// Pipelined requests are answered in order, as long as the client takes the answers. True if it
// stopped before the last of them.
bool EpollServer::answer_waiting(Connection& connection) {
  while (connection.out.size() < kMaxAhead) {
    switch (connection.session.step()) {
      case HttpSession::Step::kNeedMore:
        return false;
      case HttpSession::Step::kContinue:
        connection.out += "HTTP/1.1 100 Continue\r\n\r\n";
        break;
      case HttpSession::Step::kRefuse:
        connection.session.append_refusal(connection.out);
        connection.close_after_out = true;
        return false;
      case HttpSession::Step::kRequest: {
        const ServerResponse response = handler_(connection.session.request(connection.peer));
        connection.answered = true;
        connection.close_after_out = draining_ || connection.session.closes();
        connection.session.append_answer(connection.out, response, connection.close_after_out);
        if (connection.close_after_out) return false;
      }
    }
  }
  return true;
}

EpollServer::Next EpollServer::flush(Connection& connection) {
  while (connection.out_sent < connection.out.size()) {
    const ssize_t sent =
        ::send(connection.socket.get(), connection.out.data() + connection.out_sent,
               connection.out.size() - connection.out_sent, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) return Next::kWrite;
    if (sent < 0) return Next::kClose;
    connection.out_sent += static_cast<std::size_t>(sent);
  }
  connection.out.clear();
  connection.out_sent = 0;
  return connection.close_after_out ? Next::kClose : Next::kRead;
}

// Ends what took too long: shutting a socket down makes the epoll set report it to a worker, who
// owns it then.
void EpollServer::sweep() {
  const auto now = Clock::now();
  auto due = next_sweep_.load(std::memory_order_relaxed);
  if (now.time_since_epoch().count() < due) return;
  if (!next_sweep_.compare_exchange_strong(
          due, (now + std::chrono::seconds(1)).time_since_epoch().count()))
    return;
  const std::scoped_lock lock(mutex_);
  for (const auto& [connection, owned] : connections_)
    if (connection->expires < now.time_since_epoch().count())
      ::shutdown(connection->socket.get(), SHUT_RDWR);
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::start(const ServerOptions& options,
                                                      Handler handler) {
  auto server = std::make_unique<EpollServer>(options, std::move(handler));
  WASCC_CHECK(server->start(options));
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace wascc::net
