// The client against a registry that is a script: what it answers where.
#include "oci/client.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "base/encoding.h"
#include "claims/sha256.h"

namespace wascc::oci {
namespace {

const std::string kFile("\0asm and more", 13);
const std::string kHost = "https://registry.example";
const std::string kRepository = kHost + "/v2/shop/echo";
const Credentials kNobody;
const Credentials kUser{"jo", "s3cret"};
const std::string kBasic = "Basic " + base64_encode(as_bytes("jo:s3cret"));

std::string digest_of(std::string_view text) {
  return "sha256:" + hex_lower(claims::sha256({as_bytes(text)}));
}

Answer answer(long status, std::string_view body = "", Headers headers = {}) {
  return {status, std::move(headers), to_bytes(body)};
}

Answer manifest_answer(const std::string& manifest) {
  return answer(200, manifest, {{"docker-content-digest", digest_of(manifest)}});
}

std::string layer_json(const std::string& content) {
  return R"({"mediaType":"application/octet-stream","digest":")" + digest_of(content) +
         R"(","size":)" + std::to_string(content.size()) + "}";
}

std::string manifest_of(const std::string& layers) {
  return R"({"schemaVersion":2,"config":{},"layers":[)" + layers + "]}";
}

class ScriptedTransport final : public Transport {
 public:
  using Handler = std::function<Answer(const Request&)>;

  Result<Answer> get(const Request& request) override {
    requests.push_back(request);
    const auto found = script.find(request.url);
    if (found == script.end()) return Error(Errc::kUnavailable, "no such host");
    Answer answer = found->second(request);
    if (answer.body.size() > request.max_bytes) return Error(Errc::kTooLarge, "too large");
    return answer;
  }
  void on(const std::string& url, Answer answer) {
    script[url] = [answer = std::move(answer)](const Request&) { return answer; };
  }

  std::map<std::string, Handler> script;
  std::vector<Request> requests;
};

std::string authorization(const Request& request) {
  for (const auto& [name, value] : request.headers)
    if (name == "authorization") return value;
  return "";
}

class OciClient : public ::testing::Test {
 protected:
  OciClient() {
    registry_.on(kHost + "/v2/", answer(200));
    put(manifest_of(layer_json(kFile)));
    registry_.on(kRepository + "/blobs/" + digest_of(kFile), answer(200, kFile));
  }

  // Under the tag 1.
  void put(const std::string& manifest) {
    manifest_ = manifest;
    registry_.on(kRepository + "/manifests/1", manifest_answer(manifest));
  }
  void wants(const std::string& challenge) {
    registry_.on(kHost + "/v2/", answer(401, "", {{"www-authenticate", challenge}}));
  }
  Result<Fetched> fetch(const std::string& text = "registry.example/shop/echo:1",
                        const Credentials& credentials = kNobody) {
    const auto reference = Reference::parse(text);
    if (!reference) return reference.error();
    return oci::fetch(*reference, credentials, registry_);
  }
  void refuses(Errc code, const std::string& why, const Credentials& credentials = kNobody,
               const std::string& text = "registry.example/shop/echo:1") {
    const auto fetched = fetch(text, credentials);
    ASSERT_FALSE(fetched);
    const std::string& message = fetched.error().message();
    EXPECT_EQ(fetched.error().code(), code) << message;
    EXPECT_TRUE(message.starts_with("waSCC Host Error: Failed to fetch OCI bytes: " + text))
        << message;
    EXPECT_NE(message.find(why), std::string::npos) << message;
    EXPECT_EQ(message.find("s3cret"), std::string::npos) << message;
  }

  ScriptedTransport registry_;
  std::string manifest_;
};

