#include "net/http_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <deque>
#include <latch>
#include <mutex>
#include <thread>

#include "base/file_descriptor.h"
#include "support/scripted_server.h"

namespace wascc::net {
namespace {

using test::chunked_reply;
using test::http_reply;
using test::Reply;
using test::ScriptedServer;
using test::SeenRequest;

// A server that never accepts: the system answers for it, and takes what its buffers hold.
class DeafServer {
 public:
  DeafServer() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener_.get(), raw, size) + ::listen(listener_.get(), 1), 0);
    EXPECT_EQ(::getsockname(listener_.get(), raw, &size), 0);
    port_ = ntohs(address.sin_port);
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  const FileDescriptor listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::uint16_t port_ = 0;
};

// A server with a queue of replies, and a client of it.
class HttpClientTest : public testing::Test {
 protected:
  HttpClientTest()
      : server_([this](const SeenRequest& request, const auto&) { return answer(request); }),
        client_(parse_http_address(server_.address() + "/base").value()) {}

  std::optional<Reply> answer(const SeenRequest& request) {
    const std::scoped_lock lock(mutex_);
    seen_.push_back(request);
    if (replies_.empty()) return std::nullopt;
    const Reply reply = replies_.front();
    replies_.pop_front();
    return reply;
  }
  void reply(Reply reply) {
    const std::scoped_lock lock(mutex_);
    replies_.push_back(std::move(reply));
  }
  SeenRequest last_seen() {
    const std::scoped_lock lock(mutex_);
    return seen_.back();
  }
  Status get(std::size_t max_body = 1 << 20) {
    return client_.send({"GET", "/x", {}, {}, max_body});
  }
  std::string body() { return to_text(client_.response().body()); }

  std::mutex mutex_;
  std::deque<Reply> replies_;
  std::vector<SeenRequest> seen_;
  ScriptedServer server_;
  HttpClient client_;
};

TEST_F(HttpClientTest, SendsMethodPathHeadersAndBody) {
  reply(http_reply(202, "ok"));
  const HttpHeader headers[] = {{"X-One", "1"}, {"X-Two", "a b"}};
  ASSERT_TRUE(client_.send({"POST", "/path", headers, as_bytes("payload")}));
  EXPECT_EQ(client_.response().status(), 202);
  EXPECT_EQ(body(), "ok");
  const SeenRequest seen = last_seen();
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.path, "/base/path");
  EXPECT_EQ(seen.header("Host"), server_.address());
  EXPECT_EQ(seen.header("x-one"), "1");
  EXPECT_EQ(seen.header("x-two"), "a b");
  EXPECT_EQ(seen.body, "payload");
}

TEST_F(HttpClientTest, SaysThatAnEmptyPostIsEmptyAndAGetHasNoBody) {
  reply(http_reply(202));
  reply(http_reply(200));
  ASSERT_TRUE(client_.send({"POST", "/", {}, {}}));
  EXPECT_EQ(last_seen().header("Content-Length"), "0");
  ASSERT_TRUE(get());
  EXPECT_FALSE(last_seen().has_header("Content-Length"));
}

TEST_F(HttpClientTest, UsesOneConnectionForManyRequests) {
  for (int i = 0; i < 20; ++i) {
    reply(http_reply(i % 2 == 0 ? 200 : 413, std::string(static_cast<std::size_t>(i) * 1000, 'x')));
    ASSERT_TRUE(get());
    EXPECT_EQ(body().size(), static_cast<std::size_t>(i) * 1000);
  }
  EXPECT_EQ(server_.connections(), 1);
}

TEST_F(HttpClientTest, FindsHeadersInAnyCaseAndTakesEmptyForAbsent) {
  reply(http_reply(200, "", {{"X-Id", "a"}, {"x-empty", ""}, {"X-ID", "second"}, {"Blank", "  "}}));
  ASSERT_TRUE(get());
  EXPECT_EQ(client_.response().header("x-id"), "a");
  EXPECT_EQ(client_.response().header("X-Empty"), "");
  EXPECT_EQ(client_.response().header("blank"), "");
  EXPECT_EQ(client_.response().header("missing"), "");
}

