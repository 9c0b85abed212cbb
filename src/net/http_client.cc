#include "net/http_client.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace wascc::net {
namespace {

// The longest line of an answer must fit in whole.
constexpr std::size_t kInputBytes = kMaxHttpHeaderBytes + 1024;

Error network_error(std::string_view doing, int number) {
  const char* const reason = ::strerrordesc_np(number);
  return Error(Errc::kUnavailable,
               std::string(doing) + ": " + (reason != nullptr ? reason : "unknown error"));
}

// Half of the limit of a request, at which its progress is looked at.
std::optional<std::chrono::milliseconds> half(std::optional<std::chrono::milliseconds> limit) {
  if (limit) *limit = std::max(*limit / 2, std::chrono::milliseconds(1));
  return limit;
}

void limit_time(int fd, int option, std::chrono::milliseconds time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const std::chrono::microseconds rest = time - seconds;
  const timeval limit{static_cast<time_t>(seconds.count()), static_cast<suseconds_t>(rest.count())};
  ::setsockopt(fd, SOL_SOCKET, option, &limit, sizeof limit);
}

bool one_line(std::string_view text) {
  // One search a byte is many times faster than one for any of the three.
  return text.find('\r') == std::string_view::npos && text.find('\n') == std::string_view::npos &&
         text.find('\0') == std::string_view::npos;
}

}  // namespace

HttpClient::HttpClient(HttpAddress address, HttpTimeouts timeouts)
    : address_(std::move(address)), timeouts_(timeouts), authority_(address_.authority()) {}

HttpClient::~HttpClient() { close(); }

void HttpClient::close() {
  const std::scoped_lock lock(interrupt_mutex_);
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void HttpClient::interrupt() {
  const std::scoped_lock lock(interrupt_mutex_);
  interrupted_ = true;
  if (fd_ >= 0) ::shutdown(fd_, SHUT_RDWR);
}

Status HttpClient::connect() {
  if (connected()) return {};
  WASCC_TRY(const std::vector<SocketAddress> addresses, resolve(address_));
  Status failed;
  for (const SocketAddress& address : addresses) {
    failed = connect_to(address);
    if (failed) return {};
    close();
  }
  return std::move(failed).context("connect to " + authority_);
}

Status HttpClient::connect_to(const SocketAddress& address) {
  const int fd = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return network_error("socket", errno);
  {
    const std::scoped_lock lock(interrupt_mutex_);
    fd_ = fd;
  }
  reused_ = false;
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  // Linux applies the send timeout to connect, too.
  if (timeouts_.connect) limit_time(fd, SO_SNDTIMEO, *timeouts_.connect);
  // Once a connection, so that no call pays for it; a patient request goes on waiting.
  if (const auto time = half(timeouts_.standstill)) limit_time(fd, SO_RCVTIMEO, *time);
  if (interrupted_) return Error(Errc::kUnavailable, "interrupted");
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address.storage), address.size) == 0)
    return {};
  if (errno == EINPROGRESS) return Error(Errc::kTimeout, "no answer in time");
  if (errno != EINTR) return network_error("refused", errno);
  // Interrupted by a signal, it goes on in the background.
  WASCC_TRY(const bool ready, wait(POLLOUT, timeouts_.connect));
  if (!ready) return Error(Errc::kTimeout, "no answer in time");
  int number = 0;
  socklen_t size = sizeof number;
  ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &size);
  if (number != 0) return network_error("refused", number);
  return {};
}

Result<bool> HttpClient::wait(short events, std::optional<std::chrono::milliseconds> time) const {
  pollfd poll{fd_, events, 0};
  int ready;
  do ready = ::poll(&poll, 1, time ? static_cast<int>(time->count()) : -1);
  while (ready < 0 && errno == EINTR);
  if (ready < 0) return network_error("poll", errno);
  return ready > 0;
}

Status HttpClient::check_progress() {
  int queued = 0;
  ::ioctl(fd_, SIOCOUTQ, &queued);
  if (patient_ || !standstill_.reached(queued)) return {};
  return Error(Errc::kTimeout, "given up: no byte in either direction for " +
                                   std::to_string(timeouts_.standstill->count()) + " ms");
}