TEST_F(OciClient, FetchesTheLayerAndTellsTheDigestOfTheManifest) {
  const auto fetched = fetch();
  ASSERT_TRUE(fetched) << fetched.error().message();
  EXPECT_EQ(to_text(fetched->content), kFile);
  EXPECT_EQ(fetched->digest, digest_of(manifest_));
  EXPECT_EQ(fetched->reference.repository, "shop/echo");
  EXPECT_TRUE(fetched->warnings.empty());
  ASSERT_EQ(registry_.requests.size(), 3u);
  for (const Request& request : registry_.requests) EXPECT_EQ(authorization(request), "");
  EXPECT_NE(registry_.requests[1].headers.at(0).second.find("oci.image.manifest"),
            std::string::npos);
}

TEST_F(OciClient, AsksByDigestBeforeTagAndByLatestWithoutBoth) {
  const std::string digest = digest_of(manifest_);
  registry_.on(kRepository + "/manifests/" + digest, manifest_answer(manifest_));
  EXPECT_TRUE(fetch("registry.example/shop/echo@" + digest));
  EXPECT_TRUE(fetch("registry.example/shop/echo:9@" + digest));
  registry_.on(kRepository + "/manifests/latest", manifest_answer(manifest_));
  EXPECT_TRUE(fetch("registry.example/shop/echo"));
}

TEST_F(OciClient, GetsATokenForItsRepositoryAndSendsItToTheRegistry) {
  for (const char* member : {"token", "access_token"})
    for (const bool known : {false, true}) {
      registry_.requests.clear();
      wants("Bearer realm=\"https://auth.example/token\",service=\"the registry\"");
      const std::string realm =
          "https://auth.example/token?service=the%20registry&scope=repository%3Ashop%2Fecho%3Apull";
      registry_.on(realm, answer(200, std::string("{\"") + member + "\":\"t0k3n\"}"));
      const auto fetched = fetch("registry.example/shop/echo:1", known ? kUser : kNobody);
      ASSERT_TRUE(fetched) << fetched.error().message();
      ASSERT_EQ(registry_.requests.size(), 4u);
      EXPECT_EQ(authorization(registry_.requests[0]), "");
      EXPECT_EQ(authorization(registry_.requests[1]), known ? kBasic : "");
      EXPECT_EQ(authorization(registry_.requests[2]), "Bearer t0k3n");
      EXPECT_EQ(authorization(registry_.requests[3]), "Bearer t0k3n");
    }
}

TEST_F(OciClient, SendsUserAndPasswordWhereTheyAreAskedFor) {
  wants("Basic realm=\"x\"");
  ASSERT_TRUE(fetch("registry.example/shop/echo:1", kUser));
  EXPECT_EQ(authorization(registry_.requests[0]), "");
  EXPECT_EQ(authorization(registry_.requests[1]), kBasic);
  refuses(Errc::kDenied, "set OCI_REGISTRY_USER");
  refuses(Errc::kDenied, "colon", {"j:o", "s3cret"});
  registry_.on(kRepository + "/manifests/1", answer(401));
  refuses(Errc::kDenied, "the password is wrong", kUser);
}

TEST_F(OciClient, TakesNoTokenFromWhatIsNotHttps) {
  wants("Bearer realm=\"http://auth.example/token\"");
  refuses(Errc::kDenied, "not https", kUser);
  EXPECT_EQ(registry_.requests.size(), 1u);
  wants("Bearer realm=\"https://auth.example/token\"");
  const std::string realm = "https://auth.example/token?scope=repository%3Ashop%2Fecho%3Apull";
  registry_.on(realm, answer(302, "", {{"location", "http://auth.example/token"}}));
  refuses(Errc::kDenied, "not https", kUser);
}

