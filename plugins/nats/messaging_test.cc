#include "nats/messaging.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <fstream>
#include <latch>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "conformance/provider_conformance.h"
#include "support/fake_dispatcher.h"
#include "support/manual_clock.h"
#include "support/nats_jwt.h"
#include "support/real_server.h"
#include "support/silent_proxy.h"
#include "support/test_certificate.h"
#include "wascc/messages/messaging.h"

namespace wascc::nats {
namespace {

using namespace messaging;
using namespace std::chrono_literals;

class NatsServer : public test::RealServer {
 public:
  explicit NatsServer(std::vector<std::string> more = {})
      : RealServer(
            [more](std::uint16_t port) {
              std::vector<std::string> command = {"nats-server", "-a", "127.0.0.1", "-p",
                                                  std::to_string(port)};
              command.insert(command.end(), more.begin(), more.end());
              return command;
            },
            "Server is ready") {}
  std::string url() const { return "nats://" + address(); }
};

// A host's log that keeps its lines.
class Lines {
 public:
  Lines() {
    api_.size = sizeof api_;
    api_.context = this;
    api_.log = [](void* context, std::uint32_t /*level*/, wascc_bytes text) noexcept {
      auto& self = *static_cast<Lines*>(context);
      const std::scoped_lock lock(self.mutex_);
      self.lines_.emplace_back(abi::text(text));
      self.changed_.notify_all();
    };
  }
  ProviderLog log() const { return ProviderLog(api_); }
  // Waits for a line that holds the text, and forgets it.
  void wait_for(std::string_view text) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] {
      const auto found = std::ranges::find_if(
          lines_, [&](const auto& line) { return line.find(text) != std::string::npos; });
      if (found == lines_.end()) return false;
      lines_.erase(found);
      return true;
    });
  }
  std::string all() const {
    const std::scoped_lock lock(mutex_);
    std::string text;
    for (const std::string& line : lines_) text += line + "\n";
    return text;
  }

 private:
  wascc_host_api api_{};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

// What was delivered to actors, in the order of its coming.
class Inbox {
 public:
  struct Mail {
    std::string actor;
    BrokerMessage message;
  };
  void put(const Dispatch& call) {
    EXPECT_EQ(call.operation, kOpDeliverMessage);
    EXPECT_NE(call.deadline, kNoDeadline);
    const std::scoped_lock lock(mutex_);
    mails_.push_back({std::string(call.actor), *decode<BrokerMessage>(call.payload)});
    changed_.notify_all();
  }
  Mail next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !mails_.empty(); });
    Mail mail = std::move(mails_.front());
    mails_.pop_front();
    return mail;
  }
  std::size_t size() const {
    const std::scoped_lock lock(mutex_);
    return mails_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Mail> mails_;
};

struct NatsMessagingTest : testing::Test {
  test::ManualClock clock;
  Lines lines;
  Inbox inbox;
  test::FakeDispatcher dispatcher;
  NatsMessaging provider{lines.log(), clock};

  void SetUp() override {
    dispatcher.answer = [this](const Dispatch& call) -> Result<Bytes> {
      inbox.put(call);
      return Bytes();
    };
    ASSERT_TRUE(provider.start(dispatcher));
  }
  void TearDown() override { provider.stop(); }

  std::string bind(const std::string& actor, StringMap values) {
    const Status bound = provider.bind({actor, std::move(values)});
    return bound ? "bound" : bound.error().message();
  }
  std::string publish(std::string_view actor, const std::string& subject, std::string_view body,
                      const std::string& reply_to = "", Deadline deadline = kNoDeadline) {
    const auto answer = provider.handle_call(
        {actor, kOpPublish, encode(BrokerMessage{subject, reply_to, to_bytes(body)}), deadline});
    if (!answer) return answer.error().message();
    EXPECT_TRUE(answer->empty());
    return "published";
  }
  std::string request(std::string_view actor, const std::string& subject, std::string_view body,
                      std::chrono::milliseconds timeout = 1h, Deadline deadline = kNoDeadline) {
    const RequestMessage message{subject, to_bytes(body), timeout.count()};
    const auto answer = provider.handle_call({actor, kOpRequest, encode(message), deadline});
    return answer ? to_text(*answer) : answer.error().message();
  }
  // From now on actors answer requests with "<body> yourself".
  void let_actors_reply() {
    dispatcher.answer = [this](const Dispatch& call) -> Result<Bytes> {
      const auto message = *decode<BrokerMessage>(call.payload);
      if (!message.reply_to.empty())
        publish(call.actor, message.reply_to, to_text(message.body) + " yourself");
      return Bytes();
    };
  }
};

