// Capabilities on their real servers, used by an actor (tests/guests/probe.cc) that the real
// executables run: on Lambda, and as `wascc run` does.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "base/file.h"
#include "base/json.h"
#include "claims/module.h"
#include "claims/nkey.h"
#include "support/executables.h"
#include "support/fake_runtime_api.h"
#include "support/process.h"
#include "support/raw_client.h"
#include "support/real_server.h"
#include "support/s3_server.h"
#include "support/signed_vectors.h"
#include "support/temporary_folder.h"
#include "wascc/messages/blobstore.h"
#include "wascc/messages/eventstreams.h"
#include "wascc/messages/http.h"
#include "wascc/messages/keyvalue.h"
#include "wascc/messages/messaging.h"
#include "wascc/msgpack.h"

namespace wascc::test {
namespace {

using Strings = std::vector<std::string>;

struct Asked {
  std::uint64_t status = 0;
  std::string body;
};

// A function's folder with the probe, and what its manifest says beside it.
struct Capabilities : testing::Test {
  TemporaryFolder folder;

  void SetUp() override {
    const auto module = read_file(WASCC_ACTORS "/unsigned/probe.wasm", 1 << 24);
    if (!module) GTEST_SKIP() << "no tools for actors in C++";
    claims::Claims claims;
    claims.subject = kModuleKey;
    claims.issued_at = 1'600'000'000;
    claims.name = "Probe";
    for (const auto capability :
         {kHttpServer, kKeyValue, kMessaging, kBlobStore, kHttpClient, kEventStreams})
      claims.capabilities.emplace_back(capability);
    const auto issuer = claims::KeyPair::from_seed(kAccountSeed);
    const auto signed_module = claims::sign_module(*module, claims, *issuer);
    ASSERT_TRUE(signed_module) << signed_module.error().message();
    ASSERT_TRUE(write_file_atomically(folder / "probe.wasm", *signed_module));
  }

  // One binding of the probe, served by this library or, without one, by what is built in.
  void manifest(std::string_view capability, const std::string& library, const StringMap& values) {
    std::string text = "actors: [probe.wasm]\n";
    if (!library.empty()) text += "capabilities:\n  - path: " + library + "\n";
    text += "bindings:\n  - actor: " + std::string(kModuleKey) + "\n    capability: '" +
            std::string(capability) + "'\n    values:\n";
    for (const auto& [name, value] : values) text += "      " + name + ": '" + value + "'\n";
    ASSERT_TRUE(write_file_atomically(folder / "manifest.yaml", as_bytes(text)));
  }
};

// The executable between that folder and a Runtime API.
struct OnLambda : Capabilities {
  FakeRuntimeApi api;
  std::optional<Process> bootstrap;
  int events = 0;

