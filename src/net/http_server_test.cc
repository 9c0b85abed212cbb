#include "net/http_server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <string>
#include <thread>

#include "support/raw_client.h"

namespace wascc::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Client = test::RawClient;

// Answers with what it was asked, in a form that shows where parts begin and end.
ServerResponse echo(const ServerRequest& request) {
  ServerResponse response;
  response.headers.emplace_back("x-peer", request.peer);
  response.body = to_bytes(std::string(request.method) + " " + std::string(request.target) + " [" +
                           std::string(as_text(request.body)) + "]");
  return response;
}

std::unique_ptr<HttpServer> serve(HttpServer::Handler handler = echo, unsigned workers = 1,
                                  ServerLimits limits = {}) {
  ServerOptions options;
  options.address = "127.0.0.1";
  options.port = 0;
  options.workers = workers;
  options.limits = limits;
  auto server = HttpServer::start(options, std::move(handler));
  if (!server) ADD_FAILURE() << server.error().message();
  return *std::move(server);
}

TEST(HttpServer, AnswersRequestsOnOneConnectionInOrder) {
  const auto server = serve();
  Client client(server->port());
  client.say(
      "GET /a?b=1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /c HTTP/1.1\r\nHost: x\r\nContent-Length: "
      "2\r\n\r\nhi");
  const std::string first = client.hear("GET /a?b=1 []");
  EXPECT_NE(first.find("HTTP/1.1 200 OK\r\n"), std::string::npos);
  EXPECT_NE(first.find("Content-Length: 13\r\n"), std::string::npos) << first;
  EXPECT_NE(first.find("x-peer: 127.0.0.1\r\n"), std::string::npos);
  EXPECT_NE(client.hear("POST /c [hi]").find("POST /c [hi]"), std::string::npos);
}

TEST(HttpServer, TakesARequestInAnyPieces) {
  const auto server = serve();
  Client client(server->port());
  for (const char c :
       std::string("POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"))
    client.say(std::string_view(&c, 1));
  EXPECT_NE(client.hear("[abcde]").find("POST /p [abcde]"), std::string::npos);
}

