#include "support/scripted_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

namespace wascc::test {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

const std::string* find(const HeaderList& headers, std::string_view name) {
  for (const auto& [key, value] : headers)
    if (lower(key) == lower(name)) return &value;
  return nullptr;
}

// Reads until `size` bytes are there, or the peer has gone.
bool fill(int fd, std::string& input, std::size_t size) {
  char buffer[16 * 1024];
  while (input.size() < size) {
    const ssize_t got = ::recv(fd, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    input.append(buffer, static_cast<std::size_t>(got));
  }
  return true;
}

bool read_request(int fd, std::string& input, SeenRequest& request) {
  std::size_t end;
  while ((end = input.find("\r\n\r\n")) == std::string::npos)
    if (!fill(fd, input, input.size() + 1)) return false;
  std::string_view head = std::string_view(input).substr(0, end + 2);
  const auto line = [&head] {
    const std::string_view out = head.substr(0, head.find("\r\n"));
    head.remove_prefix(out.size() + 2);
    return out;
  };
  const std::string_view start = line();
  const std::size_t space = start.find(' ');
  request.method = start.substr(0, space);
  request.path = start.substr(space + 1, start.rfind(' ') - space - 1);
  while (!head.empty()) {
    const std::string_view field = line();
    const std::size_t colon = field.find(": ");
    request.headers.emplace_back(field.substr(0, colon), field.substr(colon + 2));
  }
  const std::size_t length = std::strtoul(request.header("Content-Length").c_str(), nullptr, 10);
  if (!fill(fd, input, end + 4 + length)) return false;
  request.body = input.substr(end + 4, length);
  input.erase(0, end + 4 + length);
  return true;
}

bool send_all(int fd, const Reply& reply) {
  std::string_view rest = reply.bytes;
  while (!rest.empty()) {
    const ssize_t sent =
        ::send(fd, rest.data(), reply.byte_by_byte ? 1 : rest.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

std::string SeenRequest::header(std::string_view name) const {
  const std::string* value = find(headers, name);
  return value != nullptr ? *value : "";
}

bool SeenRequest::has_header(std::string_view name) const { return find(headers, name) != nullptr; }

Reply http_reply(int status, std::string_view body, const HeaderList& headers) {
  Reply out;
  out.bytes = "HTTP/1.1 " + std::to_string(status) + " Status\r\n";
  for (const auto& [name, value] : headers)
    out.bytes.append(name).append(": ").append(value).append("\r\n");
  if (status != 204)
    out.bytes.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  out.bytes.append("\r\n").append(body);
  return out;
}

Reply chunked_reply(int status, std::string_view body, std::size_t chunk) {
  Reply out;
  out.bytes =
      "HTTP/1.1 " + std::to_string(status) + " Status\r\nTransfer-Encoding: chunked\r\n\r\n";
  constexpr std::string_view kHex = "0123456789abcdef";
  for (; !body.empty(); body.remove_prefix(std::min(chunk, body.size()))) {
    const std::string_view part = body.substr(0, chunk);
    std::string size;
    for (std::size_t rest = part.size(); rest > 0; rest /= 16) size.insert(0, 1, kHex[rest % 16]);
    out.bytes.append(size).append("\r\n").append(part).append("\r\n");
  }
  out.bytes += "0\r\n\r\n";
  return out;
}

ScriptedServer::ScriptedServer(Handler handler) : handler_(std::move(handler)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, raw, size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, raw, &size) != 0)
    throw std::runtime_error("no loopback port for a test server");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  drop_connections();
  for (std::thread& thread : threads_) thread.join();
}

void ScriptedServer::drop_connections() {
  std::unique_lock lock(mutex_);
  for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  closed_.wait(lock, [this] { return open_.empty(); });
}

void ScriptedServer::accept_all() {
  while (!stopping_) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::scoped_lock lock(mutex_);
    open_.push_back(fd);
    threads_.emplace_back([this, fd, number = ++accepted_] { serve(fd, number); });
  }
}

void ScriptedServer::serve(int fd, int number) {
  const Gone gone = [fd, this] {
    char byte;
    return stopping_ || ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
  };
  std::string input;
  while (true) {
    SeenRequest request;
    request.connection = number;
    if (!read_request(fd, input, request)) break;
    const std::optional<Reply> reply = handler_(request, gone);
    if (!reply || !send_all(fd, *reply) || reply->close) break;
  }
  const std::scoped_lock lock(mutex_);
  std::erase(open_, fd);
  ::close(fd);
  closed_.notify_all();
}

}  // namespace wascc::test
