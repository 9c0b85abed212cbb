// Plays the Lambda Runtime API for one runtime process at a time and measures it from outside:
//   cold    exec of the process to its first GET next
//   first   first event handed out to its answer received
//   warm    every later event, likewise
//   cpu     processor time of the whole process per warm event
//   rss     resident memory before the first and after the last event
// Prints one JSON object per run on a line of its own; bench/bench.py interleaves runs, builds the
// peers and makes the table.
//
//   lambda_bench EVENTS EVENT_FILE DIRECTORY COMMAND [ARGUMENT…]
//
// The process runs in DIRECTORY with nothing in its environment but what Lambda sets (and PATH,
// HOME).
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Time = std::chrono::steady_clock::time_point;
Time now() { return std::chrono::steady_clock::now(); }
double us(Time from, Time to) {
  return std::chrono::duration<double, std::micro>(to - from).count();
}

[[noreturn]] void die(const std::string& why) {
  std::fprintf(stderr, "lambda_bench: %s\n", why.c_str());
  std::exit(1);
}

// Processor time of all threads, in nanoseconds.
double cpu_ns(pid_t pid) {
  double sum = 0;
  std::error_code ignored;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", ignored)) {
    std::ifstream file(task.path() / "schedstat");
    double ns = 0;
    file >> ns;
    sum += ns;
  }
  return sum;
}

long rss_kb(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("VmRSS:")) return std::atol(line.c_str() + 6);
  return 0;
}

bool contains_nocase(std::string_view text, std::string_view lower) {
  return std::search(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) == b;
         }) != text.end();
}

struct Connection {
  int fd;
  std::string in;
  bool waits = false;  // inside GET next
};

// The length of the first complete request in the buffer, 0 if there is none.
std::size_t complete(const std::string& in) {
  const std::size_t head = in.find("\r\n\r\n");
  if (head == std::string::npos) return 0;
  std::size_t body = 0;
  if (const std::string_view headers(in.data(), head);
      contains_nocase(headers, "\r\ncontent-length:")) {
    std::string lower(headers);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    body =
        static_cast<std::size_t>(std::atol(lower.c_str() + lower.find("\r\ncontent-length:") + 17));
  } else if (contains_nocase(headers, "transfer-encoding: chunked")) {
    const std::size_t end = in.find("\r\n0\r\n\r\n", head);
    const bool empty = in.compare(head + 4, 5, "0\r\n\r\n") == 0;
    if (empty) return head + 9;
    return end == std::string::npos ? 0 : end + 7;
  }
  return in.size() >= head + 4 + body ? head + 4 + body : 0;
}

