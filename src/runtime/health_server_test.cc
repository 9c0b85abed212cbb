#include "runtime/health_server.h"

#include <gtest/gtest.h>

#include "support/raw_client.h"

namespace wascc::runtime {
namespace {

std::string ask(const net::HttpServer& server, const std::string& request_line) {
  test::RawClient client(server.port());
  client.say(request_line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  return client.hear_all();
}

TEST(HealthServer, SaysWhetherTheProcessLivesAndWhetherItIsReady) {
  std::atomic<bool> ready = false;
  const auto server = start_health_server("127.0.0.1", 0, ready);
  ASSERT_TRUE(server);
  EXPECT_TRUE(ask(**server, "GET /healthz").starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(ask(**server, "GET /readyz").starts_with("HTTP/1.1 503 "));
  ready = true;
  EXPECT_TRUE(ask(**server, "GET /readyz?verbose").starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(ask(**server, "HEAD /readyz").ends_with("\r\n\r\n"));
}

TEST(HealthServer, AnswersNothingElse) {
  const std::atomic<bool> ready = true;
  const auto server = start_health_server("127.0.0.1", 0, ready);
  ASSERT_TRUE(server);
  EXPECT_TRUE(ask(**server, "GET /").starts_with("HTTP/1.1 404 "));
  EXPECT_TRUE(ask(**server, "GET *").starts_with("HTTP/1.1 404 "));
  EXPECT_TRUE(ask(**server, "POST /healthz").starts_with("HTTP/1.1 405 "));
}

}  // namespace
}  // namespace wascc::runtime
