// Asks a web server on loopback for one path again and again, over kept-alive connections with one
// request in flight each, and prints one JSON object: requests per second and latencies.
//
//   http_load PORT CONNECTIONS SECONDS PATH
//
// One thread: pinned to a core of its own it is the same load for every server.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string_view>

#include "samples.h"

namespace {

[[noreturn]] void die(const char* why) {
  std::fprintf(stderr, "http_load: %s\n", why);
  std::exit(1);
}

struct Connection {
  int fd = -1;
  std::string in;
  bench::Time sent;
};

int connect_to(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    die("nobody listens");
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

void ask(Connection& connection, std::string_view request) {
  connection.sent = bench::now();
  if (send(connection.fd, request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size()))
    die("the server does not read");
}

// Whether the buffer holds one whole answer.
bool complete(const std::string& in) {
  const std::size_t end = in.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  const char* length = strcasestr(in.c_str(), "\r\ncontent-length:");
  if (length != nullptr) return in.size() >= end + 4 + std::strtoul(length + 17, nullptr, 10);
  return in.ends_with("0\r\n\r\n");  // chunked
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) die("usage: http_load PORT CONNECTIONS SECONDS PATH");
  const int port = std::atoi(argv[1]);
  const double seconds = std::atof(argv[3]);
  const std::string request = std::string("GET ") + argv[4] +
                              " HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"
                              "User-Agent: http_load\r\n\r\n";
  const int group = epoll_create1(0);
  std::vector<Connection> connections(static_cast<std::size_t>(std::atoi(argv[2])));
  for (std::size_t i = 0; i < connections.size(); ++i) {
    connections[i].fd = connect_to(port);
    epoll_event event{EPOLLIN, {.u64 = i}};
    epoll_ctl(group, EPOLL_CTL_ADD, connections[i].fd, &event);
  }

  const bench::Time start = bench::now();
  for (Connection& connection : connections) ask(connection, request);
  bench::Samples latency;
  double lasted = 0;
  while (lasted < seconds) {
    epoll_event events[64];
    const int ready = epoll_wait(group, events, 64, 5000);
    if (ready <= 0) die("no answer for 5 s");
    for (int i = 0; i < ready; ++i) {
      Connection& connection = connections[events[i].data.u64];
      char chunk[16384];
      const ssize_t got = recv(connection.fd, chunk, sizeof chunk, 0);
      if (got <= 0) die("the server closed a connection");
      connection.in.append(chunk, static_cast<std::size_t>(got));
      if (!complete(connection.in)) continue;
      if (connection.in.compare(0, 12, "HTTP/1.1 200") != 0) die("an answer other than 200");
      connection.in.clear();
      const bench::Time at = bench::now();
      latency.add(bench::us(connection.sent, at));
      ask(connection, request);
    }
    lasted = bench::us(start, bench::now()) / 1e6;
  }
  std::printf("{\"requests\":%zu,\"rps\":%.0f,%s}\n", latency.size(),
              static_cast<double>(latency.size()) / lasted, latency.json("latency").c_str());
  return 0;
}
