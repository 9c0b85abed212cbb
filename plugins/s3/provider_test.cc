#include "s3/provider.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "conformance/blobstore_conformance.h"
#include "conformance/provider_cases.h"
#include "support/fake_dispatcher.h"
#include "support/s3_server.h"
#include "support/scripted_server.h"
#include "support/test_certificate.h"

namespace wascc::s3 {
namespace {

using namespace blobstore;

struct S3UnderTest final : test::BlobStoreUnderTest {
  test::S3Server server;
  S3BlobStore store{ProviderLog()};

  std::string unavailable() override { return server.unavailable(); }
  Provider& provider() override { return store; }
  StringMap values() override { return server.values(); }
};

std::unique_ptr<test::BlobStoreUnderTest> make_s3() { return std::make_unique<S3UnderTest>(); }

struct S3Case final : test::AnyBlobStore {
  test::S3Server servers[2];

  std::string unavailable() override { return servers[0].unavailable(); }
  std::unique_ptr<Provider> make() override { return std::make_unique<S3BlobStore>(ProviderLog()); }
  StringMap values(int place) override { return servers[place].values(); }
  int parallel_calls() const override { return 4; }
};

StringMap with(StringMap values, const StringMap& others) {
  for (const auto& other : others) {
    std::erase_if(values, [&](const auto& one) { return one.first == other.first; });
    values.push_back(other);
  }
  return values;
}

// A started provider, and calls of one actor.
struct S3Store : testing::Test {
  test::FakeDispatcher actor;
  S3BlobStore store{ProviderLog()};

  void SetUp() override { ASSERT_TRUE(store.start(actor)); }
  void TearDown() override { store.stop(); }