TEST_F(OciClient, TakesOnlyWhatIsATokenForOne) {
  wants("Bearer realm=\"https://auth.example/token?x=1\"");
  const std::string realm = "https://auth.example/token?x=1&scope=repository%3Ashop%2Fecho%3Apull";
  const std::pair<Answer, Errc> cases[] = {
      {answer(200, R"({"token":"a\r\nx: y"})"), Errc::kMalformed},
      {answer(200, R"({"token":""})"), Errc::kMalformed},
      {answer(200, "[]"), Errc::kMalformed},
      {answer(200, "<html>"), Errc::kMalformed},
      {answer(200, std::string(100'000, ' ')), Errc::kTooLarge},
      {answer(401), Errc::kDenied},
      {answer(403), Errc::kDenied},
      {answer(500), Errc::kUnavailable},
  };
  for (const auto& [told, code] : cases) {
    registry_.on(realm, told);
    refuses(code, "auth.example");
  }
  wants("Digest realm=\"x\"");
  refuses(Errc::kUnsupported, "neither Bearer nor Basic");
}

TEST_F(OciClient, GivesItsTokenToNoOtherHost) {
  wants("Basic realm=\"x\"");
  const std::string blob = kRepository + "/blobs/" + digest_of(kFile);
  registry_.on(blob, answer(307, "", {{"location", "https://store.example/b?signature=abc"}}));
  registry_.on("https://store.example/b?signature=abc",
               answer(302, "", {{"location", kHost + "/home"}}));
  registry_.on(kHost + "/home", answer(200, kFile));
  const auto fetched = fetch("registry.example/shop/echo:1", kUser);
  ASSERT_TRUE(fetched) << fetched.error().message();
  ASSERT_EQ(registry_.requests.size(), 5u);
  EXPECT_EQ(authorization(registry_.requests[2]), kBasic);
  EXPECT_EQ(authorization(registry_.requests[3]), "");
  EXPECT_EQ(authorization(registry_.requests[4]), "") << "once away, a stranger leads the way";
}

TEST_F(OciClient, KeepsItsTokenOnTheSameHost) {
  wants("Basic realm=\"x\"");
  registry_.on(kRepository + "/blobs/" + digest_of(kFile),
               answer(307, "", {{"location", "/elsewhere"}}));
  registry_.on(kHost + "/elsewhere", answer(200, kFile));
  ASSERT_TRUE(fetch("registry.example/shop/echo:1", kUser));
  EXPECT_EQ(authorization(registry_.requests.back()), kBasic);
}

TEST_F(OciClient, FollowsRedirectsOnlyOverHttpsAndNotForEver) {
  const std::string blob = kRepository + "/blobs/" + digest_of(kFile);
  registry_.on(blob, answer(302, "", {{"location", "http://store.example/?signature=abc"}}));
  refuses(Errc::kDenied, "not https");
  registry_.on(blob, answer(302, "", {{"location", blob}}));
  refuses(Errc::kTooLarge, "redirects");
  registry_.on(blob, answer(302));
  refuses(Errc::kMalformed, "where to");
}

TEST_F(OciClient, RefusesWhatHasAnotherDigest) {
  registry_.on(kRepository + "/manifests/1",
               answer(200, manifest_ + " ", {{"docker-content-digest", digest_of(manifest_)}}));
  refuses(Errc::kDenied, "the manifest has the digest");

  // The registry agrees with itself, and not with the reference.
  const std::string wanted = digest_of("another");
  registry_.on(kRepository + "/manifests/" + wanted, manifest_answer(manifest_));
  refuses(Errc::kDenied, wanted, kNobody, "registry.example/shop/echo@" + wanted);

  put(manifest_);
  std::string changed = kFile;
  changed.back() ^= 1;
  registry_.on(kRepository + "/blobs/" + digest_of(kFile), answer(200, changed));
  refuses(Errc::kDenied, "the layer has the digest");
}

TEST_F(OciClient, WantsTheDigestThatRegistriesSend) {
  registry_.on(kRepository + "/manifests/1", answer(200, manifest_));
  refuses(Errc::kMalformed, "Docker-Content-Digest");
  registry_.on(kRepository + "/manifests/1",
               answer(200, manifest_, {{"docker-content-digest", "sha512:00"}}));
  refuses(Errc::kMalformed, "Docker-Content-Digest");
}

TEST_F(OciClient, TakesTheLastOfTwoLayersAndWarns) {
  put(manifest_of(layer_json("first") + "," + layer_json(kFile)));
  const auto fetched = fetch();
  ASSERT_TRUE(fetched) << fetched.error().message();
  EXPECT_EQ(to_text(fetched->content), kFile);
  ASSERT_EQ(fetched->warnings.size(), 1u);
  EXPECT_NE(fetched->warnings[0].find("2 layers"), std::string::npos);
}

TEST_F(OciClient, TakesAListOfOneManifestAndNoOther) {
  const auto entry = [](const std::string& manifest) {
    return R"({"digest":")" + digest_of(manifest) + R"(","size":1})";
  };
  const std::string manifest = manifest_;
  const std::string one = R"({"schemaVersion":2,"manifests":[)" + entry(manifest) + "]}";
  registry_.on(kRepository + "/manifests/" + digest_of(manifest), manifest_answer(manifest));
  put(one);
  const auto fetched = fetch();
  ASSERT_TRUE(fetched) << fetched.error().message();
  EXPECT_EQ(fetched->digest, digest_of(one)) << "that is what the reference names";

  put(R"({"schemaVersion":2,"manifests":[)" + entry(manifest) + "," + entry("x") + "]}");
  refuses(Errc::kUnsupported, "a list of 2 manifests");
  put(R"({"schemaVersion":2,"manifests":[]})");
  refuses(Errc::kUnsupported, "a list of 0 manifests");
  put(R"({"schemaVersion":2,"manifests":[{"digest":"../../other"}]})");
  refuses(Errc::kMalformed, "no digest");
  // The entry is another list.
  registry_.on(kRepository + "/manifests/" + digest_of(one), manifest_answer(one));
  put(R"({"schemaVersion":2,"manifests":[)" + entry(one) + "]}");
  refuses(Errc::kUnsupported, "no image manifest");
}

TEST_F(OciClient, RefusesManifestsThatNameNoFile) {
  const std::pair<std::string, Errc> cases[] = {
      {"", Errc::kMalformed},
      {"<html>", Errc::kMalformed},
      {"[]", Errc::kUnsupported},
      {R"({"schemaVersion":1,"fsLayers":[]})", Errc::kUnsupported},
      {R"({"schemaVersion":2,"layers":{}})", Errc::kUnsupported},
      {manifest_of(""), Errc::kMalformed},
      {manifest_of("1"), Errc::kMalformed},
      {manifest_of(R"({"digest":"sha256:../x","size":1})"), Errc::kMalformed},
      {manifest_of(R"({"digest":")" + digest_of(kFile) + R"("})"), Errc::kMalformed},
      {manifest_of(R"({"digest":")" + digest_of(kFile) + R"(","size":-1})"), Errc::kMalformed},
      {manifest_of(R"({"digest":")" + digest_of(kFile) + R"(","size":67108865})"), Errc::kTooLarge},
      {manifest_of(R"({"digest":")" + digest_of(kFile) + R"(","size":3})"), Errc::kTooLarge},
  };
  for (const auto& [manifest, code] : cases) {
    put(manifest);
    refuses(code, "");
  }
  put(std::string(kMaxManifestBytes + 1, ' '));
  refuses(Errc::kTooLarge, "");
}

TEST_F(OciClient, ChecksEachStatus) {
  registry_.on(kHost + "/v2/", answer(404));
  refuses(Errc::kUnavailable, "is there a registry");
  registry_.on(kHost + "/v2/", answer(200));
  for (const std::string& path : {std::string("/manifests/1"), "/blobs/" + digest_of(kFile)}) {
    const auto before = registry_.script[kRepository + path];
    for (const auto& [status, code] : {std::pair(404L, Errc::kNotFound),
                                       {401L, Errc::kDenied},
                                       {403L, Errc::kDenied},
                                       {500L, Errc::kUnavailable},
                                       {206L, Errc::kUnavailable},
                                       {429L, Errc::kUnavailable}}) {
      registry_.on(kRepository + path, answer(status, kFile));
      refuses(code, path);
    }
    registry_.script[kRepository + path] = before;
  }
  registry_.script.clear();
  refuses(Errc::kUnavailable, "no such host; is the registry's name right");
}

}  // namespace
}  // namespace wascc::oci