TEST_F(NatsMessagingTest, DescribesItself) {
  const CapabilityDescriptor descriptor = provider.descriptor();
  EXPECT_EQ(descriptor.id, "wascc:messaging");
  ASSERT_EQ(descriptor.supported_operations.size(), 3U);
  EXPECT_EQ(descriptor.supported_operations[2].name, "DeliverMessage");
  EXPECT_EQ(descriptor.supported_operations[2].direction, Direction::kToActor);
}

TEST_F(NatsMessagingTest, DeliversWhatIsPublishedOnTheSubjectsOfABinding) {
  NatsServer server;
  ASSERT_EQ(bind("M1", {{"URL", server.url()}, {"SUBSCRIPTION", "orders.*,größe"}}), "bound");
  ASSERT_EQ(bind("M2", {{"URL", server.url()}}), "bound");
  const std::string odd("a\0\xff\r\n", 5);
  EXPECT_EQ(publish("M2", "elsewhere", "x"), "published");
  EXPECT_EQ(publish("M2", "orders.new", odd, "answers"), "published");
  Inbox::Mail mail = inbox.next();
  EXPECT_EQ(mail.actor, "M1");
  EXPECT_EQ(mail.message.subject, "orders.new");
  EXPECT_EQ(mail.message.reply_to, "answers");
  EXPECT_EQ(to_text(mail.message.body), odd);
  EXPECT_EQ(publish("M1", "größe", ""), "published");
  mail = inbox.next();
  EXPECT_EQ(mail.message.subject, "größe");
  EXPECT_EQ(mail.message.reply_to, "");
  EXPECT_TRUE(mail.message.body.empty());
}

TEST_F(NatsMessagingTest, AQueueGroupGetsEachMessageOnce) {
  NatsServer server;
  for (const char* actor : {"M1", "M2", "M3"}) {
    ASSERT_EQ(
        bind(actor,
             {{"URL", server.url()}, {"SUBSCRIPTION", "work"}, {"QUEUEGROUP_NAME", "workers"}}),
        "bound");
  }
  ASSERT_EQ(bind("M4", {{"URL", server.url()}, {"SUBSCRIPTION", "work"}}), "bound");
  constexpr int kMessages = 50;
  std::map<std::string, int> of_actor;
  for (int i = 0; i < kMessages; ++i) EXPECT_EQ(publish("M1", "work", "x"), "published");
  for (int i = 0; i < 2 * kMessages; ++i) ++of_actor[inbox.next().actor];
  EXPECT_EQ(of_actor["M4"], kMessages);
  EXPECT_EQ(of_actor["M1"] + of_actor["M2"] + of_actor["M3"], kMessages);
}

TEST_F(NatsMessagingTest, ARequestReturnsTheBareReply) {
  NatsServer server;
  let_actors_reply();
  ASSERT_EQ(bind("M1", {{"URL", server.url()}, {"SUBSCRIPTION", "greet"}}), "bound");
  ASSERT_EQ(bind("M2", {{"URL", server.url()}}), "bound");
  EXPECT_EQ(request("M2", "greet", "hello"), "hello yourself");
  EXPECT_EQ(request("M2", "greet", ""), " yourself");
}