TEST_F(HttpClientTest, ReadsChunkedAnswersOfAnyCut) {
  std::string text(70'000, 'y');
  for (const std::size_t chunk : {1UL, 7UL, 4096UL, 100'000UL}) {
    reply(chunked_reply(200, text, chunk));
    ASSERT_TRUE(get()) << chunk;
    EXPECT_EQ(body(), text) << chunk;
  }
  reply(
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n0\r\nX-Id: "
       "t\r\n\r\n"});
  ASSERT_TRUE(get());
  EXPECT_EQ(body(), "abc");
  EXPECT_EQ(client_.response().header("x-id"), "");  // a trailer is no header
  EXPECT_EQ(server_.connections(), 1);
}

TEST_F(HttpClientTest, ReadsSlowAnswersByteByByte) {
  reply(http_reply(200, "slow", {{"A", "b"}}).slow());
  ASSERT_TRUE(get());
  EXPECT_EQ(body(), "slow");
  EXPECT_EQ(client_.response().header("a"), "b");
  reply(chunked_reply(200, "slow too", 3).slow());
  ASSERT_TRUE(get());
  EXPECT_EQ(body(), "slow too");
}

TEST_F(HttpClientTest, AnAnswerCutAtAnyByteIsAFailure) {
  const Reply whole = http_reply(200, "body", {{"Id", "1"}});
  for (std::size_t size = 0; size < whole.bytes.size(); ++size) {
    reply(whole.cut(size));
    const Status done = get();
    ASSERT_FALSE(done) << size;
    EXPECT_EQ(done.error().code(), Errc::kUnavailable) << size;
    EXPECT_EQ(client_.unanswered(), size == 0) << size;
    EXPECT_FALSE(client_.stale()) << size;
    EXPECT_FALSE(client_.connected()) << size;
  }
  reply(whole);
  ASSERT_TRUE(get());
  EXPECT_EQ(body(), "body");
}

TEST_F(HttpClientTest, AChunkedAnswerCutAtAnyByteIsAFailure) {
  const Reply whole = chunked_reply(200, "body", 2);
  for (std::size_t size = 1; size < whole.bytes.size(); ++size) {
    reply(whole.cut(size));
    EXPECT_FALSE(get()) << size;
  }
}

TEST_F(HttpClientTest, AConnectionClosedWhileIdleIsStaleAndTheNextRequestGetsANewOne) {
  reply(http_reply(200));
  ASSERT_TRUE(get());
  server_.drop_connections();
  ASSERT_FALSE(get());
  EXPECT_TRUE(client_.stale());
  reply(http_reply(200, "fresh"));
  ASSERT_TRUE(get());
  EXPECT_EQ(body(), "fresh");
  EXPECT_EQ(server_.connections(), 2);
}

TEST_F(HttpClientTest, AFreshConnectionThatClosesWithoutAByteIsNotStale) {
  ASSERT_FALSE(get());
  EXPECT_FALSE(client_.stale());
  EXPECT_TRUE(client_.unanswered());
}

TEST_F(HttpClientTest, AnAnswerThatBreaksOffOnAUsedConnectionIsNotStale) {
  reply(http_reply(200));
  reply(http_reply(200, "body").cut(20));
  ASSERT_TRUE(get());
  ASSERT_FALSE(get());
  EXPECT_FALSE(client_.stale());
}

TEST_F(HttpClientTest, ConnectsAnewAfterConnectionClose) {
  Reply last = http_reply(200, "a", {{"Connection", "close"}});
  last.close = true;
  reply(last);
  reply(http_reply(200, "b"));
  ASSERT_TRUE(get());
  ASSERT_TRUE(get());
  EXPECT_EQ(body(), "b");
  EXPECT_EQ(server_.connections(), 2);
}

TEST_F(HttpClientTest, AnAnswerWithoutLengthEndsWithTheConnection) {
  reply({"HTTP/1.1 200 OK\r\n\r\nuntil the end", true});
  reply(http_reply(200, "next"));
  ASSERT_TRUE(get());
  EXPECT_EQ(body(), "until the end");
  ASSERT_TRUE(get());
  EXPECT_EQ(body(), "next");
}

TEST_F(HttpClientTest, A204HasNoBodyAndKeepsTheConnection) {
  reply(http_reply(204));
  reply(http_reply(200, "next"));
  ASSERT_TRUE(get());
  EXPECT_EQ(client_.response().status(), 204);
  EXPECT_EQ(body(), "");
  ASSERT_TRUE(get());
  EXPECT_EQ(server_.connections(), 1);
}

TEST_F(HttpClientTest, PassesOverInterimAnswers) {
  reply({"HTTP/1.1 100 Continue\r\nX: y\r\n\r\n" + http_reply(200, "real").bytes});
  ASSERT_TRUE(get());
  EXPECT_EQ(client_.response().status(), 200);
  EXPECT_EQ(client_.response().header("x"), "");
  EXPECT_EQ(body(), "real");
}

TEST_F(HttpClientTest, BytesBehindAnAnswerEndTheConnection) {
  reply({http_reply(200, "a").bytes + "HTTP/1.1 500 Forged\r\nContent-Length: 0\r\n\r\n"});
  reply(http_reply(200, "b"));
  ASSERT_TRUE(get());
  EXPECT_FALSE(client_.connected());
  ASSERT_TRUE(get());
  EXPECT_EQ(body(), "b");
}

TEST_F(HttpClientTest, RefusesWhatIsNoHttp) {
  for (const char* bytes :
       {"SSH-2.0-server\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/3.0 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\na", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    reply({bytes, true});
    const Status done = get();
    ASSERT_FALSE(done) << bytes;
    EXPECT_EQ(done.error().code(), Errc::kMalformed) << bytes << done.error().message();
  }
}

TEST_F(HttpClientTest, RefusesBodiesAndHeadersOverTheLimit) {
  reply(http_reply(200, "12345"));
  EXPECT_EQ(get(4).error().code(), Errc::kTooLarge);
  reply(chunked_reply(200, "12345", 2));
  EXPECT_EQ(get(4).error().code(), Errc::kTooLarge);
  reply({"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999\r\n\r\n", true});
  EXPECT_EQ(get().error().code(), Errc::kTooLarge);
  reply(http_reply(200, "", {{"X", std::string(kMaxHttpHeaderBytes, 'x')}}));
  EXPECT_EQ(get().error().code(), Errc::kTooLarge);
  test::HeaderList many;
  for (int i = 0; i < 10'000; ++i) many.emplace_back("X-" + std::to_string(i), "value");
  reply(http_reply(200, "", many));
  EXPECT_EQ(get().error().code(), Errc::kTooLarge);
  reply(http_reply(200, "1234", {{"X", std::string(30'000, 'x')}}));
  ASSERT_TRUE(get(4));
  EXPECT_EQ(client_.response().header("x").size(), 30'000U);
}

TEST_F(HttpClientTest, CarriesLargeBodiesBothWays) {
  const std::string large(6'291'556, 'z');
  reply(http_reply(200, large));
  ASSERT_TRUE(client_.send({"POST", "/", {}, as_bytes(large), large.size()}));
  EXPECT_EQ(body(), large);
  EXPECT_EQ(last_seen().body, large);
}

TEST_F(HttpClientTest, RefusesRequestsThatWouldBreakTheirLines) {
  const HttpHeader headers[] = {{"X", "a\r\nY: b"}};
  EXPECT_EQ(client_.send({"GET", "/", headers, {}}).error().code(), Errc::kInvalid);
  EXPECT_EQ(client_.send({"GET", "/\nx", {}, {}}).error().code(), Errc::kInvalid);
}

TEST_F(HttpClientTest, HandsItsBodyOver) {
  reply(http_reply(200, "mine"));
  ASSERT_TRUE(get());
  EXPECT_EQ(to_text(client_.response().take_body()), "mine");
  EXPECT_EQ(body(), "");
}

TEST(HttpClient, AnAnswerThatNobodyTookIsNotThatOfTheNextRequest) {
  const ScriptedServer server(
      [](const SeenRequest& request, const auto&) { return http_reply(200, request.path); });
  HttpClient client(parse_http_address(server.address()).value());
  ASSERT_TRUE(client.ask({"GET", "/first", {}, {}}));
  ASSERT_TRUE(client.send({"GET", "/second", {}, {}}));
  EXPECT_EQ(as_text(client.response().body()), "/second");
}

TEST(HttpClient, SaysThatNobodyListens) {
  std::string address;
  {
    const ScriptedServer gone([](const auto&, const auto&) { return std::nullopt; });
    address = gone.address();
  }
  HttpClient client(parse_http_address(address).value());
  const Status done = client.connect();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code(), Errc::kUnavailable);
  EXPECT_EQ(done.error().message(), "connect to " + address + ": refused: Connection refused");
}

TEST(HttpClient, GivesUpOnASilentServerWhereItHasATimeout) {
  const ScriptedServer silent([](const auto&, const ScriptedServer::Gone& gone) {
    while (!gone()) std::this_thread::yield();
    return std::nullopt;
  });
  HttpTimeouts timeouts;
  timeouts.connect = std::chrono::seconds(60);
  timeouts.standstill = std::chrono::milliseconds(1);
  HttpClient client(parse_http_address(silent.address()).value(), timeouts);
  EXPECT_EQ(client.send({"GET", "/", {}, {}}).error().code(), Errc::kTimeout);
  EXPECT_FALSE(client.stale());
}

TEST(HttpClient, APatientRequestWaitsWhileOthersAreGivenUp) {
  std::latch asked(1), others_over(1);
  ScriptedServer server(
      [&](const SeenRequest& seen, const ScriptedServer::Gone& gone) -> std::optional<Reply> {
        if (seen.path == "/patient") {
          asked.count_down();
          others_over.wait();
          return http_reply(200, "late");
        }
        while (!gone()) std::this_thread::yield();
        return std::nullopt;
      });
  HttpTimeouts timeouts;
  timeouts.standstill = std::chrono::milliseconds(2);
  const HttpAddress address = parse_http_address(server.address()).value();
  std::thread others([&] {
    asked.wait();
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(HttpClient(address, timeouts).send({"GET", "/", {}, {}}).error().code(),
                Errc::kTimeout);
    others_over.count_down();
  });
  HttpClient client(address, timeouts);
  EXPECT_TRUE(client.send({"GET", "/patient", {}, {}, 100, true}));
  EXPECT_EQ(to_text(client.response().body()), "late");
  others.join();
}

TEST(HttpClient, GivesUpOnAServerThatDoesNotTakeTheBody) {
  const DeafServer deaf;
  HttpTimeouts timeouts;
  timeouts.standstill = std::chrono::milliseconds(20);
  HttpClient client(parse_http_address(deaf.address()).value(), timeouts);
  const std::string more_than_the_system_keeps(64 << 20, 'x');
  const Status done = client.send({"POST", "/", {}, as_bytes(more_than_the_system_keeps)});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code(), Errc::kTimeout);
  EXPECT_EQ(done.error().message(),
            "POST " + deaf.address() + ": given up: no byte in either direction for 20 ms");
}

TEST(Standstill, ABodyThatDrainsSlowlyIsProgress) {
  Standstill standstill;
  for (int left = 6 << 20; left > 0; left -= 1000) ASSERT_FALSE(standstill.reached(left)) << left;
  EXPECT_FALSE(standstill.reached(0));
  EXPECT_FALSE(standstill.reached(0));
  EXPECT_TRUE(standstill.reached(0));
}

TEST(Standstill, OneHalfWithoutAByteIsNone) {
  Standstill standstill;
  for (int halves = 0; halves < 10; ++halves) {
    ASSERT_FALSE(standstill.reached(0));
    standstill.restart();
  }
  EXPECT_FALSE(standstill.reached(0));
  EXPECT_TRUE(standstill.reached(0));
}

TEST(HttpClient, InterruptEndsAWaitingCallAndAllLaterOnes) {
  std::latch asked(1);
  ScriptedServer silent([&asked](const auto&, const ScriptedServer::Gone& gone) {
    asked.count_down();
    while (!gone()) std::this_thread::yield();
    return std::nullopt;
  });
  HttpClient client(parse_http_address(silent.address()).value());
  std::thread stopper([&] {
    asked.wait();
    client.interrupt();
  });
  EXPECT_FALSE(client.send({"GET", "/", {}, {}}));
  stopper.join();
  EXPECT_FALSE(client.send({"GET", "/", {}, {}}));
  EXPECT_EQ(silent.connections(), 1);
}

}  // namespace
}  // namespace wascc::net