  void bind(const StringMap& values, const std::string& who = "M1") {
    const Status bound = store.bind({who, values});
    ASSERT_TRUE(bound) << bound.error().message();
  }
  template <class Message>
  Result<Bytes> call(std::string_view operation, const Message& message,
                     std::string_view who = "M1", Deadline deadline = kNoDeadline) {
    const Bytes payload = encode(message);
    return store.handle_call({who, operation, payload, deadline});
  }
  template <class Message>
  std::string told(std::string_view operation, const Message& message,
                   std::string_view who = "M1") {
    const auto answer = call(operation, message, who);
    return answer ? "answered" : answer.error().message();
  }
  std::string upload(const std::string& id, const std::string& content,
                     std::string_view who = "M1") {
    FileChunk chunk{0, "photos", id, content.size(), content.size(), {}, {}};
    std::string answer = told(kOpStartUpload, chunk, who);
    chunk.chunk_bytes = to_bytes(content);
    if (answer == "answered" && !content.empty()) answer = told(kOpUploadChunk, chunk, who);
    return answer;
  }
  std::string stored(const std::string& id, std::string_view who = "M1") {
    const std::size_t before = actor.calls().size();
    const auto answer = call(kOpStartDownload, StreamRequest{id, "photos", 0, {}}, who);
    if (!answer) return answer.error().message();
    std::string content;
    const auto calls = actor.calls();
    for (std::size_t i = before; i < calls.size(); ++i)
      content += to_text(decode<FileChunk>(calls[i].payload)->chunk_bytes);
    return content;
  }
};

// The server checks each signature, and refuses a request whose URL is not written as it is signed.
TEST_F(S3Store, SignsForEachStyleRegionAndKindOfKeys) {
  test::S3Server server;
  if (!server.unavailable().empty()) GTEST_SKIP() << server.unavailable();
  const std::string by_name = "http://localhost:" + std::to_string(server.process().port());
  const StringMap variants[] = {
      {},
      {{"ENDPOINT", by_name}, {"STYLE", "host"}},
      {{"REGION", "eu-west-1"}},
      {{"AWS_ACCESS_KEY_ID", "TESTTOKENKEY"}, {"AWS_SESSION_TOKEN", "a+token/of==the+test"}},
  };
  for (const StringMap& variant : variants) {
    bind(with(server.values(), variant));
    const std::string what = variant.empty() ? "as it is" : variant.back().second;
    EXPECT_EQ(told(kOpCreateContainer, Container{"photos"}), "answered") << what;
    for (const char* id : {"plain", "a b/größe+%20&x=y?#~!*'();:@$,[]/\"<>\\^`{|}", "a//.b/"}) {
      EXPECT_EQ(upload(id, "content"), "answered") << what << ": " << id;
      EXPECT_EQ(stored(id), "content") << what << ": " << id;
      const auto answer = call(kOpListObjects, Container{"photos"});
      ASSERT_TRUE(answer) << what << ": " << answer.error().message();
      const auto list = decode<BlobList>(*answer);
      ASSERT_EQ(list->blobs.size(), 1U);
      EXPECT_EQ(list->blobs[0].id, id);
      EXPECT_EQ(told(kOpRemoveObject, Blob{id, "photos", 0}), "answered") << what << ": " << id;
    }
    EXPECT_EQ(told(kOpRemoveContainer, Container{"photos"}), "answered") << what;
  }
}

TEST_F(S3Store, TellsWhatS3SaysToWrongKeys) {
  test::S3Server server;
  if (!server.unavailable().empty()) GTEST_SKIP() << server.unavailable();
  bind(with(server.values(), {{"AWS_SECRET_ACCESS_KEY", "another"}}));
  const auto refused = call(kOpListObjects, Container{"photos"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Errc::kDenied);
  EXPECT_EQ(refused.error().message(),
            "list photos: SignatureDoesNotMatch: botocore computes another signature");
  EXPECT_EQ(told(kOpGetObjectInfo, Blob{"b", "photos", 0}),
            "look at photos/b: S3 answered with status 403");
}

TEST_F(S3Store, TrustsAServerByTheAuthorityOfTheBindingAlone) {
  const test::TestCertificate certificate("IP:127.0.0.1"), other("IP:127.0.0.1");
  test::S3Server server({"--certificate", certificate.file(), "--key", certificate.key_file()});
  if (!server.unavailable().empty()) GTEST_SKIP() << server.unavailable();
  const StringMap values = with(
      server.values(),
      {{"ENDPOINT", "https://" + server.process().address()}, {"CA_FILE", certificate.file()}});
  bind(values);
  EXPECT_EQ(told(kOpCreateContainer, Container{"photos"}), "answered");
  EXPECT_EQ(upload("b", "content"), "answered");
  EXPECT_EQ(stored("b"), "content");
  bind(with(values, {{"CA_FILE", other.file()}}));
  EXPECT_NE(stored("b").find("certificate"), std::string::npos);
}

TEST_F(S3Store, AServerThatGoesAwayIsAnErrorAndOneThatComesBackHasWhatItAcknowledged) {
  test::S3Server server;
  if (!server.unavailable().empty()) GTEST_SKIP() << server.unavailable();
  bind(server.values());
  EXPECT_EQ(told(kOpCreateContainer, Container{"photos"}), "answered");
  EXPECT_EQ(upload("kept", "content"), "answered");
  FileChunk chunk{0, "photos", "half", 2, 1, {}, {}};
  EXPECT_EQ(told(kOpStartUpload, chunk), "answered");
  server.process().crash();
  const auto away = call(kOpListObjects, Container{"photos"});
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().code(), Errc::kUnavailable);
  EXPECT_EQ(
      away.error().message().rfind("Cannot reach S3 at " + server.process().address() + ": ", 0),
      0U)
      << away.error().message();
  EXPECT_NE(upload("lost", "content"), "answered");
  chunk.chunk_bytes = to_bytes("x");
  EXPECT_EQ(told(kOpUploadChunk, chunk), "answered") << "which needs no server yet";
  server.process().start();
  EXPECT_EQ(stored("kept"), "content");
  EXPECT_EQ(stored("lost"), "no such blob: photos/lost");
  chunk.sequence_no = 1;
  EXPECT_EQ(told(kOpUploadChunk, chunk), "answered");
  EXPECT_EQ(stored("half"), "xx");

  server.process().freeze();
  bind(with(server.values(), {{"TIMEOUT_MS", "200"}}));
  EXPECT_EQ(call(kOpListObjects, Container{"photos"}).error().code(), Errc::kTimeout);
  bind(server.values());
  EXPECT_EQ(call(kOpListObjects, Container{"photos"}, "M1", Deadline()).error().code(),
            Errc::kTimeout)
      << "the call's own deadline";
  server.process().thaw();
  EXPECT_EQ(stored("kept"), "content");
}

// What no real server would do, or not when a test wants it.
struct OddS3 : S3Store {
  std::function<test::Reply(const test::SeenRequest&, int number)> answer;
  std::atomic<int> requests = 0;
  test::ScriptedServer server{[this](const test::SeenRequest& request, const auto&) {
    return answer(request, ++requests);
  }};