  void start(const std::string& executable, const Strings& variables = {}) {
    if (executable == "bootstrap") {
      Process compile({WASCC_BIN "/wascc", "compile", folder / "probe.wasm"}, folder.path(), {});
      ASSERT_EQ(compile.wait(), 0) << compile.log();
    }
    Strings environment{"AWS_LAMBDA_RUNTIME_API=" + api.address(),
                        "LAMBDA_TASK_ROOT=" + folder.path(), "AWS_LAMBDA_FUNCTION_NAME=probe",
                        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256"};
    environment.insert(environment.end(), variables.begin(), variables.end());
    bootstrap.emplace(Strings{WASCC_BIN "/" + executable}, folder.path(), environment);
    api.watch([this]() -> std::optional<std::string> {
      if (bootstrap->running()) return std::nullopt;
      return bootstrap->log();
    });
  }
  // What the probe answers to one HTTP request, which comes and goes as Lambda's events.
  Asked ask(const std::string& path, ByteView body = {}) {
    const std::string id = "event-" + std::to_string(++events);
    api.queue({id, R"({"version":"2.0","rawPath":")" + path +
                       R"(","rawQueryString":"","headers":{},"requestContext":{"http":{"method":)"
                       R"("POST","path":")" +
                       path + R"("}},"isBase64Encoded":true,"body":")" + base64_encode(body) +
                       "\"}"});
    const SeenRequest answer = api.wait_for(id);
    const auto document = json::Document::parse(answer.body);
    if (!document) {
      ADD_FAILURE() << answer.body << bootstrap->log();
      return {};
    }
    const json::View root = document->root();
    std::string text(root["body"].string().value_or(""));
    if (root["isBase64Encoded"].boolean().value_or(false))
      text = to_text(base64_decode(text).value_or(Bytes()));
    return {root["statusCode"].uint64().value_or(0), std::move(text)};
  }
  template <class Message>
  Asked call(std::string_view capability, std::string_view operation, const Message& message) {
    return ask("/" + std::string(capability) + "/" + std::string(operation), encode(message));
  }
  void end() {
    bootstrap->signal(SIGTERM);
    EXPECT_EQ(bootstrap->wait(), 0) << bootstrap->log();
  }
  // Uploads a blob in chunks of four bytes, the last one first; "" or what went wrong.
  std::string upload(const std::string& content) {
    blobstore::FileChunk chunk{0, "photos", "b", content.size(), 4, {}, {}};
    Asked told = call(kBlobStore, blobstore::kOpStartUpload, chunk);
    for (std::size_t left = (content.size() + 3) / 4; left > 0 && told.status == 200; --left) {
      chunk.sequence_no = left - 1;
      chunk.chunk_bytes = to_bytes(std::string_view(content).substr(4 * (left - 1), 4));
      told = call(kBlobStore, blobstore::kOpUploadChunk, chunk);
    }
    return told.status == 200 ? "" : told.body;
  }
  // Both ways, with all chunks of the download taken before the event that asked for it is
  // answered.
  void expect_a_blob_goes_and_comes_back() {
    const auto created =
        call(kBlobStore, blobstore::kOpCreateContainer, blobstore::Container{"photos"});
    EXPECT_EQ(created.status, 200U) << created.body;
    EXPECT_EQ(upload("abcdefghij"), "");
    const Asked begun = call(kBlobStore, blobstore::kOpStartDownload,
                             blobstore::StreamRequest{"b", "photos", 3, {}});
    EXPECT_EQ(begun.status, 200U) << begun.body;
    EXPECT_NE(bootstrap->log().find("took chunk 3"), std::string::npos)
        << "the answer was there before the last chunk: " << bootstrap->log();
    EXPECT_EQ(ask("/received").body, "abcdefghij");
  }
};

struct BlobFolderOnLambda : OnLambda, testing::WithParamInterface<std::string> {
  // How many lie anywhere below this part of the function's folder.
  int files(const std::string& below) const {
    int found = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / below))
      found += entry.is_regular_file();
    return found;
  }
};

TEST_P(BlobFolderOnLambda, ABlobGoesInAnyOrderAndComesBackBeforeTheAnswer) {
  manifest(kBlobStore, "", {{"ROOT", folder / "blobs"}});
  start(GetParam());
  expect_a_blob_goes_and_comes_back();
  EXPECT_EQ(to_text(*read_file(folder / "blobs/photos/b", 100)), "abcdefghij");
  end();
}

TEST_P(BlobFolderOnLambda, NothingOfAnUnfinishedBlobIsLeftWhenTheProcessEnds) {
  manifest(kBlobStore, "", {{"ROOT", folder / "blobs"}});
  start(GetParam());
  EXPECT_EQ(call(kBlobStore, blobstore::kOpCreateContainer, blobstore::Container{"photos"}).status,
            200U);
  EXPECT_EQ(upload("whole"), "");
  blobstore::FileChunk chunk{0, "photos", "half", 8, 4, {}, {}};
  EXPECT_EQ(call(kBlobStore, blobstore::kOpStartUpload, chunk).status, 200U);
  chunk.chunk_bytes = to_bytes("half");
  EXPECT_EQ(call(kBlobStore, blobstore::kOpUploadChunk, chunk).status, 200U);
  EXPECT_EQ(files("blobs"), 2) << "the whole blob, and the half one beside the containers";
  end();
  EXPECT_EQ(files("blobs"), 1);
  EXPECT_EQ(to_text(*read_file(folder / "blobs/photos/b", 100)), "whole");
}

