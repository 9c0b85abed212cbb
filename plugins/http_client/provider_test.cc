#include "provider.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/inotify.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "conformance/provider_conformance.h"
#include "support/process.h"
#include "support/scripted_server.h"
#include "support/temporary_folder.h"
#include "wascc/messages/http.h"

namespace wascc::http_client {
namespace {

namespace fs = std::filesystem;

const std::string kActor = "M" + std::string(55, 'A'), kOther = "M" + std::string(55, 'B');

// The HTTPS server of tests/support/https_server.py, with an authority of its own.
class Server {
 public:
  Server() { start({}); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::string url(const std::string& path) const { return "https://localhost:" + port_ + path; }
  std::string authority() const { return folder_ / "ca.pem"; }
  void stop() { process_.reset(); }
  void restart() { start({port_}); }

 private:
  // Waits until the server has written its port, which it does when it listens.
  void start(std::vector<std::string> port) {
    fs::remove(folder_ / "port");
    const int watch = ::inotify_init1(IN_CLOEXEC);
    ::inotify_add_watch(watch, folder_.c_str(), IN_MOVED_TO);
    std::vector<std::string> command = {"/usr/bin/env", "python3",
                                        fs::absolute("tests/support/https_server.py").string(),
                                        folder_.string()};
    command.insert(command.end(), port.begin(), port.end());
    process_ = std::make_unique<test::Process>(
        command, folder_.string(), std::vector<std::string>{"PATH=" + std::string(getenv("PATH"))});
    pollfd ready{watch, POLLIN, 0};
    while (!fs::exists(folder_ / "port") && process_->running()) ::poll(&ready, 1, 1000);
    ::close(watch);
    std::ifstream(folder_ / "port") >> port_;
    EXPECT_FALSE(port_.empty()) << process_->log();
  }

  const test::TemporaryFolder temporary_;
  const fs::path folder_ = temporary_.path();
  std::string port_;
  std::unique_ptr<test::Process> process_;
};

struct HttpClient : testing::Test {
  static std::unique_ptr<Server> server;
  HttpClientProvider provider;

  static void SetUpTestSuite() { server = std::make_unique<Server>(); }
  static void TearDownTestSuite() { server.reset(); }
  void SetUp() override { bind(kActor, {}); }