TEST_F(NatsMessagingTest, ARequestWaitsAsLongAsItMay) {
  NatsServer server;
  ASSERT_EQ(bind("M1", {{"URL", server.url()}, {"SUBSCRIPTION", "silence"}}), "bound");
  EXPECT_EQ(request("M1", "silence", "x", 50ms), "Request failed: Timeout");
  EXPECT_EQ(request("M1", "silence", "x", 1h, std::chrono::steady_clock::now() + 50ms),
            "Request failed: Timeout");
  EXPECT_EQ(request("M1", "silence", "x", 0ms), "Request failed: Timeout");
  EXPECT_EQ(request("M1", "silence", "x", -1ms), "Request failed: Timeout");
  EXPECT_EQ(request("M1", "nobody", "x"), "Request failed: No responders available for request");
}

TEST_F(NatsMessagingTest, NeverSwapsRepliesOfParallelRequests) {
  NatsServer server;
  let_actors_reply();
  ASSERT_EQ(
      bind("M1",
           {{"URL", server.url()}, {"SUBSCRIPTION", "echo,echo"}, {"QUEUEGROUP_NAME", "echo"}}),
      "bound");
  ASSERT_EQ(bind("M2", {{"URL", server.url()}}), "bound");
  constexpr int kThreads = 8, kEach = 50;
  std::latch together(kThreads);
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t)
      threads.emplace_back([&, t] {
        together.arrive_and_wait();
        for (int i = 0; i < kEach; ++i) {
          const std::string text = std::to_string(t) + ":" + std::to_string(i);
          wrong += request("M2", "echo", text) != text + " yourself";
        }
      });
  }
  EXPECT_EQ(wrong, 0);
}

TEST_F(NatsMessagingTest, LogsWhatAnActorCouldNotTakeAndGoesOn) {
  NatsServer server;
  dispatcher.answer = [this](const Dispatch& call) -> Result<Bytes> {
    if (to_text(decode<BrokerMessage>(call.payload)->body) == "bad")
      return Error(Errc::kGuest, "not this one");
    inbox.put(call);
    return Bytes();
  };
  ASSERT_EQ(bind("M1", {{"URL", server.url()}, {"SUBSCRIPTION", "s"}}), "bound");
  publish("M1", "s", "bad");
  publish("M1", "s", "good");
  EXPECT_EQ(to_text(inbox.next().message.body), "good");
  EXPECT_EQ(lines.all(), "[M1] a message on s was dropped: not this one\n");
}

TEST_F(NatsMessagingTest, BindingAgainIsAnUpdate) {
  NatsServer one, two;
  ASSERT_EQ(bind("M1", {{"URL", one.url()}, {"SUBSCRIPTION", "s"}}), "bound");
  ASSERT_EQ(bind("M2", {{"URL", two.url()}}), "bound");
  ASSERT_EQ(bind("M1", {{"URL", two.url()}, {"SUBSCRIPTION", "t"}}), "bound");
  publish("M2", "s", "old");
  publish("M2", "t", "new");
  EXPECT_EQ(to_text(inbox.next().message.body), "new");
  EXPECT_EQ(bind("M1", {{"URL", "nats://127.0.0.1:1"}}),
            "Cannot connect to NATS at 127.0.0.1:1: No server available for connection");
  EXPECT_EQ(bind("M1", {{"URL", one.url()}, {"SUBSCRIPTION", "a b"}}),
            "SUBSCRIPTION a b: Invalid Subject");
  publish("M2", "t", "still");
  EXPECT_EQ(to_text(inbox.next().message.body), "still") << "a refused update changes nothing";
  EXPECT_EQ(inbox.size(), 0U);
}

