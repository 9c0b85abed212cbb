#include "runtime/admin_server.h"

#include <gtest/gtest.h>

#include "support/raw_client.h"

namespace wascc::runtime {
namespace {

struct AdminServerTest : testing::Test {
  std::atomic<bool> ready = true;
  AdminOptions options;
  std::unique_ptr<net::HttpServer> server;

  std::string ask(const std::string& request_line, const std::string& headers = "",
                  const std::string& body = "") {
    if (!server) {
      auto started = start_admin_server(options, ready);
      EXPECT_TRUE(started);
      server = *std::move(started);
    }
    test::RawClient client(server->port());
    client.say(request_line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    return client.hear_all();
  }
  void take_modules() {
    options.replace = [](std::string_view key, ByteView wasm) -> Result<std::string> {
      if (key != "MA") return Error(Errc::kNotFound, "none");
      if (as_text(wasm) == "denied") return Error(Errc::kDenied, "größer");
      if (as_text(wasm) == "broken") return Error(Errc::kMalformed, "broken");
      return wasm.empty() ? "from the file" : "from " + to_text(wasm);
    };
  }
};

const std::string kWasm = "Content-Type: application/wasm\r\n";

TEST_F(AdminServerTest, SaysWhetherTheProcessLivesAndWhetherItIsReady) {
  ready = false;
  EXPECT_TRUE(ask("GET /healthz").starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(ask("GET /readyz").starts_with("HTTP/1.1 503 "));
  ready = true;
  EXPECT_TRUE(ask("GET /readyz?verbose").starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(ask("HEAD /readyz").ends_with("\r\n\r\n"));
}

TEST_F(AdminServerTest, AnswersNothingElse) {
  EXPECT_TRUE(ask("GET /").starts_with("HTTP/1.1 404 "));
  EXPECT_TRUE(ask("GET *").starts_with("HTTP/1.1 404 "));
  EXPECT_TRUE(ask("POST /healthz").starts_with("HTTP/1.1 405 "));
  EXPECT_TRUE(ask("POST /actors/MA").starts_with("HTTP/1.1 404 "));
}

TEST_F(AdminServerTest, TellsMetricsWhereThereAreSome) {
  EXPECT_TRUE(ask("GET /metrics").starts_with("HTTP/1.1 404 "));
  server.reset();
  options.metrics = [] { return std::string("wascc_actor_total_inv_count 1\n"); };
  const std::string answer = ask("GET /metrics");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
  EXPECT_NE(answer.find("text/plain; version=0.0.4"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\nwascc_actor_total_inv_count 1\n")) << answer;
  EXPECT_TRUE(ask("POST /metrics").starts_with("HTTP/1.1 405 "));
}

TEST_F(AdminServerTest, TakesAModuleForAnActorAndSaysWhatBecameOfIt) {
  take_modules();
  EXPECT_TRUE(ask("POST /actors/MA", kWasm, "bytes").ends_with("from bytes\n"));
  EXPECT_TRUE(ask("POST /actors/MA").ends_with("from the file\n"));
  const std::string denied = ask("POST /actors/MA", kWasm, "denied");
  EXPECT_TRUE(denied.starts_with("HTTP/1.1 403 ")) << denied;
  EXPECT_TRUE(denied.ends_with("größer\n")) << denied;
  EXPECT_TRUE(ask("POST /actors/MA", kWasm, "broken").starts_with("HTTP/1.1 422 "));
  EXPECT_TRUE(ask("POST /actors/MB", kWasm, "bytes").starts_with("HTTP/1.1 404 "));
  EXPECT_TRUE(ask("GET /actors/MA").starts_with("HTTP/1.1 405 "));
}

TEST_F(AdminServerTest, TakesNothingThatAWebPageCouldHaveSent) {
  take_modules();
  EXPECT_TRUE(ask("POST /actors/MA", kWasm + "oRIGIN: http://localhost\r\n", "bytes")
                  .starts_with("HTTP/1.1 403 "));
  EXPECT_TRUE(ask("POST /actors/MA", "Origin: null\r\n").starts_with("HTTP/1.1 403 "));
  EXPECT_TRUE(
      ask("POST /actors/MA", "Content-Type: text/plain\r\n", "bytes").starts_with("HTTP/1.1 415 "));
}

TEST_F(AdminServerTest, TakesNothingWhereOtherMachinesCanReachIt) {
  take_modules();
  options.address = "0.0.0.0";
  EXPECT_TRUE(ask("GET /healthz").starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(ask("POST /actors/MA").starts_with("HTTP/1.1 404 "));
}

}  // namespace
}  // namespace wascc::runtime
