// Connections that break, stand still, lie, or are used by many threads.
#include "redis/client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "support/manual_clock.h"
#include "support/redis_server.h"
#include "support/test_certificate.h"

namespace wascc::redis {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string_view>;

std::shared_ptr<Client> connect(const std::string& url, const Clock& clock, StringMap more = {}) {
  more.emplace_back("URL", url);
  auto settings = parse_settings(more);
  EXPECT_TRUE(settings) << settings.error().message();
  auto client = Client::make(*std::move(settings), clock);
  EXPECT_TRUE(client) << client.error().message();
  return *client;
}

// What a command comes to, as text.
std::string told(Client& client, const Words& command, Repeat repeat = Repeat::kNever,
                 Deadline deadline = kNoDeadline) {
  const auto reply = client.command(command, deadline, repeat);
  if (!reply) return reply.error().message();
  if ((*reply)->type == REDIS_REPLY_INTEGER) return std::to_string((*reply)->integer);
  return (*reply)->str == nullptr ? "(nil)" : std::string((*reply)->str, (*reply)->len);
}

const SystemClock kClock;

TEST(RedisClient, NeverSwapsRepliesOfParallelCalls) {
  test::RedisServer server({"--appendonly", "no"});
  const auto client = connect(server.url(), kClock);
  std::latch together(8);
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t)
      threads.emplace_back([&, t] {
        together.arrive_and_wait();
        for (int i = 0; i < 300; ++i) {
          const std::string key = "k" + std::to_string(t);
          const std::string value = key + ":" + std::to_string(i);
          wrong += told(*client, {"SET", key, value}) != "OK";
          wrong += told(*client, {"GET", key}) != value;
          wrong += told(*client, {"ECHO", value}) != value;
        }
      });
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(std::stoll(told(*client, {"CLIENT", "ID"})), 8 + 8) << "connections are used again";
}

TEST(RedisClient, LosesNothingAcknowledgedWhenTheServerIsAwayForAWhile) {
  test::RedisServer server;
  const auto client = connect(server.url(), kClock);
  std::atomic<int> tried = 0, acknowledged = 0, failed = 0;
  std::atomic<bool> enough = false;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        while (!enough) {
          ++tried;
          const auto reply =
              client->command(Words{"INCRBY", "n", "1"}, kNoDeadline, Repeat::kNever);
          ++(reply ? acknowledged : failed);
          (reply ? acknowledged : failed).notify_all();
        }
      });
    const auto more = [](std::atomic<int>& counter, int by) {
      const int wanted = counter + by;
      for (int now = counter; now < wanted; now = counter) counter.wait(now);
    };
    for (const bool crash : {false, true}) {
      more(acknowledged, 100);
      crash ? server.process().crash() : server.process().stop();
      more(failed, 8);
      server.process().start();
      more(acknowledged, 100);
    }
    enough = true;
  }
  const int counted = std::stoi(told(*client, {"GET", "n"}));
  EXPECT_GE(counted, acknowledged);
  EXPECT_LE(counted, tried);
}

TEST(RedisClient, SaysThatTheServerIsAwayAndFindsItAgain) {
  test::RedisServer server;
  const auto client = connect(server.url(), kClock);
  EXPECT_EQ(told(*client, {"SET", "k", "v"}), "OK");
  server.process().stop();
  EXPECT_EQ(told(*client, {"GET", "k"}),
            "Cannot connect: Redis at " + server.process().address() + ": Connection refused");
  server.process().start();
  EXPECT_EQ(told(*client, {"GET", "k"}), "v");
}

TEST(RedisClient, SeesBeforeUseThatTheServerHasClosedTheConnection) {
  test::RedisServer server;
  const auto client = connect(server.url(), kClock);
  for (const char* number : {"1", "2", "3"}) {
    EXPECT_EQ(told(*client, {"INCRBY", "n", "1"}), number);
    server.ask({"CLIENT", "KILL", "TYPE", "normal"});
  }
}

TEST(RedisClient, OpensAConnectionAgainThatWasIdleTooLong) {
  test::ManualClock clock;
  test::RedisServer server;
  const auto client = connect(server.url(), clock);
  const std::string first = told(*client, {"CLIENT", "ID"});
  clock.advance(59s);
  EXPECT_EQ(told(*client, {"CLIENT", "ID"}), first);
  clock.advance(60s);
  const std::string second = told(*client, {"CLIENT", "ID"});
  EXPECT_NE(second, first);
  clock.set(clock.now() + 1h);  // a freeze that the monotonic clock did not count
  EXPECT_NE(told(*client, {"CLIENT", "ID"}), second);
}

TEST(RedisClient, GivesUpOnAServerThatStandsStill) {
  test::RedisServer server;
  const auto impatient = connect(server.url(), kClock, {{"COMMAND_TIMEOUT_MS", "50"}});
  const auto patient = connect(server.url(), kClock, {{"COMMAND_TIMEOUT_MS", "3600000"}});
  EXPECT_EQ(told(*impatient, {"ECHO", "a"}), "a");
  EXPECT_EQ(told(*patient, {"ECHO", "a"}), "a");
  server.process().freeze();
  const std::string silence = "Redis at " + server.process().address() + " did not answer within ";
  EXPECT_EQ(told(*impatient, {"ECHO", "b"}, Repeat::kOnce),
            silence + "50 ms or the call's own deadline");
  EXPECT_EQ(told(*patient, {"ECHO", "b"}, Repeat::kOnce, kClock.steady_now() + 50ms),
            silence + "3600000 ms or the call's own deadline");
  EXPECT_EQ(told(*patient, {"ECHO", "c"}, Repeat::kOnce, kClock.steady_now() - 1s),
            "Cannot connect: " + silence + "2000 ms or the call's own deadline");
  server.process().thaw();
  EXPECT_EQ(told(*impatient, {"ECHO", "d"}), "d") << "and takes no late reply for this one";
  EXPECT_EQ(told(*patient, {"ECHO", "d"}), "d");
}