TEST_F(NatsMessagingTest, DeliversNothingAfterTheBindingEnded) {
  NatsServer server;
  const StringMap values = {{"URL", server.url()}, {"SUBSCRIPTION", "s"}};
  ASSERT_EQ(bind("M1", values), "bound");
  ASSERT_EQ(bind("M2", values), "bound");
  ASSERT_TRUE(provider.unbind("M1"));
  ASSERT_TRUE(provider.unbind("M1")) << "a second time is no error";
  constexpr std::string_view kNoClient = "No client for this actor. Did the host configure it?";
  EXPECT_EQ(publish("M1", "s", "x"), kNoClient);
  EXPECT_EQ(request("M1", "s", "x"), kNoClient);
  EXPECT_EQ(publish("M2", "s", "one"), "published");
  EXPECT_EQ(inbox.next().actor, "M2");
  ASSERT_EQ(bind("M1", values), "bound");
  EXPECT_EQ(publish("M1", "s", "two"), "published");
  std::vector<std::string> actors = {inbox.next().actor, inbox.next().actor};
  std::ranges::sort(actors);
  EXPECT_EQ(actors, (std::vector<std::string>{"M1", "M2"}));
  EXPECT_EQ(inbox.size(), 0U);
}

TEST_F(NatsMessagingTest, ABindingMayEndInTheMiddleOfItsOwnDelivery) {
  NatsServer server;
  dispatcher.answer = [this](const Dispatch& call) -> Result<Bytes> {
    EXPECT_TRUE(provider.unbind(call.actor));
    inbox.put(call);
    return Bytes();
  };
  ASSERT_EQ(bind("M1", {{"URL", server.url()}, {"SUBSCRIPTION", "s"}}), "bound");
  publish("M1", "s", "x");
  inbox.next();
}

TEST_F(NatsMessagingTest, StopsWhenTheDeliveriesInProgressHaveEnded) {
  NatsServer server;
  std::latch begun(1);
  std::atomic<bool> ended = false;
  dispatcher.answer = [&](const Dispatch& call) -> Result<Bytes> {
    begun.count_down();
    while (publish(call.actor, "elsewhere", "x") == "published") {
    }  // until stop() is in progress
    ended = true;
    return Bytes();
  };
  ASSERT_EQ(bind("M1", {{"URL", server.url()}, {"SUBSCRIPTION", "s"}}), "bound");
  publish("M1", "s", "x");
  begun.wait();
  provider.stop();
  EXPECT_TRUE(ended);
}

TEST_F(NatsMessagingTest, FindsAServerAgainThatWasAway) {
  NatsServer server;
  ASSERT_EQ(
      bind("M1", {{"URL", server.url()}, {"SUBSCRIPTION", "s"}, {"CONNECT_TIMEOUT_MS", "100"}}),
      "bound");
  for (const bool crash : {false, true}) {
    crash ? server.crash() : server.stop();
    lines.wait_for("[M1] lost the connection to NATS at " + server.address());
    EXPECT_EQ(publish("M1", "s", "x"),
              "Failed to publish message: not connected to NATS at " + server.address());
    EXPECT_EQ(request("M1", "s", "x"),
              "Request failed: not connected to NATS at " + server.address());
    server.start();
    lines.wait_for("[M1] connected again to NATS at " + server.address());
    EXPECT_EQ(publish("M1", "s", "back"), "published");
    EXPECT_EQ(to_text(inbox.next().message.body), "back") << "subscribed again, and nothing late";
  }
}

TEST_F(NatsMessagingTest, WaitsForAConnectionThatIsBeingMadeAgain) {
  NatsServer server;
  ASSERT_EQ(bind("M1", {{"URL", server.url()}, {"CONNECT_TIMEOUT_MS", "3600000"}}), "bound");
  server.stop();
  lines.wait_for("lost the connection");
  std::string told;
  {
    const std::jthread caller([&] { told = publish("M1", "s", "x"); });
    server.start();
  }
  EXPECT_EQ(told, "published");
}

TEST_F(NatsMessagingTest, GivesUpOnAServerThatStandsStill) {
  NatsServer server;
  ASSERT_EQ(bind("M1", {{"URL", server.url()}}), "bound");
  server.freeze();
  const auto soon = [] { return std::chrono::steady_clock::now() + 50ms; };
  EXPECT_EQ(publish("M1", "s", "x", "", soon()), "Failed to publish message: Timeout");
  EXPECT_EQ(request("M1", "s", "x", 1h, soon()), "Request failed: Timeout");
  EXPECT_EQ(publish("M1", "s", "x", "", soon() - 1h), "Failed to publish message: Timeout");
  server.thaw();
  EXPECT_EQ(publish("M1", "s", "x"), "published");
}