TEST(HttpServer, GivesHeadTheLengthAndNoBody) {
  const auto server = serve();
  Client client(server->port());
  client.say("HEAD /h HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string answer = client.hear_all();
  EXPECT_NE(answer.find("Content-Length: 10\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST(HttpServer, SaysContinueToAClientThatWaitsForIt) {
  const auto server = serve();
  Client client(server->port());
  client.say("PUT /p HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.hear("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.say("ok");
  EXPECT_NE(client.hear("[ok]").find("PUT /p [ok]"), std::string::npos);
}

TEST(HttpServer, RefusesWhatIsOverALimitOrMalformedAndCloses) {
  struct Case {
    const char* name;
    std::string request;
    const char* status;
  };
  ServerLimits limits;
  limits.header_bytes = 512;
  limits.body_bytes = 10;
  const auto server = serve(echo, 1, limits);
  const Case cases[] = {
      {"no HTTP", "hello\r\n\r\n", "HTTP/1.1 400 Bad Request"},
      {"header", "GET / HTTP/1.1\r\nX: " + std::string(600, 'a') + "\r\n\r\n", "HTTP/1.1 431 "},
      {"endless header", "GET / HTTP/1.1\r\nX: " + std::string(5000, 'a'), "HTTP/1.1 431 "},
      {"body", "POST / HTTP/1.1\r\nContent-Length: 11\r\n\r\n01234567890", "HTTP/1.1 413 "},
      {"chunked body",
       "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n",
       "HTTP/1.1 413 "},
      {"two lengths", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
       "HTTP/1.1 400 "},
      {"length and chunks",
       "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "HTTP/1.1 400 "}};
  for (const Case& c : cases) {
    Client client(server->port());
    client.say(c.request);
    const std::string answer = client.hear_all();
    EXPECT_TRUE(answer.starts_with(c.status)) << c.name << ": " << answer;
    EXPECT_NE(answer.find("Connection: close"), std::string::npos) << c.name;
  }
}

TEST(HttpServer, GivesUpAClientThatNeverFinishesItsRequest) {
  ServerLimits limits;
  limits.request = milliseconds(10);
  const auto server = serve(echo, 1, limits);
  Client client(server->port());
  client.say("GET / HTTP/1.1\r\n");
  EXPECT_EQ(client.hear_all(), "");
}

TEST(HttpServer, SendsALargeAnswerToAClientThatReadsLate) {
  const auto server = serve([](const ServerRequest&) {
    ServerResponse response;
    response.body = Bytes(8 << 20, std::byte{'x'});
    return response;
  });
  Client client(server->port());
  client.say("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_GT(client.hear_all().size(), std::size_t{8} << 20);
}

TEST(HttpServer, AnswersAllPipelinedRequestsHoweverLargeTheAnswers) {
  const auto server = serve([](const ServerRequest& request) {
    ServerResponse response;
    response.body = Bytes(300 << 10, std::byte{'x'});
    for (const char c : request.target) response.body.push_back(std::byte(c));
    return response;
  });
  Client client(server->port());
  client.say(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n"
      "GET /3 HTTP/1.1\r\nHost: x\r\n\r\n");
  for (const char* end : {"x/1", "x/2", "x/3"}) EXPECT_TRUE(client.hear(end).ends_with(end)) << end;
}

TEST(HttpServer, AnswersAClientThatHasSaidAll) {
  const auto server = serve();
  Client client(server->port());
  client.say("GET /half HTTP/1.1\r\nHost: x\r\n\r\n");
  client.say_no_more();
  EXPECT_TRUE(client.hear_all().ends_with("GET /half []"));
}

TEST(HttpServer, GivesAHandlerMoreTimeThanAClient) {
  ServerLimits limits;
  // Sweeps are a second apart: long enough to be read from on a busy machine, short enough to be
  // due.
  limits.request = limits.idle = milliseconds(500);
  std::atomic<bool> swept = false;
  const auto server = serve(
      [&](const ServerRequest& request) {
        // The other client is given up by the other worker: had this one been due, it were gone.
        if (request.target == "/slow") swept.wait(false);
        return echo(request);
      },
      2, limits);
  Client slow(server->port()), idle(server->port());
  slow.say("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(idle.hear_all(), "");
  swept = true;
  swept.notify_all();
  EXPECT_NE(slow.hear("[]").find("GET /slow []"), std::string::npos);
}

TEST(HttpServer, SendsOneDateAndNoLengthWhereThereIsNoBody) {
  const auto server = serve([](const ServerRequest& request) {
    ServerResponse response;
    response.status = request.target == "/204" ? 204U : request.target == "/205" ? 205U : 200U;
    response.headers = {{"date", "then"}};
    response.body = to_bytes(std::string_view("body"));
    return response;
  });
  Client client(server->port());
  client.say("GET /204 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.hear("\r\n\r\n"), "HTTP/1.1 204 No Content\r\ndate: then\r\n\r\n");
  client.say("GET /205 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.hear("\r\n\r\n"),
            "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\ndate: then\r\n\r\n");
}

TEST(HttpServer, ServesOthersWhileOneHandlerIsBusy) {
  std::latch busy(1), release(1);
  const auto server = serve(
      [&](const ServerRequest& request) {
        if (request.target == "/slow") {
          busy.count_down();
          release.wait();
        }
        return echo(request);
      },
      2);
  Client slow(server->port()), quick(server->port());
  slow.say("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  busy.wait();
  quick.say("GET /quick HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(quick.hear("[]").find("GET /quick"), std::string::npos);
  release.count_down();
  EXPECT_NE(slow.hear("[]").find("GET /slow"), std::string::npos);
}

TEST(HttpServer, FinishesWhatHasBegunWhenItDrains) {
  std::latch busy(1), release(1);
  const auto server = serve([&](const ServerRequest& request) {
    busy.count_down();
    release.wait();
    return echo(request);
  });
  Client client(server->port());
  client.say("GET /last HTTP/1.1\r\nHost: x\r\n\r\n");
  busy.wait();
  std::jthread drainer([&] { EXPECT_TRUE(server->drain(seconds(30))); });
  release.count_down();
  const std::string answer = client.hear_all();
  EXPECT_NE(answer.find("GET /last []"), std::string::npos);
}

TEST(HttpServer, EndsIdleConnectionsWhenItDrains) {
  const auto server = serve();
  Client client(server->port());
  client.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  client.hear("[]");
  EXPECT_TRUE(server->drain(seconds(30)));
  EXPECT_EQ(client.hear_all(), "");
}

TEST(HttpServer, SaysWhichPortIsTaken) {
  const auto server = serve();
  ServerOptions options;
  options.address = "127.0.0.1";
  options.port = server->port();
  const auto second = HttpServer::start(options, echo);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message().find("port " + std::to_string(server->port()) + " is taken"),
            std::string::npos)
      << second.error().message();
}

}  // namespace
}  // namespace wascc::net