INSTANTIATE_TEST_SUITE_P(Executables, BlobFolderOnLambda, kExecutables, ExecutableName());

#ifdef WASCC_PLUGIN_BLOBSTORE_S3
// The keys are those of the function's role, as Lambda gives them.
TEST_F(OnLambda, ABlobGoesToS3AndComesBackBeforeTheAnswer) {
  S3Server server;
  if (!server.unavailable().empty()) GTEST_SKIP() << server.unavailable();
  manifest(kBlobStore, WASCC_PLUGIN_BLOBSTORE_S3,
           {{"ENDPOINT", "http://" + server.process().address()}});
  start("bootstrap-full",
        {"AWS_ACCESS_KEY_ID=TESTTOKENKEY", "AWS_SECRET_ACCESS_KEY=a/secret+of:the/test",
         "AWS_SESSION_TOKEN=a+token/of==the+test", "AWS_REGION=eu-west-1"});
  expect_a_blob_goes_and_comes_back();
  server.process().crash();
  EXPECT_NE(upload("lost").find("Cannot reach S3 at "), std::string::npos);
  server.process().start();
  EXPECT_EQ(upload("again"), "");
  end();
  for (const char* secret : {"a/secret", "a+token"})
    EXPECT_EQ(bootstrap->log().find(secret), std::string::npos);
}
#endif

#ifdef WASCC_PLUGIN_KEYVALUE_REDIS
TEST_F(OnLambda, TheKeyValueStoreIsRedisWhichComesAndGoes) {
  const TemporaryFolder data;
  RealServer redis(
      [&](std::uint16_t port) {
        return Strings{"redis-server",
                       "--bind",
                       "127.0.0.1",
                       "--dir",
                       data.path(),
                       "--requirepass",
                       "s3cret",
                       "--appendonly",
                       "yes",
                       "--appendfsync",
                       "always",
                       "--save",
                       "",
                       "--port",
                       std::to_string(port)};
      },
      "Ready to accept connections");
  ASSERT_TRUE(redis.running()) << redis.output();
  manifest(kKeyValue, WASCC_PLUGIN_KEYVALUE_REDIS,
           {{"URL", "redis://:s3cret@" + redis.address() + "/3"}});
  start("bootstrap-full");
  const auto add = [&] { return call(kKeyValue, keyvalue::kOpAdd, keyvalue::AddRequest{"n", 2}); };
  const auto sum = [&](const Asked& told) {
    const auto answer = decode<keyvalue::AddResponse>(as_bytes(told.body));
    return answer ? std::to_string(answer->value) : told.body;
  };
  EXPECT_EQ(sum(add()), "2");
  redis.stop();
  const Asked away = add();
  EXPECT_EQ(away.status, 502U);
  EXPECT_NE(away.body.find("Cannot connect: Redis at " + redis.address()), std::string::npos)
      << away.body;
  redis.start();
  EXPECT_EQ(sum(add()), "4") << "acknowledged before the server ended";
  end();
  EXPECT_EQ(bootstrap->log().find("s3cret"), std::string::npos);
}
#endif