TEST_F(NatsMessagingTest, ReplacesAConnectionThatWasForgottenWhileTheProcessSlept) {
  NatsServer server;
  test::SilentProxy proxy(server.port());
  ASSERT_EQ(bind("M1", {{"URL", "nats://" + proxy.address()}, {"SUBSCRIPTION", "s"}}), "bound");
  EXPECT_EQ(publish("M1", "s", "one"), "published");
  inbox.next();
  proxy.forget_connections();
  clock.set(clock.now() + 10min);
  EXPECT_EQ(publish("M1", "s", "two"), "published");
  EXPECT_EQ(to_text(inbox.next().message.body), "two");
  EXPECT_EQ(proxy.connections(), 2);
}

TEST_F(NatsMessagingTest, ShowsWhoItIs) {
  NatsServer with_password({"--user", "me", "--pass", "top s3cret"});
  const auto cannot = [](const test::RealServer& server, const std::string& why) {
    return "Cannot connect to NATS at " + server.address() + ": " + why;
  };
  EXPECT_EQ(bind("M1", {{"URL", "nats://me:top%20s3cret@" + with_password.address()}}), "bound");
  EXPECT_EQ(bind("M1", {{"URL", "nats://me:wr0ng@" + with_password.address()}}),
            cannot(with_password, "Authentication Violation"));
  NatsServer with_token({"--auth", "t0ken"});
  EXPECT_EQ(bind("M1", {{"URL", "nats://t0ken@" + with_token.address()}}), "bound");
  EXPECT_EQ(bind("M1", {{"URL", with_token.url()}}),
            cannot(with_token, "Authentication Violation"));

  const test::TemporaryFolder folder;
  const test::NatsOperator known, stranger;
  const std::string file = folder.path() + "/nats.conf";
  std::ofstream(file) << known.configuration();
  NatsServer with_jwt({"--config", file});
  ASSERT_TRUE(with_jwt.running()) << with_jwt.output();
  const auto credentials = [&](const std::string& jwt, const std::string& seed) {
    return StringMap{{"URL", with_jwt.url()}, {"CLIENT_JWT", jwt}, {"CLIENT_SEED", seed}};
  };
  EXPECT_EQ(bind("M1", credentials(known.user_token(), known.user_seed())), "bound");
  EXPECT_EQ(publish("M1", "s", "x"), "published");
  EXPECT_EQ(bind("M1", credentials(known.user_token(), stranger.user_seed())),
            cannot(with_jwt, "Authentication Violation"));
  EXPECT_EQ(bind("M1", credentials(stranger.user_token(), stranger.user_seed())),
            cannot(with_jwt, "Authentication Violation"));
  EXPECT_NE(bind("M1", credentials(known.user_token(), "no seed")), "bound");
  EXPECT_EQ(bind("M1", credentials(known.user_token(), "")),
            "Missing client seed, required for user credentials (JWT) authentication.");
  EXPECT_EQ(lines.all().find("s3cret"), std::string::npos);
}