  void SetUp() override {
    S3Store::SetUp();
    bind({{"ENDPOINT", "http://" + server.address()},
          {"AWS_ACCESS_KEY_ID", "TESTKEY"},
          {"AWS_SECRET_ACCESS_KEY", "secret"}});
  }
};

TEST_F(OddS3, AsksAgainWhereS3FailedToServeAndGivesUpInTheEnd) {
  answer = [](const test::SeenRequest&, int number) {
    return number < 3 ? test::http_reply(503) : test::http_reply(200);
  };
  EXPECT_EQ(upload("b", "content"), "answered");
  EXPECT_EQ(requests, 3);
  answer = [](const test::SeenRequest&, int) {
    return test::http_reply(503, "<Error><Code>SlowDown</Code><Message>Later</Message></Error>");
  };
  const auto given_up = call(kOpListObjects, Container{"photos"});
  ASSERT_FALSE(given_up);
  EXPECT_EQ(given_up.error().code(), Errc::kUnavailable);
  EXPECT_EQ(given_up.error().message(), "list photos: SlowDown: Later");
  EXPECT_EQ(requests, 6);
}

TEST_F(OddS3, EveryAttemptSendsTheWholeBody) {
  std::vector<std::string> bodies;
  answer = [&](const test::SeenRequest& request, int number) {
    bodies.push_back(request.body);
    return test::http_reply(number < 2 ? 500 : 200);
  };
  const std::string content(300'000, 'x');
  EXPECT_EQ(upload("b", content), "answered");
  EXPECT_EQ(bodies, (std::vector{content, content}));
}

TEST_F(OddS3, SaysWhichRegionABucketIsIn) {
  answer = [](const test::SeenRequest&, int) {
    return test::http_reply(301, "", {{"x-amz-bucket-region", "eu-west-1"}});
  };
  EXPECT_EQ(told(kOpListObjects, Container{"photos"}),
            "list photos: S3 answered with status 301 (set REGION to eu-west-1)");
}

TEST_F(OddS3, AListThatNeverEndsEnds) {
  answer = [](const test::SeenRequest&, int) {
    std::string page = "<ListBucketResult><IsTruncated>true</IsTruncated>";
    for (int i = 0; i < 1000; ++i) page += "<Contents><Key>k</Key><Size>1</Size></Contents>";
    return test::http_reply(
        200, page + "<NextContinuationToken>again</NextContinuationToken></ListBucketResult>");
  };
  EXPECT_EQ(told(kOpListObjects, Container{"photos"}),
            "container photos has more than 100000 blobs");
  EXPECT_EQ(requests, 101);
}

TEST_F(OddS3, AnAnswerThatIsNotWhatWasAskedForIsAnErrorAndNeverAChunk) {
  struct Case {
    const char* name;
    test::Reply head, body;
  };
  const test::Reply seven{"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nETag: \"1\"\r\n\r\n"};
  const Case cases[] = {
      {"too few bytes", seven, test::http_reply(206, "abc")},
      {"too many bytes", seven, test::http_reply(206, "abcdefgh")},
      {"another blob", seven, test::http_reply(412)},
      {"an error of the server", seven, test::http_reply(500)},
      {"no ETag",
       {"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"},
       test::http_reply(206, "abcdefg")},
      {"more than is taken",
       {"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\nETag: \"1\"\r\n\r\n"},
       test::http_reply(206, "abcdefg")},
  };
  for (const Case& c : cases) {
    answer = [&](const test::SeenRequest& request, int) {
      return request.method == "HEAD" ? c.head : c.body;
    };
    (void)call(kOpStartDownload, StreamRequest{"b", "photos", 0, {}});
    EXPECT_TRUE(actor.calls().empty()) << c.name;
  }
  answer = [&](const test::SeenRequest& request, int) {
    return request.method == "HEAD" ? seven : test::http_reply(206, "abcdefg");
  };
  EXPECT_EQ(stored("b"), "abcdefg") << "else the rest proves nothing";
}

TEST_F(OddS3, ABlobOfABucketWithVersionsIsReadInTheVersionThatItHad) {
  std::string path, condition;
  answer = [&](const test::SeenRequest& request, int) {
    if (request.method == "HEAD")
      return test::Reply{
          "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nETag: \"1\"\r\nx-amz-version-id: v/1\r\n\r\n"};
    path = request.path;
    condition = request.header("if-match");
    return test::http_reply(206, "abc");
  };
  EXPECT_EQ(stored("b"), "abc");
  EXPECT_EQ(path, "/photos/b?versionId=v%2F1");
  EXPECT_EQ(condition, "\"1\"");
}

}  // namespace
}  // namespace wascc::s3

namespace wascc::test {
INSTANTIATE_TEST_SUITE_P(OnS3, BlobStoreConformance, testing::Values(&s3::make_s3));
INSTANTIATE_TEST_SUITE_P(OnS3, ProviderConformance,
                         testing::Values(ProviderCase::of<s3::S3Case>("blobstore")));
}  // namespace wascc::test
