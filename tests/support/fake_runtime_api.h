// A Lambda Runtime API inside the test, for faults: it answers as the platform does unless the test
// has scripted another answer, and remembers every request. Queue an event, wait for its answer:
//
//   FakeRuntimeApi api;                      // AWS_LAMBDA_RUNTIME_API = api.address()
//   api.queue({"id-1", R"({"a":1})"});
//   const SeenRequest answer = api.wait_for("id-1");
//
// All functions may be called from any thread, but watch and the waiting ones from one.
#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "support/scripted_server.h"

namespace wascc::test {

enum class ApiCall { kNext, kResponse, kError, kInitError, kRegister, kExtensionNext, kOther };

struct FakeEvent {
  std::string request_id;
  std::string body;
  // Beside, or instead of, the usual ones; an empty value is sent as an empty header.
  HeaderList headers = {};
};

class FakeRuntimeApi {
 public:
  // `path` stands in front of every path of the API, as with cargo-lambda.
  explicit FakeRuntimeApi(std::string path = "");
  ~FakeRuntimeApi();

  std::string address() const { return server_.address() + path_; }

  // Delivered in order, each to one GET next, which waits until there is one.
  void queue(FakeEvent event);
  // The next call of that kind gets this answer instead of the usual one; several: one each.
  void script(ApiCall call, Reply reply);
  // The next call of that kind finds the connection closed without a byte.
  void script_close(ApiCall call);
  // What GET next would answer with this event: to be cut or changed, and scripted.
  static Reply event_reply(const FakeEvent& event);

  // Called while a test waits below: the reason why nobody will answer, once there is one. Then the
  // test fails with it instead of waiting for ever, and gets an empty request.
  void watch(std::function<std::optional<std::string>()> death);

  // Waits for the response or error of that event, which may have come already.
  SeenRequest wait_for(std::string_view request_id);
  // Waits until there have been `count` calls of that kind; the last of these.
  SeenRequest wait_for_call(ApiCall call, std::size_t count = 1);
  std::vector<SeenRequest> seen(ApiCall call) const;

  int connections() const { return server_.connections(); }
  void drop_connections() { server_.drop_connections(); }

 private:
  static constexpr std::size_t kCalls = 7;
  struct Scripted {
    bool close_at_once;
    Reply reply;
  };

  template <class Ready>
  bool wait(std::unique_lock<std::mutex>& lock, Ready ready);
  std::optional<Reply> answer(const SeenRequest& request, const ScriptedServer::Gone& gone);
  ApiCall call_of(const SeenRequest& request) const;

  const std::string path_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<FakeEvent> events_;
  std::set<std::string> open_;  // delivered and not answered
  std::array<std::deque<Scripted>, kCalls> scripts_;
  std::array<std::vector<SeenRequest>, kCalls> seen_;
  std::function<std::optional<std::string>()> death_;
  ScriptedServer server_;  // last: its threads use all of the above
};

}  // namespace wascc::test