#ifdef WASCC_PLUGIN_HTTP_CLIENT
TEST_F(OnLambda, AnActorAsksAnHttpsServerWithAnAuthorityOfItsOwn) {
  const TemporaryFolder server_folder;
  const std::string server_path = std::filesystem::absolute("tests/support/https_server.py");
  RealServer server(
      [&](std::uint16_t) {
        return Strings{"python3", server_path, server_folder.path()};
      },
      "listening\n");
  ASSERT_TRUE(server.running()) << server.output();
  const std::string port = to_text(*read_file(server_folder / "port", 10));
  manifest(kHttpClient, WASCC_PLUGIN_HTTP_CLIENT,
           {{"ca_file", server_folder / "ca.pem"}, {"allow_networks", "127.0.0.0/8, ::1"}});
  start("bootstrap-full", {"WASCC_TRACING=on"});
  const auto get = [&](const std::string& url) {
    return call(kHttpClient, kOpPerformRequest,
                HttpRequest{"PUT", url, "a=1", {{"X-Name", "v"}}, to_bytes("sent")});
  };
  const Asked told = get("https://localhost:" + port + "/echo");
  const auto answer = decode<HttpResponse>(as_bytes(told.body));
  ASSERT_TRUE(answer) << told.body;
  EXPECT_EQ(answer->status_code, 200U);
  EXPECT_EQ(to_text(answer->body).find("PUT /echo?a=1\n"), 0U) << to_text(answer->body);
  EXPECT_TRUE(to_text(answer->body).ends_with("\n\nsent"));
  const std::string sent = to_text(answer->body);
  EXPECT_NE(sent.find("\ntraceparent: 00-5bef4de7ad49b0e87f6ef6c87fc2e700-"), std::string::npos)
      << "the trace of the event: " << sent;
  EXPECT_NE(sent.find("\nx-amzn-trace-id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0\n"),
            std::string::npos)
      << sent;
  const Asked refused = get("https://169.254.169.254/latest/meta-data/");
  EXPECT_TRUE(refused.body.ends_with("an address that this binding may not connect to"))
      << refused.body;
  server.stop();
  EXPECT_EQ(get("https://localhost:" + port + "/echo").status, 502U);
  end();
}
#endif

#ifdef WASCC_PLUGIN_MESSAGING_NATS
// A subscriber and publisher that speaks NATS itself.
struct NatsPeer {
  RawClient client;
  explicit NatsPeer(std::uint16_t port) : client(port) {
    client.hear("\r\n");  // INFO
    client.say("CONNECT {\"verbose\":false}\r\nSUB answers 1\r\nPING\r\n");
    client.hear("PONG\r\n");
  }
  void publish(const std::string& subject, const std::string& text) {
    client.say("PUB " + subject + " answers " + std::to_string(text.size()) + "\r\n" + text +
               "\r\n");
  }
  // The body of the next message on "answers".
  std::string next() {
    const std::string head = client.hear("\r\n");
    if (!head.starts_with("MSG answers ")) return head;
    std::string body = client.hear("\r\n");
    return body.substr(0, body.size() - 2);
  }
};

