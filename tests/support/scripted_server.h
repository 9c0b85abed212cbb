// An HTTP/1.1 server inside the test, on a free loopback port: it reads whole requests and sends,
// for each, exactly the bytes that the test wants, right or wrong. A thread per connection.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace wascc::test {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct SeenRequest {
  std::string method, path;
  HeaderList headers;
  std::string body;
  int connection = 0;  // 1 for the first that was accepted

  // Empty if there is none; the case of names does not matter.
  std::string header(std::string_view name) const;
  bool has_header(std::string_view name) const;
};

struct Reply {
  std::string bytes;
  bool close = false;         // the connection, once the bytes are out
  bool byte_by_byte = false;  // each byte its own packet

  // The first `size` bytes and no more.
  Reply cut(std::size_t size) const { return {bytes.substr(0, size), true, byte_by_byte}; }
  Reply slow() const { return {bytes, close, true}; }
};

// A well-formed answer with Content-Length.
Reply http_reply(int status, std::string_view body = "", const HeaderList& headers = {});
// The same, its body in chunks of that many bytes.
Reply chunked_reply(int status, std::string_view body, std::size_t chunk);

class ScriptedServer {
 public:
  // Runs on the connection's thread; nullopt closes it without a byte. One that waits must give up
  // when `gone` says that the client has.
  using Gone = std::function<bool()>;
  using Handler = std::function<std::optional<Reply>(const SeenRequest&, const Gone& gone)>;

  explicit ScriptedServer(Handler handler);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  int connections() const { return accepted_; }  // so far
  // Closes every open connection, as a peer that tired of waiting, and waits until they are closed.
  void drop_connections();

 private:
  void accept_all();
  void serve(int fd, int number);

  const Handler handler_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> accepted_ = 0;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::condition_variable closed_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace wascc::test
