#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/file.h"
#include "engine/wasmtime_engine.h"
#include "wapc/guest.h"
#include "wascc/messages/core.h"
#include "wascc/messages/event.h"
#include "wascc/messages/http.h"
#include "wascc/msgpack.h"

namespace wascc {
namespace {

constexpr std::size_t kMaxActorBytes = 1 << 20;

// Answers every host call with the same, and keeps what it saw.
struct OneAnswer : wapc::GuestHost {
  Result<Bytes> host_call(const wapc::HostCall& call) override {
    calls.push_back(std::string(call.name_space) + "/" + std::string(call.operation));
    return answer;
  }
  void console_log(std::string_view text) override { console.emplace_back(text); }
  void output(int, std::string_view text) override { console.emplace_back(text); }

  Result<Bytes> answer = Bytes();
  std::vector<std::string> calls, console;
};

struct CppActors : testing::Test {
  // The answer of the unsigned example of that name.
  Result<Bytes> call(const std::string& name, std::string_view operation, ByteView payload) {
    WASCC_TRY(const Bytes wasm, read_file(WASCC_ACTORS "/" + name + ".wasm", kMaxActorBytes));
    WASCC_TRY(const auto engine, engine::make_wasmtime_engine());
    WASCC_TRY(engine::ModulePtr compiled, engine->compile(wasm));
    WASCC_TRY(auto module, wapc::GuestModule::link(*engine, std::move(compiled)));
    wapc::GuestOptions options;
    options.limits.memory_bytes = 4 << 20;
    WASCC_TRY(const auto guest, wapc::Guest::start(std::move(module), options, host, kNoDeadline));
    return guest->call(operation, payload, host, kNoDeadline);
  }

  OneAnswer host;
};

TEST_F(CppActors, EchoDescribesTheRequest) {
  const HttpRequest request{
      "POST", "/a b", "x=\"1\"", {{"accept", "*/*"}, {"host", "h"}}, to_bytes("Hi")};
  const auto answer = call("echo-cpp", kOpHandleRequest, encode(request));
  ASSERT_TRUE(answer) << answer.error().message();
  const auto response = decode<HttpResponse>(*answer);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status_code, 200u);
  EXPECT_EQ(response->status, "OK");
  EXPECT_EQ(as_text(response->body), R"({"method":"POST","path":"/a b","query_string":"x=\"1\"",)"
                                     R"("headers":{"accept":"*/*","host":"h"},"body":[72,105]})");
  EXPECT_EQ(host.console, std::vector<std::string>{"Received HTTP request: POST /a b"});
}

TEST_F(CppActors, EchoTakesABodyAsLargeAsALambdaEvent) {
  const HttpRequest request{"POST", "/", "", {}, Bytes(300'000, std::byte{7})};
  const auto answer = call("echo-cpp", kOpHandleRequest, encode(request));
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_GT(answer->size(), 600'000u);
}

TEST_F(CppActors, EchoIsHealthyAndRefusesWhatItDoesNotKnow) {
  EXPECT_TRUE(call("echo-cpp", kOpHealth, encode(HealthRequest{})));
  EXPECT_EQ(call("echo-cpp", "Sing", {}).error().message(), "no handler for operation Sing");
  EXPECT_EQ(call("echo-cpp", kOpHandleRequest, as_bytes("\x80")).error().message(),
            "Failed to de-serialize: missing field method");
}

TEST_F(CppActors, EventCountsTheRecords) {
  const Event event{to_bytes(R"({"Records":[{"body":"a"},{"body":"]"}]})")};
  const auto answer = call("event-cpp", kOpHandleEvent, encode(event));
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(as_text(decode<EventResponse>(*answer)->body), R"({"records":2})");
  EXPECT_EQ(call("event-cpp", kOpHandleEvent, encode(Event{to_bytes("{}")})).error().message(),
            "the event has no list of Records");
}

TEST_F(CppActors, PingAsksPongByItsKey) {
  const HttpRequest request{"GET", "/", "5", {}, {}};
  host.answer = *call("pong-cpp", "Ping", as_bytes("\x81\xa5value\x05"));
  const auto answer = call("ping-cpp", kOpHandleRequest, encode(request));
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(as_text(decode<HttpResponse>(*answer)->body), R"({"value":47})");
  ASSERT_EQ(host.calls.size(), 1u);
  EXPECT_EQ(host.calls[0].front(), 'M');
  EXPECT_EQ(host.calls[0].substr(56), "/Ping");
}

TEST_F(CppActors, PingPassesThePlaintOfItsHostOn) {
  host.answer = Error(Errc::kNotFound, "no such actor");
  const HttpRequest request{"GET", "/back", "", {}, {}};
  const auto answer = call("ping-cpp", kOpHandleRequest, encode(request));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message(), "Host error: no such actor");
  EXPECT_EQ(host.calls[0].substr(56), "/PingBack");
}

}  // namespace
}  // namespace wascc