TEST_F(Capabilities, MessagesOfNatsReachAnActorOfWasccRunAndItsOwnGoOut) {
  RealServer nats(
      [](std::uint16_t port) {
        return Strings{"nats-server", "-a", "127.0.0.1", "-p", std::to_string(port)};
      },
      "Server is ready");
  ASSERT_TRUE(nats.running()) << nats.output();
  manifest(kMessaging, WASCC_PLUGIN_MESSAGING_NATS,
           {{"URL", "nats://" + nats.address()},
            {"SUBSCRIPTION", "orders.*"},
            {"CONNECT_TIMEOUT_MS", "60000"}});
  RealServer run(
      [&](std::uint16_t) {
        return Strings{WASCC_BIN "/wascc", "run", folder.path(), "--port", "0"};
      },
      " serves ");
  ASSERT_TRUE(run.running()) << run.output();
  const std::size_t url = run.output().find("http://127.0.0.1:");
  ASSERT_NE(url, std::string::npos) << run.output();
  const auto port = static_cast<std::uint16_t>(std::stoi(run.output().substr(url + 17)));
  // Has the actor publish, by an HTTP request; the answer's first line.
  const auto publish = [&](const std::string& text) {
    const messaging::BrokerMessage message{"answers", "", to_bytes(text)};
    const std::string body = to_text(encode(message));
    RawClient client(port);
    client.say(
        "POST /wascc:messaging/Publish HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
        "Content-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body);
    const std::string answer = client.hear_all();
    return answer.substr(0, answer.find('\r'));
  };

  {
    NatsPeer peer(nats.port());
    peer.publish("orders.new", "one");
    EXPECT_EQ(peer.next(), "heard: one");
    EXPECT_EQ(publish("two"), "HTTP/1.1 200 OK");
    EXPECT_EQ(peer.next(), "two");
  }
  nats.crash();
  nats.start();
  // Waits for the connection, which comes back with its subscription.
  EXPECT_EQ(publish("three"), "HTTP/1.1 200 OK");
  NatsPeer peer(nats.port());
  peer.publish("orders.changed", "four");
  EXPECT_EQ(peer.next(), "heard: four");
}
#endif

// A provider whose binding holds a secret, and a call of it.
struct SecretCase {
  std::string name;
  std::string_view capability;
  std::string library;
  StringMap good, refused;  // values that are taken, and such that are not
  std::string_view operation;
  Bytes payload;
};
void PrintTo(const SecretCase& self, std::ostream* out) { *out << self.name; }

constexpr std::string_view kSecret = "hush4d2c9f";

// Nobody listens there.
constexpr std::string_view kNowhere = "127.0.0.1:1";

std::vector<SecretCase> secret_cases() {
  const std::string secret(kSecret), nowhere(kNowhere);
  const StringMap redis = {{"URL", "redis://" + secret + ":" + secret + "@" + nowhere}};
  const StringMap bad_redis = {{"URL", "redis://:" + secret + "@" + nowhere + "/" + secret}};
  std::vector<SecretCase> cases{
      {"KeyValueBuiltIn", kKeyValue, "", {{"URL", secret}}, {}, "Add", to_bytes(secret)}};
#ifdef WASCC_PLUGIN_KEYVALUE_REDIS
  cases.push_back({"KeyValueRedis", kKeyValue, WASCC_PLUGIN_KEYVALUE_REDIS, redis, bad_redis,
                   keyvalue::kOpSet, encode(keyvalue::SetRequest{secret, secret, 0})});
#endif
#ifdef WASCC_PLUGIN_EVENTSTREAMS_REDIS
  cases.push_back({"EventStreamsRedis", kEventStreams, WASCC_PLUGIN_EVENTSTREAMS_REDIS, redis,
                   bad_redis, eventstreams::kOpWriteEvent,
                   encode(eventstreams::Event{"", "s", {{secret, secret}}})});
#endif
#ifdef WASCC_PLUGIN_MESSAGING_NATS
  cases.push_back({"MessagingNats",
                   kMessaging,
                   WASCC_PLUGIN_MESSAGING_NATS,
                   {},
                   {{"URL", "nats://" + secret + ":" + secret + "@" + nowhere},
                    {"CLIENT_JWT", secret},
                    {"CLIENT_SEED", secret},
                    {"CONNECT_TIMEOUT_MS", "100"}},
                   {},
                   {}});
#endif
#ifdef WASCC_PLUGIN_BLOBSTORE_S3
  const StringMap keys = {{"AWS_ACCESS_KEY_ID", "KEY"},
                          {"AWS_SECRET_ACCESS_KEY", secret},
                          {"AWS_SESSION_TOKEN", secret}};
  SecretCase s3{"BlobStoreS3",
                kBlobStore,
                WASCC_PLUGIN_BLOBSTORE_S3,
                keys,
                keys,
                blobstore::kOpCreateContainer,
                encode(blobstore::Container{"photos"})};
  s3.good.emplace_back("ENDPOINT", "http://" + nowhere);
  s3.refused.emplace_back("ENDPOINT", "http://key:" + secret + "@" + nowhere);
  cases.push_back(std::move(s3));
#endif
#ifdef WASCC_PLUGIN_HTTP_CLIENT
  cases.push_back({"HttpClient",
                   kHttpClient,
                   WASCC_PLUGIN_HTTP_CLIENT,
                   {{"allow_networks", "127.0.0.0/8"}},
                   {{"allow_networks", secret}},
                   kOpPerformRequest,
                   encode(HttpRequest{"POST",
                                      "http://" + nowhere + "/",
                                      "key=" + secret,
                                      {{"Authorization", secret}},
                                      to_bytes(secret)})});
#endif
  return cases;
}

struct Secrets : OnLambda, testing::WithParamInterface<SecretCase> {
  void expect_silence(const std::string& told) {
    for (const std::string& text : {told, bootstrap->log(), bootstrap->output()})
      EXPECT_EQ(text.find(kSecret), std::string::npos) << text;
  }
};

TEST_P(Secrets, OfABindingAndOfACallReachNeitherLogNorAnswerWhenTheServerIsAway) {
  const SecretCase& c = GetParam();
  if (c.good.empty()) GTEST_SKIP() << "it is not bound without its server";
  manifest(c.capability, c.library, c.good);
  start("bootstrap-full", {"RUST_LOG=trace"});
  const Asked told =
      ask("/" + std::string(c.capability) + "/" + std::string(c.operation), c.payload);
  EXPECT_EQ(told.status, 502U) << "there is nobody to serve it: " << told.body;
  EXPECT_NE(bootstrap->log().find("level=debug"), std::string::npos) << bootstrap->log();
  expect_silence(told.body);
  end();
}

TEST_P(Secrets, OfABindingThatIsRefusedReachNeitherLogNorError) {
  const SecretCase& c = GetParam();
  if (c.refused.empty()) GTEST_SKIP() << "it refuses no values";
  manifest(c.capability, c.library, c.refused);
  start("bootstrap-full", {"RUST_LOG=trace"});
  EXPECT_EQ(bootstrap->wait(), 1) << bootstrap->log();
  const auto errors = api.seen(ApiCall::kInitError);
  ASSERT_EQ(errors.size(), 1U) << bootstrap->log();
  expect_silence(errors[0].body);
}

#ifdef WASCC_PLUGIN_MESSAGING_NATS
TEST_F(OnLambda, TheSecretsOfABindingToNatsReachNoLogWhenTheServerGoesAway) {
  const std::string secret(kSecret);
  RealServer nats(
      [&](std::uint16_t port) {
        return Strings{"nats-server", "-a",    "127.0.0.1", "-p",  std::to_string(port),
                       "--user",      "probe", "--pass",    secret};
      },
      "Server is ready");
  ASSERT_TRUE(nats.running()) << nats.output();
  manifest(
      kMessaging, WASCC_PLUGIN_MESSAGING_NATS,
      {{"URL", "nats://probe:" + secret + "@" + nats.address()}, {"CONNECT_TIMEOUT_MS", "100"}});
  start("bootstrap-full", {"RUST_LOG=trace"});
  const messaging::BrokerMessage message{"s", "", to_bytes(secret)};
  EXPECT_EQ(call(kMessaging, messaging::kOpPublish, message).status, 200U);
  nats.crash();
  const Asked away = call(kMessaging, messaging::kOpPublish, message);
  EXPECT_EQ(away.status, 502U) << "acknowledged by nobody";
  end();
  for (const std::string& text : {away.body, bootstrap->log(), bootstrap->output()})
    EXPECT_EQ(text.find(kSecret), std::string::npos) << text;
}
#endif

INSTANTIATE_TEST_SUITE_P(Providers, Secrets, testing::ValuesIn(secret_cases()),
                         [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace wascc::test
