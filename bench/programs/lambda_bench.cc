// Plays the Lambda Runtime API for one runtime process and measures it from outside:
//   cold    exec of the process to its first GET next, and the processor time until it waits for
//           the answer
//   first   first event handed out, then, to its answer received
//   warm    every later event, likewise
//   cpu     processor time of the whole process per warm event
//   rss     resident memory before the first event, after 10,000 and after the last
//   faults  page faults until the first GET next, of the first event, of each later one
// Prints one JSON object; bench.py interleaves runs, builds the peers and makes the table.
//
//   lambda_bench EVENTS EVENT_FILE DIRECTORY COMMAND [ARGUMENT…]
//
// The process runs in DIRECTORY with nothing in its environment but what Lambda sets (and PATH,
// HOME, and what BENCH_ENV adds, NAME=VALUE, one a line). BENCH_GRACE: it ends by SIGTERM.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cstring>
#include <iterator>
#include <sstream>
#include <string_view>

#include "child.h"
#include "samples.h"

namespace {

using bench::now;
using bench::Time;
using bench::us;

[[noreturn]] void die(const std::string& why) {
  std::fprintf(stderr, "lambda_bench: %s\n", why.c_str());
  std::exit(1);
}

// One connection of the process, and the request that arrives on it.
class Connection {
 public:
  explicit Connection(int fd) : fd_(fd) {
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  int fd() const { return fd_; }
  bool open() const { return fd_ >= 0; }

  // Takes what there is; false if the other side has closed.
  bool receive() {
    static char chunk[1 << 18];
    const ssize_t got = recv(fd_, chunk, sizeof chunk, 0);
    if (got <= 0) {
      close(fd_);
      fd_ = -1;
      return false;
    }
    in_.append(chunk, static_cast<std::size_t>(got));
    return true;
  }

  // Moves a whole request out, head and body.
  bool take(std::string& request) {
    if (head_ == 0 && !read_head()) return false;
    if (chunked_) {
      const std::size_t end = in_.find("0\r\n\r\n", std::max(head_, searched_));
      searched_ = in_.size() > 8 ? in_.size() - 8 : 0;
      if (end == std::string::npos) return false;
      need_ = end + 5;
    }
    if (in_.size() < need_) return false;
    request.assign(in_, 0, need_);
    in_.erase(0, need_);
    head_ = need_ = searched_ = 0;
    return true;
  }

  void send_all(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t sent = send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

 private:
  bool read_head() {
    const std::size_t end = in_.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    std::string head = in_.substr(0, end);
    std::ranges::transform(head, head.begin(), [](unsigned char c) { return std::tolower(c); });
    head_ = end + 4;
    const std::size_t length = head.find("\r\ncontent-length:");
    chunked_ = head.find("transfer-encoding: chunked") != std::string::npos;
    need_ = head_;
    if (length != std::string::npos)
      need_ += static_cast<std::size_t>(std::atol(head.c_str() + length + 17));
    return true;
  }

  int fd_;
  std::string in_;
  std::size_t head_ = 0, need_ = 0, searched_ = 0;
  bool chunked_ = false;
};

int listen_on_loopback(std::string& address_text) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener, 16) != 0)
    die("cannot listen on loopback");
  socklen_t length = sizeof address;
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
  address_text = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  return listener;
}

std::vector<std::string> environment(const std::string& api, const std::string& folder) {
  const auto from_ours = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value != nullptr ? value : "");
  };
  std::vector<std::string> all = {"AWS_LAMBDA_RUNTIME_API=" + api,
                                  "LAMBDA_TASK_ROOT=" + folder,
                                  "AWS_LAMBDA_FUNCTION_NAME=bench",
                                  "AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
                                  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=1024",
                                  "AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/bench",
                                  "AWS_LAMBDA_LOG_STREAM_NAME=stream",
                                  "AWS_REGION=eu-west-1",
                                  "_HANDLER=app.handler",
                                  "RUST_LOG=error",
                                  "PATH=" + from_ours("PATH"),
                                  "HOME=" + from_ours("HOME")};
  std::istringstream more(from_ours("BENCH_ENV"));
  for (std::string line; std::getline(more, line);) all.push_back(line);
  return all;
}

// What the API has seen and measured.
class Api {
 public:
  Api(int events, std::string event, const bench::Child& child)
      : events_(events), event_(std::move(event)), child_(child) {}

  void started(Time at) { start_ = at; }
  bool done() const { return done_; }
  const std::string& failure() const { return failure_; }

  void answer(const Connection& connection, const std::string& request) {
    const Time at = now();
    const std::string line = request.substr(0, request.find("\r\n"));
    const auto asks_for = [&line](const char* path) {
      return line.find(path) != std::string::npos;
    };
    if (line.starts_with("GET") && asks_for("/invocation/next")) return next(connection, at);
    if (asks_for("/response")) return response(connection, at);
    if (asks_for("/error"))
      failure_ = "the runtime posted an error: " + request.substr(request.find("\r\n\r\n") + 4);
    if (asks_for("/extension/register"))
      connection.send_all(
          "HTTP/1.1 200 OK\r\nLambda-Extension-Identifier: 1\r\nContent-Length: 2\r\n\r\n{}");
    // extension/event/next blocks for ever
  }

