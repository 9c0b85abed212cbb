#include "oci/client.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/encoding.h"
#include "base/json.h"
#include "claims/sha256.h"
#include "net/percent.h"
#include "oci/challenge.h"
#include "oci/https_url.h"

namespace wascc::oci {
namespace {

constexpr std::size_t kMaxGreetingBytes = std::size_t{64} << 10;
constexpr std::size_t kMaxTokenBytes = std::size_t{64} << 10;
constexpr unsigned kMaxRedirects = 5;
constexpr std::chrono::milliseconds kTimeout{30'000};
constexpr std::chrono::milliseconds kLayerTimeout{300'000};

constexpr std::string_view kManifestTypes =
    "application/vnd.docker.distribution.manifest.v2+json,"
    "application/vnd.docker.distribution.manifest.list.v2+json,"
    "application/vnd.oci.image.manifest.v1+json,"
    "application/vnd.oci.image.index.v1+json";

constexpr std::string_view kLatest = "latest";

constexpr const char* kSetCredentials =
    "set OCI_REGISTRY_USER and OCI_REGISTRY_PASSWORD to those of an account that may pull";

std::string digest_of(ByteView bytes) { return "sha256:" + hex_lower(claims::sha256({bytes})); }

bool is_redirect(long status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Error unexpected(const HttpsUrl& url, long status, std::string_view next) {
  return Error(Errc::kUnavailable, url.shown() + " answers with status " + std::to_string(status) +
                                       ", not 200: " + std::string(next));
}

Error not_as_promised(std::string_view what, const std::string& got, std::string_view promised) {
  return Error(Errc::kDenied, std::string(what) + " has the digest " + got + ", not " +
                                  std::string(promised) +
                                  ": it was damaged or exchanged; nothing of it is used");
}

// Where one layer is.
struct Layer {
  std::string digest;
  std::size_t bytes = 0;
};

// One pull.
class Pull {
 public:
  Pull(const Reference& reference, HttpsUrl registry, const Credentials& credentials,
       Transport& transport)
      : reference_(reference),
        registry_(std::move(registry)),
        credentials_(credentials),
        transport_(transport) {}

  Result<Fetched> run() {
    WASCC_CHECK(enter());
    Fetched fetched;
    fetched.reference = reference_;
    const std::string_view wanted = !reference_.digest.empty() ? reference_.digest
                                    : !reference_.tag.empty()  ? reference_.tag
                                                               : kLatest;
    WASCC_TRY(Answer manifest, get_manifest(wanted, reference_.digest, fetched.digest));
    WASCC_TRY(const std::string only, entry_of_index(manifest.body));
    if (!only.empty()) {
      std::string digest;
      WASCC_TRY(manifest, get_manifest(only, only, digest));
    }
    WASCC_TRY(const Layer layer, layer_of(manifest.body, fetched.warnings));
    WASCC_TRY(fetched.content, get_layer(layer));
    return fetched;
  }

 private:
  // An address of the registry's own.
  HttpsUrl at(std::string_view path) const {
    return HttpsUrl{registry_.host, "/v2/" + std::string(path)};
  }

  // Follows redirects; beyond this host nobody learns the authorization.
  Result<Answer> get(HttpsUrl url, std::string_view accept, const std::string& authorization,
                     std::size_t max_bytes, std::chrono::milliseconds timeout) {
    const std::string first_host = url.host;
    bool at_home = true;
    for (unsigned followed = 0;; ++followed) {
      Request request{url.text(), {}, max_bytes, timeout};
      if (!accept.empty()) request.headers.emplace_back("accept", accept);
      at_home = at_home && url.host == first_host;
      if (at_home && !authorization.empty())
        request.headers.emplace_back("authorization", authorization);
      Result<Answer> answer = transport_.get(request).context(url.shown());
      if (!answer || !is_redirect(answer->status)) return answer;
      const std::string* location = answer->header("location");
      if (location == nullptr)
        return Error(Errc::kMalformed, url.shown() + " redirects, and does not say where to");
      if (followed == kMaxRedirects)
        return Error(Errc::kTooLarge, url.shown() + " is the end of more than " +
                                          std::to_string(kMaxRedirects) + " redirects");
      WASCC_TRY(url, url.follow(*location).context(url.shown() + " redirects to"));
    }
  }

  // Finds out what the registry wants to see, and gets it.
  Status enter() {
    const HttpsUrl greeting = at("");
    Result<Answer> answer = get(greeting, "", "", kMaxGreetingBytes, kTimeout);
    if (!answer && answer.error().code() == Errc::kUnavailable)
      return Error(Errc::kUnavailable,
                   answer.error().message() +
                       "; is the registry's name right, and does it speak HTTPS? "
                       "SSL_CERT_FILE names certificates to trust in place of the system's");
    if (!answer) return std::move(answer).error();
    if (answer->status == 200) return {};
    if (answer->status != 401)
      return unexpected(greeting, answer->status, "is there a registry at this address?");
    std::optional<Challenge> basic, bearer;
    for (const auto& [name, value] : answer->headers) {
      if (name != "www-authenticate") continue;
      if (const auto challenge = parse_challenge(value))
        (challenge->scheme == Challenge::Scheme::kBasic ? basic : bearer) = challenge;
    }
    if (bearer) return get_token(*bearer);
    if (!basic)
      return Error(Errc::kUnsupported,
                   greeting.shown() + " wants an authorization that is neither Bearer nor Basic");
    WASCC_TRY(authorization_, basic_authorization());
    if (!authorization_.empty()) return {};
    return Error(Errc::kDenied,
                 registry_.host + " wants a user and a password: " + kSetCredentials);
  }

  Result<std::string> basic_authorization() const {
    if (credentials_.user.empty()) return std::string();
    if (credentials_.user.find(':') != std::string::npos)
      return Error(Errc::kDenied, "a user's name with a colon, which no registry can be told");
    return "Basic " + base64_encode(as_bytes(credentials_.user + ":" + credentials_.password));
  }

  Status get_token(const Challenge& challenge) {
    const std::string where = registry_.host + " sends for a token to";
    WASCC_TRY(HttpsUrl url, HttpsUrl::parse(challenge.realm).context(where));
    url.target += url.target.find('?') == std::string::npos ? '?' : '&';
    if (!challenge.service.empty()) {
      net::percent_encode(url.target.append("service="), challenge.service, net::kUnreserved);
      url.target += '&';
    }
    net::percent_encode(url.target.append("scope="),
                        "repository:" + reference_.repository + ":pull", net::kUnreserved);
    WASCC_TRY(const std::string basic, basic_authorization());
    WASCC_TRY(const Answer answer, get(url, "", basic, kMaxTokenBytes, kTimeout));
    if (answer.status == 401 || answer.status == 403)
      return Error(Errc::kDenied, url.shown() +
                                      (basic.empty() ? " gives no token to the anonymous: "
                                                     : " gives this user no token: ") +
                                      kSetCredentials);
    if (answer.status != 200) return unexpected(url, answer.status, "no token is to be had");
    WASCC_TRY(const json::Document document,
              json::Document::parse(as_text(answer.body)).context(url.shown()));
    const json::View root = document.root();
    auto token = root["token"].string();
    if (!token) token = root["access_token"].string();
    const bool can_be_sent = token && !token->empty() && std::ranges::all_of(*token, [](char c) {
                               return c > 0x20 && c < 0x7f;
                             });
    if (!can_be_sent) return Error(Errc::kMalformed, url.shown() + " answers without a token");
    authorization_ = "Bearer " + std::string(*token);
    return {};
  }

  Error refused(const HttpsUrl& url, long status) const {
    if (status == 404)
      return Error(Errc::kNotFound,
                   url.shown() + ": the registry has none: check repository, tag and digest");
    if (status != 401 && status != 403)
      return unexpected(url, status, "try again, or ask who runs the registry");
    if (credentials_.user.empty())
      return Error(Errc::kDenied,
                   url.shown() + " is not for everybody, or not there: " + kSetCredentials);
    return Error(Errc::kDenied,
                 url.shown() + " is not for this user, or not there, or the password is wrong: " +
                     kSetCredentials);
  }

  // `digest` becomes what the registry says it is, and what it is; `promised` may be empty.
  Result<Answer> get_manifest(std::string_view name, std::string_view promised,
                              std::string& digest) {
    const HttpsUrl url = at(reference_.repository + "/manifests/" + std::string(name));
    WASCC_TRY(Answer answer, get(url, kManifestTypes, authorization_, kMaxManifestBytes, kTimeout));
    if (answer.status != 200) return refused(url, answer.status);
    const std::string* told = answer.header("docker-content-digest");
    if (told == nullptr || !is_digest(*told))
      return Error(Errc::kMalformed,
                   url.shown() +
                       " comes without Docker-Content-Digest, or one that is no SHA-256: "
                       "the registry is no such, or something stands before it");
    digest = digest_of(answer.body);
    if (digest != *told) return not_as_promised("the manifest", digest, *told);
    if (!promised.empty() && digest != promised)
      return not_as_promised("the manifest", digest, promised);
    return answer;
  }

  // Of a list of one manifest its digest; of a manifest nothing.
  static Result<std::string> entry_of_index(ByteView body) {
    WASCC_TRY(const json::Document document,
              json::Document::parse(as_text(body)).context("the manifest"));
    const json::View entries = document.root()["manifests"];
    if (!entries.is_array()) return std::string();
    std::string digest;
    entries.each_element([&](json::View entry) { digest = entry["digest"].string().value_or(""); });
    if (entries.size() != 1)
      return Error(Errc::kUnsupported,
                   "the reference names a list of " + std::to_string(entries.size()) +
                       " manifests, as of images for several platforms: name the one that is "
                       "meant by its own tag or digest");
    if (!is_digest(digest)) return Error(Errc::kMalformed, "the list's entry has no digest");
    return digest;
  }

  static Result<Layer> layer_of(ByteView body, std::vector<std::string>& warnings) {
    WASCC_TRY(const json::Document document,
              json::Document::parse(as_text(body)).context("the manifest"));
    const json::View root = document.root();
    const json::View layers = root["layers"];
    if (root["schemaVersion"].int64() != 2 || !layers.is_array())
      return Error(Errc::kUnsupported,
                   "what the reference names is no image manifest of version 2: push the file "
                   "anew, with a current tool");
    if (layers.size() == 0) return Error(Errc::kMalformed, "the manifest has no layer");
    if (layers.size() > 1)
      warnings.push_back("the manifest has " + std::to_string(layers.size()) +
                         " layers, of which the last is taken: push the file as the only one");
    json::View last;
    layers.each_element([&](json::View layer) { last = layer; });
    const std::string_view digest = last["digest"].string().value_or("");
    const auto bytes = last["size"].uint64();
    if (!is_digest(digest) || !bytes)
      return Error(Errc::kMalformed, "the manifest's layer has no size or no SHA-256 digest");
    if (*bytes > kMaxLayerBytes)
      return Error(Errc::kTooLarge, "the layer has " + std::to_string(*bytes) +
                                        " bytes, and at most " + std::to_string(kMaxLayerBytes) +
                                        " are fetched: is it an actor or a provider archive?");
    return Layer{std::string(digest), static_cast<std::size_t>(*bytes)};
  }

  Result<Bytes> get_layer(const Layer& layer) {
    const HttpsUrl url = at(reference_.repository + "/blobs/" + layer.digest);
    WASCC_TRY(Answer answer, get(url, "", authorization_, layer.bytes, kLayerTimeout));
    if (answer.status != 200) return refused(url, answer.status);
    if (const std::string digest = digest_of(answer.body); digest != layer.digest)
      return not_as_promised("the layer", digest, layer.digest);
    return std::move(answer.body);
  }

  const Reference& reference_;
  const HttpsUrl registry_;
  const Credentials& credentials_;
  Transport& transport_;
  std::string authorization_;  // for the registry, and nobody else
};

}  // namespace

Result<Fetched> fetch(const Reference& reference, const Credentials& credentials,
                      Transport& transport) {
  const auto pull = [&]() -> Result<Fetched> {
    WASCC_TRY(HttpsUrl registry, HttpsUrl::parse("https://" + reference.registry));
    return Pull(reference, std::move(registry), credentials, transport).run();
  };
  return pull().context("waSCC Host Error: Failed to fetch OCI bytes: " + reference.text());
}

}  // namespace wascc::oci
