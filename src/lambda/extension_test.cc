#include "lambda/extension.h"

#include <gtest/gtest.h>

#include <thread>

#include "support/fake_runtime_api.h"
#include "support/memory_log.h"
#include "support/scripted_server.h"

namespace wascc::lambda {
namespace {

using test::ApiCall;
using test::FakeRuntimeApi;
using test::http_reply;
using test::SeenRequest;

net::HttpAddress address_of(const std::string& text) {
  return net::parse_http_address(text).value();
}

void start(InternalExtension& extension) {
  extension.take_answer();
  extension.wait_for_events();
}

TEST(InternalExtension, RegistersForNothingAndAsksForEvents) {
  FakeRuntimeApi api("/prefix");
  test::MemoryLog log;
  {
    net::HttpClient client(address_of(api.address()));
    InternalExtension extension(client, Log(log));
    const SeenRequest registered = api.wait_for_call(ApiCall::kRegister);
    EXPECT_EQ(registered.path, "/prefix/2020-01-01/extension/register");
    EXPECT_EQ(registered.header("Lambda-Extension-Name"), "wascc");
    EXPECT_EQ(registered.body, R"({"events":[]})");
    start(extension);
    const SeenRequest waiting = api.wait_for_call(ApiCall::kExtensionNext);
    EXPECT_EQ(waiting.path, "/prefix/2020-01-01/extension/event/next");
    EXPECT_EQ(waiting.header("Lambda-Extension-Identifier"), "7d6d2b4f-extension");
    EXPECT_NE(waiting.connection, registered.connection);
    EXPECT_TRUE(client.connected());
  }
  EXPECT_TRUE(log.lines().empty());
}

TEST(InternalExtension, AFailureIsOneWarning) {
  const std::vector<test::Reply> kFailures = {http_reply(403), http_reply(500), http_reply(404),
                                              http_reply(200, "no identifier"),
                                              http_reply(200).cut(4)};
  for (const test::Reply& failure : kFailures) {
    FakeRuntimeApi api;
    test::MemoryLog log;
    api.script(ApiCall::kRegister, failure);
    net::HttpClient client(address_of(api.address()));
    InternalExtension extension(client, Log(log));
    start(extension);
    EXPECT_EQ(log.lines().size(), 1U);
    EXPECT_EQ(log.count("warn lambda no extension"), 1);
  }
}

TEST(InternalExtension, AnApiThatIsSilentIsOneWarning) {
  test::ScriptedServer silent([](const auto&, const test::ScriptedServer::Gone& gone) {
    while (!gone()) std::this_thread::yield();
    return std::nullopt;
  });
  test::MemoryLog log;
  net::HttpClient client(address_of(silent.address()),
                         {std::nullopt, std::chrono::milliseconds(20)});
  InternalExtension extension(client, Log(log));
  start(extension);
  EXPECT_EQ(log.count("warn lambda no extension"), 1);
}

TEST(InternalExtension, AnApiThatIsNotThereIsOneWarning) {
  test::MemoryLog log;
  net::HttpClient client(address_of("127.0.0.1:1"));
  InternalExtension extension(client, Log(log));
  start(extension);
  EXPECT_EQ(log.count("warn lambda no extension"), 1);
}

}  // namespace
}  // namespace wascc::lambda