  void print() {
    const double cpu = child_.cpu_ns();
    const long warm = std::max(1, events_ - 1);
    std::printf(
        "{\"cold_us\":%.1f,\"cold_cpu_us\":%.1f,\"first_us\":%.1f,%s,\"cpu_us\":%.2f,\"rss_idle_"
        "kb\":%ld,"
        "\"rss_10000_kb\":%ld,\"rss_end_kb\":%ld,\"anonymous_end_kb\":%ld,\"cold_faults\":%ld,"
        "\"first_faults\":%ld,\"warm_faults\":%.3f}\n",
        cold_, cpu_cold_ / 1000, first_, warm_.json("warm").c_str(),
        (cpu - cpu_before_) / 1000 / static_cast<double>(warm), rss_idle_, rss_10000_,
        child_.rss_kb(), child_.anonymous_kb(), faults_cold_, faults_first_ - faults_idle_,
        static_cast<double>(child_.faults() - faults_first_) / static_cast<double>(warm));
  }

 private:
  void next(const Connection& connection, Time at) {
    if (cold_ < 0) {
      cold_ = us(start_, at);
      faults_cold_ = child_.faults();
      child_.wait_until_idle();
      cpu_cold_ = child_.cpu_ns();
      rss_idle_ = child_.rss_kb();
      faults_idle_ = child_.faults();
    }
    if (sent_ == 10'000) rss_10000_ = child_.rss_kb();
    if (sent_ == 1) {
      faults_first_ = child_.faults();
      cpu_before_ = child_.cpu_ns();
    }
    if (sent_ == events_) {
      done_ = true;
      return;
    }
    ++sent_;
    const auto wall = std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
    answer_ =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: "
        "8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\nLambda-Runtime-Invoked-Function-Arn: "
        "arn:aws:lambda:eu-west-1:123456789012:function:bench\r\nLambda-Runtime-Trace-Id: "
        "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0\r\n"
        "Lambda-Runtime-Deadline-Ms: " +
        std::to_string(wall + 30'000) + "\r\nContent-Length: " + std::to_string(event_.size()) +
        "\r\n\r\n" + event_;
    handed_out_ = now();
    connection.send_all(answer_);
  }

  void response(const Connection& connection, Time at) {
    const double took = us(handed_out_, at);
    if (sent_ == 1)
      first_ = took;
    else
      warm_.add(took);
    connection.send_all(
        "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: "
        "15\r\n\r\n{\"status\":\"OK\"}");
  }

  const int events_;
  const std::string event_;
  const bench::Child& child_;
  Time start_, handed_out_;
  std::string answer_;
  int sent_ = 0;
  bool done_ = false;
  std::string failure_;
  double cold_ = -1, first_ = -1, cpu_cold_ = 0, cpu_before_ = 0;
  bench::Samples warm_;
  long rss_idle_ = 0, rss_10000_ = 0;
  long faults_cold_ = 0, faults_idle_ = 0, faults_first_ = 0;
};

void serve(Api& api, int listener, const bench::Child& child) {
  std::vector<Connection> connections;
  std::string request;
  while (!api.done() && api.failure().empty()) {
    std::vector<pollfd> polls{{listener, POLLIN, 0}};
    for (const Connection& connection : connections) polls.push_back({connection.fd(), POLLIN, 0});
    if (poll(polls.data(), polls.size(), 60'000) <= 0) die("nothing came for a minute");
    const std::size_t known = connections.size();
    if (polls[0].revents != 0)
      connections.emplace_back(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    for (std::size_t i = 0; i < known; ++i) {
      if (polls[i + 1].revents == 0) continue;
      if (!connections[i].receive() && child.ended()) die("the process ended by itself");
      while (!api.done() && connections[i].take(request)) api.answer(connections[i], request);
    }
    std::erase_if(connections, [](const Connection& connection) { return !connection.open(); });
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) die("usage: lambda_bench EVENTS EVENT_FILE DIRECTORY COMMAND [ARGUMENT...]");
  std::ifstream event_file(argv[2], std::ios::binary);
  std::string event{std::istreambuf_iterator<char>(event_file), {}};
  if (event.empty()) die(std::string("cannot read the event ") + argv[2]);

  std::string address;
  const int listener = listen_on_loopback(address);
  bench::Child child;
  Api api(std::atoi(argv[1]), std::move(event), child);
  const auto variables = environment(address, argv[3]);
  api.started(now());
  if (!child.start(argv[3], variables, argv + 4)) die(std::string("cannot start ") + argv[4]);
  serve(api, listener, child);
  if (api.failure().empty()) api.print();
  if (std::getenv("BENCH_GRACE") != nullptr)
    child.terminate();
  else
    child.kill();
  if (!api.failure().empty()) die(api.failure());
  return 0;
}