  // With the test's authority and the right to reach this machine, unless these say otherwise.
  void bind(const std::string& actor, StringMap values) {
    const auto lacks = [&](const char* key) {
      return std::ranges::find(values, key, &StringMap::value_type::first) == values.end();
    };
    if (lacks("ca_file")) values.emplace_back("ca_file", server->authority());
    if (lacks("allow_networks")) values.emplace_back("allow_networks", "127.0.0.0/8, ::1");
    const auto bound = provider.bind({actor, std::move(values)});
    ASSERT_TRUE(bound) << bound.error().message();
  }
  Result<HttpResponse> ask(const HttpRequest& request, const std::string& actor = kActor,
                           Deadline deadline = kNoDeadline) {
    const Bytes payload = encode(request);
    WASCC_TRY(const Bytes answer,
              provider.handle_call({actor, kOpPerformRequest, payload, deadline}));
    return decode<HttpResponse>(answer);
  }
  static HttpRequest get(const std::string& path, const std::string& query = "") {
    return {"GET", server->url(path), query, {}, {}};
  }
  // The body of the answer, or the error.
  std::string text(const HttpRequest& request, const std::string& actor = kActor) {
    const auto answer = ask(request, actor);
    return answer ? to_text(answer->body) : answer.error().message();
  }
};
std::unique_ptr<Server> HttpClient::server;

TEST_F(HttpClient, SendsWhatTheActorAsksAndNothingOfItsOwn) {
  HttpRequest request{
      "POST", server->url("/echo"), "", {{"X-Name", "value"}, {"Host", "evil"}}, to_bytes("body")};
  const std::string body = text(request);
  EXPECT_EQ(body.substr(0, body.find("host:")), "POST /echo\ncontent-length: 4\n");
  EXPECT_NE(body.find("host: localhost:"), std::string::npos) << "the actor's is not sent";
  EXPECT_NE(body.find("x-name: value\n\nbody"), std::string::npos) << body;
}

TEST_F(HttpClient, AppendsTheQueryAfterAQuestionMarkForEveryMethod) {
  for (const char* method : {"GET", "POST", "PUT", "DELETE", "PATCH"}) {
    HttpRequest request = get("/echo", "a=1&b=%20");
    request.method = method;
    EXPECT_EQ(text(request).substr(0, std::string(method).size() + 17),
              std::string(method) + " /echo?a=1&b=%20\n");
  }
  EXPECT_EQ(text(get("/echo?x=1", "a=1")).substr(0, 18), "GET /echo?x=1&a=1\n");
  EXPECT_EQ(text(get("/echo")).substr(0, 10), "GET /echo\n") << "no ? without a query";
}

TEST_F(HttpClient, SendsTheBodyOfEveryMethodThatHasOne) {
  for (const char* method : {"GET", "POST", "PUT", "DELETE", "PATCH", "QUERY"}) {
    HttpRequest request = get("/echo");
    request.method = method;
    request.body = to_bytes(std::string("a\0b", 3));
    const std::string seen = text(request);
    EXPECT_NE(seen.find("content-length: 3\n"), std::string::npos) << method << "\n" << seen;
    EXPECT_TRUE(seen.ends_with(std::string("\n\na\0b", 5))) << method;
  }
  HttpRequest head = get("/echo");
  head.method = "HEAD";
  EXPECT_EQ(ask(head)->body, Bytes());
  head.body = to_bytes("x");
  EXPECT_FALSE(ask(head));
}

TEST_F(HttpClient, AnswersCanonicalReasonsAndHeadersInLowerCase) {
  const auto missing = ask(get("/status?code=404"));
  EXPECT_EQ(missing->status_code, 404U);
  EXPECT_EQ(missing->status, "Not Found");
  const auto answer = ask(get("/headers"));
  const StringMap expected = {{"x-twice", "one,two"}, {"x-bytes", "//4="}, {"content-length", "0"}};
  EXPECT_EQ(answer->header, expected);
}

TEST_F(HttpClient, FollowsRedirectsAsBrowsersDo) {
  const struct {
    const char *status, *method, *becomes;
  } kCases[] = {{"301", "GET", "GET"},      {"301", "POST", "GET"}, {"302", "POST", "GET"},
                {"302", "PUT", "PUT"},      {"303", "PUT", "GET"},  {"307", "POST", "POST"},
                {"308", "DELETE", "DELETE"}};
  for (const auto& c : kCases) {
    HttpRequest request = get("/redirect", std::string("to=/echo&status=") + c.status);
    request.method = c.method;
    request.header = {{"Authorization", "secret"}};
    const std::string seen = text(request);
    EXPECT_EQ(seen.substr(0, seen.find('\n')), std::string(c.becomes) + " /echo") << c.status;
    EXPECT_NE(seen.find("authorization: secret"), std::string::npos) << "the same origin";
  }
  EXPECT_EQ(text(get("/loop")), "more than 10 redirects (max_redirects)");
  bind(kActor, {{"max_redirects", "0"}});
  EXPECT_EQ(ask(get("/loop"))->status_code, 302U);
}

TEST_F(HttpClient, CredentialsDoNotFollowToAnotherOrigin) {
  Server second;
  std::ofstream both(second.authority(), std::ios::app);
  both << std::ifstream(server->authority()).rdbuf();
  both.close();
  bind(kActor, {{"ca_file", second.authority()}});
  HttpRequest request = get("/redirect", "to=" + second.url("/echo"));
  request.header = {{"Authorization", "secret"}, {"Cookie", "secret"}, {"X-Kept", "yes"}};
  const std::string seen = text(request);
  EXPECT_EQ(seen.find("secret"), std::string::npos) << seen;
  EXPECT_NE(seen.find("x-kept: yes"), std::string::npos) << seen;
}

TEST_F(HttpClient, RefusesHostsThatTheBindingDoesNotNameAlsoAfterARedirect) {
  bind(kActor, {{"allow_hosts", "localhost"}});
  EXPECT_EQ(ask(get("/echo"))->status_code, 200U);
  const std::string refused = "the host 127.0.0.1 is not in allow_hosts of the binding";
  EXPECT_EQ(text({"GET", "https://127.0.0.1/", "", {}, {}}), refused);
  EXPECT_EQ(text(get("/redirect", "to=https://127.0.0.1/")), refused);
}

TEST_F(HttpClient, RefusesAddressesThatAreNotPublicUnlessTheBindingAllowsThem) {
  bind(kActor, {{"allow_networks", ""}});
  const std::string refused = "the host has an address that this binding may not connect to";
  EXPECT_EQ(text(get("/echo")), refused);
  for (const char* url :
       {"http://127.0.0.1/", "http://127.1/", "http://0x7f000001/", "http://2130706433/",
        "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://0/", "http://169.254.169.254/",
        "http://169.254.170.2/", "http://[fd00:ec2::254]/", "http://10.0.0.1/"})
    EXPECT_EQ(text({"GET", url, "", {}, {}}), refused) << url;
  bind(kActor, {{"allow_networks", "127.0.0.0/8"}});
  EXPECT_EQ(text(get("/redirect", "to=http://169.254.169.254/latest/meta-data/")), refused)
      << "a redirect is checked like the first request";
}

TEST_F(HttpClient, AConnectionOfOneBindingServesNoOther) {
  EXPECT_EQ(ask(get("/echo"))->status_code, 200U);
  bind(kOther, {{"allow_networks", ""}});
  EXPECT_EQ(text(get("/echo"), kOther),
            "the host has an address that this binding may not connect to");
}

TEST_F(HttpClient, TrustsOnlyTheAuthoritiesOfTheBindingAndTheRightName) {
  Server stranger;
  EXPECT_NE(text({"GET", stranger.url("/echo"), "", {}, {}}).find("certificate"),
            std::string::npos);
  std::string by_number = server->url("/echo");
  by_number.replace(by_number.find("localhost"), 9, "127.0.0.1");
  const auto other_name = ask({"GET", by_number, "", {}, {}});
  ASSERT_FALSE(other_name);
  EXPECT_EQ(other_name.error().code(), Errc::kUnavailable);
}

TEST_F(HttpClient, BoundsTheAnswer) {
  bind(kActor, {{"max_response_bytes", "1000"}});
  EXPECT_EQ(ask(get("/bytes?count=1000"))->body.size(), 1000U);
  const auto more = ask(get("/bytes?count=1001"));
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code(), Errc::kTooLarge);
}

TEST_F(HttpClient, GivesUpAtItsTimeoutAndAtTheCallsDeadline) {
  bind(kActor, {{"timeout", "1"}});
  EXPECT_EQ(ask(get("/silence")).error().code(), Errc::kTimeout);
  bind(kActor, {});
  const auto soon = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
  EXPECT_EQ(ask(get("/silence"), kActor, soon).error().code(), Errc::kTimeout);
  EXPECT_EQ(ask(get("/echo"), kActor, Deadline()).error().code(), Errc::kTimeout);
}

TEST_F(HttpClient, RefusesWhatIsNoRequest) {
  for (const char* url : {"", "/echo", "localhost/echo", "ftp://localhost/", "file:///etc/passwd",
                          "https://", "http://a b/", "gopher://localhost/"})
    EXPECT_EQ(ask({"GET", url, "", {}, {}}).error().code(), Errc::kInvalid) << url;
  EXPECT_EQ(text(get("/redirect", "to=file:///etc/passwd")),
            "only http and https URLs can be asked for");
  for (const char* method : {"", "GE T", "GET\r\nX: y", "CONNECT"})
    EXPECT_EQ(ask({method, server->url("/echo"), "", {}, {}}).error().code(), Errc::kInvalid);
  for (const StringMap& header :
       {StringMap{{"a b", "x"}}, StringMap{{"a", "x\r\ny: z"}}, StringMap{{"", "x"}}})
    EXPECT_EQ(ask({"GET", server->url("/echo"), "", header, {}}).error().code(), Errc::kInvalid);
  const auto unknown = provider.handle_call({kActor, "Anything", {}});
  EXPECT_EQ(unknown.error().message(), "Unknown operation: Anything");
  EXPECT_EQ(provider.handle_call({kActor, "BindActor", {}}).error().message(),
            "Unknown operation: BindActor");
  EXPECT_EQ(provider.handle_call({kActor, kOpPerformRequest, as_bytes("\xC1")})
                .error()
                .message()
                .rfind("Failed to de-serialize", 0),
            0U);
}

TEST_F(HttpClient, ABadUpdateLeavesTheBindingAsItWas) {
  EXPECT_FALSE(provider.bind({kActor, {{"timeout", "never"}}}));
  EXPECT_EQ(ask(get("/echo"))->status_code, 200U);
}

TEST_F(HttpClient, AServerThatGoesAwayIsAnErrorAndOneThatComesBackIsFound) {
  EXPECT_EQ(ask(get("/echo"))->status_code, 200U);
  server->stop();
  EXPECT_EQ(ask(get("/echo")).error().code(), Errc::kUnavailable);
  server->restart();
  EXPECT_EQ(ask(get("/echo"))->status_code, 200U);
}

// Whether a redirect is followed is a setting: at place 0 it is not.
struct HttpClientCase final : test::StandardProvider {
  test::ScriptedServer server{[](const test::SeenRequest& request, const auto&) {
    if (request.path == "/redirect") return test::http_reply(302, "", {{"Location", "/"}});
    return test::http_reply(200, request.body);
  }};