void send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string median_of(std::vector<double> values, double at) {
  if (values.empty()) return "null";
  std::ranges::sort(values);
  const auto index = std::min(values.size() - 1,
                              static_cast<std::size_t>(at * static_cast<double>(values.size())));
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", values[index]);
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) die("usage: lambda_bench EVENTS EVENT_FILE DIRECTORY COMMAND [ARGUMENT...]");
  const int events = std::atoi(argv[1]);
  std::ifstream event_file(argv[2], std::ios::binary);
  const std::string event{std::istreambuf_iterator<char>(event_file), {}};
  if (event.empty()) die(std::string("cannot read the event ") + argv[2]);

  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener, 16) != 0)
    die("cannot listen on loopback");
  socklen_t length = sizeof address;
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
  const std::string api = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));

  std::vector<std::string> variables = {
      "AWS_LAMBDA_RUNTIME_API=" + api,
      std::string("LAMBDA_TASK_ROOT=") + argv[3],
      "AWS_LAMBDA_FUNCTION_NAME=bench",
      "AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
      "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=1024",
      "AWS_REGION=eu-west-1",
      "_HANDLER=app.handler",
      "RUST_LOG=error",
      std::string("PATH=") + std::getenv("PATH"),
      std::string("HOME=") + (std::getenv("HOME") ? std::getenv("HOME") : "/")};
  std::vector<char*> environment;
  for (std::string& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, argv[3]);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  const char* keep_errors = std::getenv("LAMBDA_BENCH_STDERR");
  if (keep_errors == nullptr)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  const Time start = now();
  if (posix_spawnp(&pid, argv[4], &actions, nullptr, argv + 4, environment.data()) != 0)
    die(std::string("cannot start ") + argv[4]);

  std::vector<Connection> connections;
  double cold = -1, first = -1, cpu_before = 0;
  long rss_idle = 0;
  std::vector<double> warm;
  int sent = 0;
  Time handed_out = start;
  const std::string head =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: "
      "8476a536-e9f4-11e8-9739-"
      "2dfe598c3fcd\r\nLambda-Runtime-Invoked-Function-Arn: "
      "arn:aws:lambda:eu-west-1:123456789012:function:bench\r\n"
      "Lambda-Runtime-Trace-Id: "
      "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0\r\n";
  bool done = false;
  std::string failure;
  while (!done && failure.empty()) {
    std::vector<pollfd> polls{{listener, POLLIN, 0}};
    for (const Connection& connection : connections) polls.push_back({connection.fd, POLLIN, 0});
    if (poll(polls.data(), polls.size(), 20'000) <= 0) {
      failure = "nothing came for 20 s";
      break;
    }
    const std::size_t known = connections.size();
    if ((polls[0].revents & POLLIN) != 0) {
      const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      connections.push_back({fd, {}, false});
    }
    for (std::size_t i = 0; i < known && !done; ++i) {
      if (polls[i + 1].revents == 0) continue;
      Connection& connection = connections[i];
      char chunk[1 << 16];
      const ssize_t got = recv(connection.fd, chunk, sizeof chunk, 0);
      if (got <= 0) {
        close(connection.fd);
        connection.fd = -1;
        continue;
      }
      connection.in.append(chunk, static_cast<std::size_t>(got));
      for (std::size_t size; !done && (size = complete(connection.in)) > 0;) {
        const std::string request = connection.in.substr(0, size);
        connection.in.erase(0, size);
        const Time at = now();
        const std::string line = request.substr(0, request.find("\r\n"));
        if (line.starts_with("GET") && line.find("/invocation/next") != std::string::npos) {
          if (cold < 0) {
            cold = us(start, at);
            rss_idle = rss_kb(pid);
          }
          if (sent == events) {
            done = true;
            break;
          }
          if (sent == 1) cpu_before = cpu_ns(pid);
          ++sent;
          const auto wall = std::chrono::duration_cast<std::chrono::milliseconds>(
                                std::chrono::system_clock::now().time_since_epoch())
                                .count();
          const std::string answer =
              head + "Lambda-Runtime-Deadline-Ms: " + std::to_string(wall + 3000) +
              "\r\nContent-Length: " + std::to_string(event.size()) + "\r\n\r\n" + event;
          handed_out = now();
          send_all(connection.fd, answer);
        } else if (line.find("/response") != std::string::npos) {
          const double took = us(handed_out, at);
          if (sent == 1)
            first = took;
          else
            warm.push_back(took);
          send_all(connection.fd,
                   "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: "
                   "15\r\n\r\n{\"status\":\"OK\"}");
        } else if (line.find("/error") != std::string::npos) {
          failure = "the runtime posted an error: " + request.substr(request.find("\r\n\r\n") + 4);
        } else if (line.find("/extension/register") != std::string::npos) {
          send_all(
              connection.fd,
              "HTTP/1.1 200 OK\r\nLambda-Extension-Identifier: 1\r\nContent-Length: 2\r\n\r\n{}");
        }  // extension/event/next blocks for ever
      }
    }
    std::erase_if(connections, [](const Connection& connection) { return connection.fd < 0; });
    if (waitpid(pid, nullptr, WNOHANG) == pid) failure = "the process ended by itself";
  }
  const double cpu_after = cpu_ns(pid);
  const long rss_end = rss_kb(pid);
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  if (!failure.empty()) die(failure);
  std::printf(
      "{\"cold_us\":%.1f,\"first_us\":%.1f,\"warm_min_us\":%s,\"warm_p50_us\":%s,\"warm_p99_us\":%"
      "s,"
      "\"cpu_us\":%.2f,\"rss_idle_kb\":%ld,\"rss_end_kb\":%ld,\"events\":%d}\n",
      cold, first, median_of(warm, 0).c_str(), median_of(warm, 0.5).c_str(),
      median_of(warm, 0.99).c_str(),
      events > 1 ? (cpu_after - cpu_before) / 1000 / (events - 1) : 0.0, rss_idle, rss_end, sent);
  return 0;
}
