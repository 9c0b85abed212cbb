#include "providers/http_server.h"

#include <gtest/gtest.h>

#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "support/fake_dispatcher.h"
#include "support/manual_clock.h"
#include "support/memory_log.h"
#include "support/raw_client.h"
#include "wascc/messages/http.h"
#include "wascc/msgpack.h"

namespace wascc::providers {
namespace {

using std::chrono::seconds;

struct HttpServerProviderTest : testing::Test {
  HttpServerProviderTest() {
    options.port = 0;
    dispatcher.answer = [](const Dispatch&) -> Result<Bytes> {
      return encode(HttpResponse{200, "OK", {}, to_bytes(std::string_view("hello"))});
    };
  }

  HttpServerProvider& provider() {
    if (!provider_) {
      provider_ = std::make_unique<HttpServerProvider>(options, clock, Log(log));
      EXPECT_TRUE(provider_->start(dispatcher));
    }
    return *provider_;
  }
  std::uint16_t bind(const std::string& actor, StringMap values = {}) {
    const Status bound = provider().bind({actor, std::move(values)});
    EXPECT_TRUE(bound) << (bound ? "" : bound.error().message());
    for (const auto& endpoint : provider().endpoints())
      if (endpoint.actor == actor) return endpoint.port;
    ADD_FAILURE() << actor << " has no port";
    return 0;
  }
  // The whole answer to one request on a connection of its own.
  static std::string ask(std::uint16_t port, const std::string& request_line,
                         const std::string& headers = "", const std::string& body = "") {
    test::RawClient client(port);
    client.say(request_line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers +
               (body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") +
               "\r\n" + body);
    return client.hear_all();
  }
  HttpRequest last_request() const {
    const auto request = decode<HttpRequest>(dispatcher.calls().back().payload);
    EXPECT_TRUE(request);
    return request ? *request : HttpRequest();
  }
  void answer_with(HttpResponse response) {
    dispatcher.answer = [bytes = encode(response)](const Dispatch&) -> Result<Bytes> {
      return bytes;
    };
  }

  HttpServerOptions options;
  test::ManualClock clock;
  test::MemoryLog log;
  test::FakeDispatcher dispatcher;

 private:
  std::unique_ptr<HttpServerProvider> provider_;
};

std::string value(const StringMap& map, std::string_view name) {
  for (const auto& [key, text] : map)
    if (key == name) return text;
  return "(none)";
}

TEST_F(HttpServerProviderTest, GivesTheActorTheRequestAsAFunctionUrlWould) {
  options.request = seconds(7);
  const auto port = bind("M1");
  ask(port, "POST /a%20b/c?d=1&e=%2F",
      "X-Twice: 1\r\nx-twice: 2\r\nContent-Type: a\r\nContent-Type: b\r\nCookie: k=1\r\n"
      "Cookie: l=2\r\nX-Latin: \xE4\r\n",
      "body");
  ASSERT_EQ(dispatcher.calls().size(), 1U);
  EXPECT_EQ(dispatcher.calls()[0].actor, "M1");
  EXPECT_EQ(dispatcher.calls()[0].operation, "HandleRequest");
  EXPECT_EQ(dispatcher.calls()[0].deadline, clock.steady_now() + seconds(7));
  const HttpRequest request = last_request();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/a%20b/c");
  EXPECT_EQ(request.query_string, "d=1&e=%2F");
  EXPECT_EQ(as_text(request.body), "body");
  EXPECT_EQ(value(request.header, "x-twice"), "1, 2");
  EXPECT_EQ(value(request.header, "content-type"), "b");
  EXPECT_EQ(value(request.header, "cookie"), "k=1; l=2");
  EXPECT_EQ(value(request.header, "x-latin"), "\xC3\xA4");
  EXPECT_EQ(value(request.header, "connection"), "(none)");
}

TEST_F(HttpServerProviderTest, TakesTheBasePathOff) {
  options.base_path = "/shop";
  ask(bind("M1"), "GET /shop/cart?x");
  EXPECT_EQ(last_request().path, "/cart");
}

TEST_F(HttpServerProviderTest, SendsTheAnswerCleanedAndItsValuesOnLinesOfTheirOwn) {
  answer_with({201,
               "201 Made",
               {{"Set-Cookie", "a=1\nb=2"},
                {"Connection", "close, X-Gone"},
                {"X-Gone", "1"},
                {"Content-Length", "9000"},
                {"X-Kept", "yes"},
                {"X-Split", "a\rEvil: 1"}},
               to_bytes(std::string_view("made"))});
  const std::string answer = ask(bind("M1"), "GET /");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 201 Made\r\nDate: ")) << answer;
  EXPECT_TRUE(
      answer.ends_with("\r\nContent-Length: 4\r\nConnection: close\r\n"
                       "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Kept: yes\r\n\r\nmade"))
      << answer;
  EXPECT_EQ(log.count("header=X-Split"), 1);
}

TEST_F(HttpServerProviderTest, AnswersAFailureWith500AndLogsItOnce) {
  struct Case {
    const char* name;
    Result<Bytes> answer;
  };
  const Case cases[] = {{"actor", Error(Errc::kGuest, "sörry")},
                        {"trap", Error(Errc::kTrap, "unreachable")},
                        {"late", Error(Errc::kTimeout, "stopped")},
                        {"no message", to_bytes(std::string_view("\xC1"))},
                        {"no status", encode(HttpResponse{0, "", {}, {}})},
                        {"odd status", encode(HttpResponse{600, "", {}, {}})}};
  const auto port = bind("M1");
  int failures = 0;
  for (const Case& c : cases) {
    dispatcher.answer = [&](const Dispatch&) { return c.answer; };
    const std::string answer = ask(port, "GET /");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 Internal Server Error\r\n")) << c.name << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\nFailed to handle request")) << c.name << answer;
    EXPECT_EQ(log.count("error http actor failed to answer"), ++failures) << c.name;
  }
  EXPECT_EQ(log.count("sörry"), 1);
}

TEST_F(HttpServerProviderTest, RefusesWhatNoActorCanBeAsked) {
  EXPECT_TRUE(ask(bind("M1"), "OPTIONS *").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(dispatcher.calls().empty());
}

TEST_F(HttpServerProviderTest, LogsEachRequestWithoutQueryAndHeaders) {
  const auto port = bind("M1");
  ask(port, "GET /p?secret=1", "Authorization: hidden\r\n");
  EXPECT_EQ(log.count("info http request method=GET path=/p status=200 bytes=5 ms=0.000"), 1);
  EXPECT_EQ(log.count("secret") + log.count("hidden"), 0);
}

TEST_F(HttpServerProviderTest, FreesThePortWhenTheActorIsUnbound) {
  const auto port = bind("M1");
  EXPECT_TRUE(ask(port, "GET /").starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(provider().unbind("M1"));
  EXPECT_TRUE(provider().endpoints().empty());
  options.port.reset();
  HttpServerProvider other(options, clock, Log(log));
  ASSERT_TRUE(other.start(dispatcher));
  EXPECT_TRUE(other.bind({"M2", {{"PORT", std::to_string(port)}}}));
}

TEST_F(HttpServerProviderTest, SaysThatThePortIsTaken) {
  options.port.reset();
  const auto port = bind("M1", {{"PORT", "0"}});
  const Status second = provider().bind({"M2", {{"PORT", std::to_string(port)}}});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Errc::kUnavailable);
  EXPECT_NE(second.error().message().find("is taken"), std::string::npos);
  EXPECT_EQ(provider().endpoints().size(), 1U);
}

TEST_F(HttpServerProviderTest, RefusesAPortThatIsNone) {
  for (const char* port : {"", "x", "65536", "-1", "80 "}) {
    const Status bound = provider().bind({"M1", {{"PORT", port}}});
    ASSERT_FALSE(bound) << port;
    EXPECT_EQ(bound.error().code(), Errc::kInvalid);
  }
}

TEST_F(HttpServerProviderTest, TakesTheOptionsPortForTheFirstActorAlone) {
  const auto first = bind("M1", {{"PORT", "1"}});
  const auto second = bind("M2", {{"PORT", "0"}});
  EXPECT_NE(first, 1);
  EXPECT_NE(first, second);
  EXPECT_EQ(bind("M1", {{"PORT", "2"}}), first) << "an update keeps the server";
}

TEST_F(HttpServerProviderTest, MovesWhenAnUpdateNamesAnotherPort) {
  options.port.reset();
  const auto first = bind("M1", {{"PORT", "0"}});
  HttpServerProvider gap(options, clock, Log(log));
  ASSERT_TRUE(gap.start(dispatcher));
  ASSERT_TRUE(gap.bind({"M2", {{"PORT", "0"}}}));
  const auto free_port = gap.endpoints().front().port;
  ASSERT_TRUE(gap.unbind("M2"));
  EXPECT_EQ(bind("M1", {{"PORT", std::to_string(free_port)}}), free_port);
  EXPECT_TRUE(ask(free_port, "GET /").starts_with("HTTP/1.1 200 "));
  options.port = first;  // is free again
  HttpServerProvider other(options, clock, Log(log));
  ASSERT_TRUE(other.start(dispatcher));
  EXPECT_TRUE(other.bind({"M2", {}}));
}

TEST_F(HttpServerProviderTest, AnswersWhatHasBegunWhenItStops) {
  std::latch busy(1), release(1);
  dispatcher.answer = [&](const Dispatch&) -> Result<Bytes> {
    busy.count_down();
    release.wait();
    return encode(HttpResponse{202, "", {}, {}});
  };
  const auto port = bind("M1");
  std::jthread asker([&] { EXPECT_TRUE(ask(port, "GET /").starts_with("HTTP/1.1 202 ")); });
  busy.wait();
  std::jthread ender([&] { provider().stop(); });
  release.count_down();
}

TEST_F(HttpServerProviderTest, KeepsAnswersApartUnderParallelLoad) {
  dispatcher.answer = [](const Dispatch& call) -> Result<Bytes> {
    WASCC_TRY(const HttpRequest request, decode<HttpRequest>(call.payload));
    return encode(HttpResponse{200, "OK", {}, to_bytes(std::string(call.actor) + request.path)});
  };
  constexpr std::size_t kThreads = 6, kCalls = 20;
  const std::uint16_t ports[] = {bind("M0"), bind("M1")};
  std::vector<std::string> wrong(kThreads);
  std::latch together(kThreads);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < kThreads; ++t)
      threads.emplace_back([&, t] {
        together.arrive_and_wait();
        for (std::size_t i = 0; i < kCalls; ++i) {
          const std::string path = "/" + std::to_string(t) + "/" + std::to_string(i);
          const std::string answer = ask(ports[t % 2], "GET " + path);
          if (!answer.ends_with("\r\n\r\nM" + std::to_string(t % 2) + path)) wrong[t] = answer;
        }
      });
  }
  for (const std::string& text : wrong) EXPECT_EQ(text, "");
}

TEST_F(HttpServerProviderTest, RefusesCallsOfActors) {
  EXPECT_EQ(provider().handle_call({"M1", "Serve", {}}).error().message(),
            "Unsupported operation: Serve/M1");
}

}  // namespace
}  // namespace wascc::providers