void HttpClient::build_head(const HttpRequest& request) {
  head_.clear();
  head_.append(request.method).append(" ").append(address_.path).append(request.path);
  head_.append(" HTTP/1.1\r\nHost: ").append(authority_).append("\r\n");
  for (const HttpHeader& header : request.headers)
    head_.append(header.name).append(": ").append(header.value).append("\r\n");
  if (request.method != "GET")
    head_.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
  head_.append("\r\n");
}

// Head and body in one call while the kernel has room for them. Where it has not, an answer that
// comes before everything is written ends the writing: the server wants no more.
Status HttpClient::write_request(const HttpRequest& request) {
  std::array<iovec, 2> parts = {
      iovec{head_.data(), head_.size()},
      iovec{const_cast<std::byte*>(request.body.data()), request.body.size()}};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = request.body.empty() ? 1 : 2;
  while (message.msg_iovlen > 0) {
    const ssize_t sent = ::sendmsg(fd_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) {
      WASCC_TRY(const bool ready, wait(POLLIN | POLLOUT, half(timeouts_.standstill)));
      if (!ready) WASCC_CHECK(check_progress());
      pollfd readable{fd_, POLLIN, 0};
      if (::poll(&readable, 1, 0) > 0) return Error(Errc::kUnavailable, "answered half way");
      continue;
    }
    if (sent < 0) return network_error("send", errno);
    standstill_.restart();
    auto left = static_cast<std::size_t>(sent);
    while (message.msg_iovlen > 0 && left >= message.msg_iov->iov_len) {
      left -= message.msg_iov->iov_len;
      ++message.msg_iov;
      --message.msg_iovlen;
    }
    if (message.msg_iovlen > 0) {
      message.msg_iov->iov_base = static_cast<char*>(message.msg_iov->iov_base) + left;
      message.msg_iov->iov_len -= left;
    }
  }
  return {};
}

Status HttpClient::read_response() {
  if (!input_) input_ = std::make_unique_for_overwrite<char[]>(kInputBytes);
  parser_.start(response_, max_body_);
  std::size_t held = 0;  // bytes from the front that the parser has not taken yet
  while (!parser_.done()) {
    if (held == kInputBytes) return Error(Errc::kTooLarge, "HTTP answer: a line without end");
    const ssize_t got = ::recv(fd_, input_.get() + held, kInputBytes - held, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) {
      WASCC_CHECK(check_progress());
      continue;
    }
    if (got < 0) return network_error("receive", errno);
    standstill_.restart();
    if (got == 0) {
      WASCC_CHECK(parser_.put_end());
      break;
    }
    unanswered_ = false;
    held += static_cast<std::size_t>(got);
    WASCC_TRY(const std::size_t used, parser_.put({input_.get(), held}));
    held -= used;
    std::memmove(input_.get(), input_.get() + used, held);
  }
  // Bytes behind the answer belong to no request of ours.
  if (held > 0 || !parser_.keep_alive()) close();
  return {};
}

Status HttpClient::send(const HttpRequest& request) {
  WASCC_CHECK(ask(request));
  return answer();
}

Status HttpClient::ask(const HttpRequest& request) {
  stale_ = false;
  unanswered_ = true;
  if (std::exchange(asked_, false)) close();
  if (interrupted_) return Error(Errc::kUnavailable, "interrupted");
  bool clean = one_line(request.method) && one_line(request.path);
  for (const HttpHeader& header : request.headers)
    clean = clean && one_line(header.name) && one_line(header.value);
  if (!clean) return Error(Errc::kInvalid, "a line break inside a request line or header");

  WASCC_CHECK(connect());
  build_head(request);
  what_.assign(request.method).append(" ").append(authority_);
  max_body_ = request.max_response_body;
  patient_ = request.patient;
  written_ = write_request(request);
  asked_ = true;
  return {};
}

Status HttpClient::answer() {
  asked_ = false;
  // A server that refuses a request early has answered all the same.
  const bool stood_still = !written_ && written_.error().code() == Errc::kTimeout;
  Status done = stood_still ? written_ : read_response();
  if (done && !written_) close();
  if (!done) {
    stale_ = reused_ && unanswered_ && done.error().code() == Errc::kUnavailable;
    close();
    if (unanswered_ && !written_) done = written_;
    return std::move(done).context(what_);
  }
  reused_ = true;
  return {};
}

}  // namespace wascc::net