TEST(RedisClient, SendsAgainOnceWhatMayBeSentAgain) {
  const auto script = [] {
    return test::ScriptedPeer::Script{{"+first\r\n", std::nullopt}, {"+second\r\n"}};
  };
  {
    test::ScriptedPeer peer(script());
    const auto client = connect(peer.url(), kClock);
    EXPECT_EQ(told(*client, {"ONE"}), "first");
    EXPECT_EQ(told(*client, {"TWO"}, Repeat::kOnce), "second");
    EXPECT_EQ(peer.connections(), 2);
  }
  {
    test::ScriptedPeer peer(script());
    const auto client = connect(peer.url(), kClock);
    EXPECT_EQ(told(*client, {"ONE"}), "first");
    EXPECT_EQ(told(*client, {"TWO"}, Repeat::kNever),
              "Redis at " + peer.url().substr(8) + ": Server closed the connection");
    EXPECT_EQ(peer.connections(), 1);
  }
  {
    test::ScriptedPeer peer({{std::nullopt}, {std::nullopt}, {"+third\r\n"}});
    const auto client = connect(peer.url(), kClock);
    EXPECT_EQ(told(*client, {"ONE"}, Repeat::kOnce),
              "Redis at " + peer.url().substr(8) + ": Server closed the connection");
  }
}

TEST(RedisClient, TrustsNoConnectionThatSaidTooMuch) {
  test::ScriptedPeer peer({{"+first\r\n+stray\r\n", "+late\r\n"}, {"+second\r\n"}});
  const auto client = connect(peer.url(), kClock);
  EXPECT_EQ(told(*client, {"ONE"}), "first");
  EXPECT_EQ(told(*client, {"TWO"}), "second");
}

TEST(RedisClient, RefusesRepliesThatAreNone) {
  for (const char* lie : {"HTTP/1.1 400 Bad Request\r\n\r\n", "*2000000\r\n", "$-5\r\n", "\r\n",
                          "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n?\r\n"}) {
    test::ScriptedPeer peer({{lie}, {lie}});
    const auto client = connect(peer.url(), kClock);
    const auto reply = client->command(Words{"GET", "k"}, kNoDeadline, Repeat::kOnce);
    ASSERT_FALSE(reply) << lie;
    EXPECT_EQ(reply.error().code(), Errc::kUnavailable) << lie;
    EXPECT_EQ(reply.error().message().rfind("Redis at ", 0), 0U) << reply.error().message();
  }
}

TEST(RedisClient, SpeaksTlsWithTheServerThatItTrustsAlone) {
  const test::TestCertificate certificate("DNS:localhost,IP:127.0.0.1");
  const test::TestCertificate stranger("IP:127.0.0.1");
  const test::TestCertificate elsewhere("DNS:redis.example");
  ASSERT_TRUE(certificate.made() && stranger.made() && elsewhere.made());
  const auto tls = [](const test::TestCertificate& own) {
    return std::vector<std::string>{"--port",
                                    "0",
                                    "--tls-port",
                                    "PORT",
                                    "--tls-auth-clients",
                                    "no",
                                    "--tls-cert-file",
                                    own.file(),
                                    "--tls-key-file",
                                    own.key_file(),
                                    "--tls-ca-cert-file",
                                    own.file()};
  };
  const std::string big(200'000, 'x');
  const auto ask = [&](test::RedisServer& server, const std::string& scheme_and_host,
                       const test::TestCertificate& trusted) {
    const auto client =
        connect(scheme_and_host + ":" + std::to_string(server.process().port()), kClock,
                {{"CA_FILE", trusted.file()}, {"COMMAND_TIMEOUT_MS", "1000"}});
    told(*client, {"ECHO", "first"});
    return told(*client, {"ECHO", big});
  };
  test::RedisServer server(tls(certificate));
  ASSERT_TRUE(server.process().running()) << server.process().output();
  EXPECT_EQ(ask(server, "rediss://127.0.0.1", certificate), big);
  EXPECT_EQ(ask(server, "rediss://localhost", certificate), big);
  EXPECT_EQ(ask(server, "rediss://127.0.0.1", stranger),
            "Cannot connect: Redis at " + server.process().address() +
                ": SSL_connect failed: certificate verify failed");
  EXPECT_NE(ask(server, "redis://127.0.0.1", certificate), big);

  test::RedisServer other(tls(elsewhere));
  ASSERT_TRUE(other.process().running()) << other.process().output();
  EXPECT_EQ(ask(other, "rediss://127.0.0.1", elsewhere),
            "Cannot connect: Redis at " + other.process().address() +
                ": SSL_connect failed: certificate verify failed")
      << "a trusted authority, and another server's name";

  const auto no_authority = Client::make(
      *parse_settings({{"URL", "rediss://h"}, {"CA_FILE", certificate.key_file()}}), kClock);
  ASSERT_FALSE(no_authority);
  EXPECT_EQ(no_authority.error().message(),
            "TLS with " + certificate.key_file() + ": Failed to load CA Certificate or CA Path");
}

}  // namespace
}  // namespace wascc::redis