  std::unique_ptr<Provider> make() override { return std::make_unique<HttpClientProvider>(); }
  StringMap values(int place) override {
    return {{"allow_networks", "127.0.0.0/8"}, {"max_redirects", std::to_string(place)}};
  }
  std::string unknown_operation(const std::string& operation) override {
    return "Unknown operation: " + operation;
  }
  Result<int> place(Provider& provider, const std::string& actor) override {
    WASCC_TRY(const HttpResponse answer, ask(provider, actor, "GET", "/redirect", ""));
    return answer.status_code == 200 ? 1 : 0;
  }
  Result<std::string> echo(Provider& provider, const std::string& actor,
                           const std::string& digits) override {
    WASCC_TRY(const HttpResponse answer, ask(provider, actor, "PUT", "/", digits));
    return to_text(answer.body);
  }

 private:
  Result<HttpResponse> ask(Provider& provider, const std::string& actor, const std::string& method,
                           const std::string& path, const std::string& body) {
    const Bytes request =
        encode(HttpRequest{method, "http://" + server.address() + path, "", {}, to_bytes(body)});
    WASCC_TRY(const Bytes answer, provider.handle_call({actor, kOpPerformRequest, request}));
    return decode<HttpResponse>(answer);
  }
};

}  // namespace
}  // namespace wascc::http_client

namespace wascc::test {
INSTANTIATE_TEST_SUITE_P(
    Plain, ProviderConformance,
    testing::Values(ProviderCase::of<http_client::HttpClientCase>("http_client")));
}  // namespace wascc::test