TEST_F(NatsMessagingTest, SpeaksTlsWithTheServerThatItTrustsAlone) {
  const test::TestCertificate certificate("DNS:localhost,IP:127.0.0.1");
  const test::TestCertificate stranger("DNS:localhost");
  const test::TestCertificate elsewhere("DNS:nats.example");
  ASSERT_TRUE(certificate.made() && stranger.made() && elsewhere.made());
  const auto tls = [](const test::TestCertificate& own) {
    return std::vector<std::string>{"--tls", "--tlscert", own.file(), "--tlskey", own.key_file()};
  };
  const auto ask = [&](const test::RealServer& server, const std::string& scheme_and_host,
                       const test::TestCertificate& trusted) {
    return bind("M1", {{"URL", scheme_and_host + ":" + std::to_string(server.port())},
                       {"CA_FILE", trusted.file()}});
  };
  NatsServer server(tls(certificate));
  ASSERT_TRUE(server.running()) << server.output();
  EXPECT_EQ(ask(server, "tls://localhost", certificate), "bound");
  EXPECT_EQ(publish("M1", "s", std::string(200'000, 'x')), "published");
  const std::string refused = "Cannot connect to NATS at localhost:";
  EXPECT_EQ(ask(server, "tls://localhost", stranger),
            refused + std::to_string(server.port()) +
                ": SSL handshake error: 18:self-signed "
                "certificate:depth=0:cert=/CN=test:issuer=/CN=test");
  EXPECT_NE(ask(server, "nats://localhost", certificate), "bound");
  NatsServer other(tls(elsewhere));
  ASSERT_TRUE(other.running()) << other.output();
  EXPECT_EQ(ask(other, "tls://localhost", elsewhere),
            refused + std::to_string(other.port()) +
                ": SSL handshake error: 62:hostname mismatch:expected=localhost:cert=/CN=test")
      << "a trusted authority, and another server's name";
}

TEST_F(NatsMessagingTest, RefusesWhatItDoesNotKnow) {
  NatsServer server;
  ASSERT_EQ(bind("M1", {{"URL", server.url()}}), "bound");
  for (const char* operation : {"Explode", "", "DeliverMessage"}) {
    const auto answer = provider.handle_call({"M1", operation, as_bytes("\x80")});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().message(), "bad dispatch");
  }
  for (const std::string_view operation : {kOpPublish, kOpRequest}) {
    const auto answer = provider.handle_call({"M1", operation, as_bytes("\x81")});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), Errc::kMalformed);
    EXPECT_EQ(answer.error().message().rfind("Failed to de-serialize: ", 0), 0U);
  }
  EXPECT_EQ(publish("M1", "", "x"), "Failed to publish message: Invalid Subject");
  EXPECT_EQ(publish("M1", "s", std::string(2 << 20, 'x')),
            "Failed to publish message: Maximum Payload Exceeded");
  EXPECT_EQ(publish("M1", "s", "x"), "published");
}

// Of each server an actor answers requests: with its place, or with what it heard.
struct NatsCase final : test::StandardProvider {
  const SystemClock clock{};
  NatsServer servers[2];

  std::unique_ptr<Provider> make() override {
    return std::make_unique<NatsMessaging>(ProviderLog(), clock);
  }
  StringMap values(int place) override { return {{"URL", servers[place].url()}}; }
  void prepare(Provider& provider) override {
    dispatcher.answer = [&](const Dispatch& call) -> Result<Bytes> {
      const auto message = *decode<BrokerMessage>(call.payload);
      const bool place = message.subject == "place";
      const BrokerMessage reply{message.reply_to, "",
                                place ? to_bytes(call.actor.substr(6)) : message.body};
      return provider.handle_call({call.actor, kOpPublish, encode(reply)});
    };
    for (const int place : {0, 1}) {
      StringMap responder = values(place);
      responder.emplace_back("SUBSCRIPTION", "place,echo");
      EXPECT_TRUE(provider.bind({"Server" + std::to_string(place), std::move(responder)}));
    }
  }
  Result<int> place(Provider& provider, const std::string& actor) override {
    WASCC_TRY(const std::string text, request(provider, actor, "place", ""));
    return text == "1" ? 1 : 0;
  }
  Result<std::string> echo(Provider& provider, const std::string& actor,
                           const std::string& digits) override {
    return request(provider, actor, "echo", digits);
  }

 private:
  static Result<std::string> request(Provider& provider, const std::string& actor,
                                     const std::string& subject, const std::string& body) {
    const RequestMessage message{subject, to_bytes(body), 3'600'000};
    WASCC_TRY(const Bytes answer, provider.handle_call({actor, kOpRequest, encode(message)}));
    return to_text(answer);
  }
};

}  // namespace
}  // namespace wascc::nats

namespace wascc::test {
INSTANTIATE_TEST_SUITE_P(OnNats, ProviderConformance,
                         testing::Values(ProviderCase::of<nats::NatsCase>("messaging")));
}  // namespace wascc::test
