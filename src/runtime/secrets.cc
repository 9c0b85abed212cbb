#include "runtime/secrets.h"

#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "base/encoding.h"
#include "base/file.h"
#include "base/json.h"
#include "net/http_client.h"

namespace wascc::runtime {
namespace {

using manifest::Secret;

constexpr std::size_t kMaxSecretBytes = std::size_t{64} << 10;  // as Secrets Manager has it
constexpr std::chrono::milliseconds kAnswerLimit{5'000};
// The extension starts beside the runtime; until it is ready it says so with status 400.
constexpr int kAttempts = 60;
constexpr std::chrono::milliseconds kBetweenAttempts{50};

Result<std::string> from_file(const Secret& secret, const Deployment& deployment) {
  WASCC_TRY(const Bytes bytes, read_file(resolve(deployment, secret.name), kMaxSecretBytes));
  std::string value = to_text(bytes);
  if (value.ends_with('\n')) value.pop_back();
  if (value.ends_with('\r')) value.pop_back();
  return value;
}

std::string path_of(const Secret& secret) {
  const bool parameter = secret.from == Secret::From::kParameter;
  std::string path = parameter ? "/systemsmanager/parameters/get?withDecryption=true&name="
                               : "/secretsmanager/get?secretId=";
  constexpr std::string_view kPlain = "-._~";
  for (const char c : secret.name) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       kPlain.find(c) != std::string_view::npos;
    constexpr char kDigits[] = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    if (plain)
      path += c;
    else
      path.append("%").append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
  }
  return path;
}

// {"SecretString": "…"} or {"Parameter": {"Value": "…"}}.
Result<std::string> value_in(const Secret& secret, ByteView answer) {
  const bool parameter = secret.from == Secret::From::kParameter;
  const auto document = json::Document::parse(as_text(answer));
  if (document) {
    const json::View root = document->root();
    const auto value =
        parameter ? root["Parameter"]["Value"].string() : root["SecretString"].string();
    if (value) return std::string(*value);
  }
  return Error(Errc::kMalformed,
               parameter
                   ? "the extension's answer holds no Parameter with a Value"
                   : "the extension's answer holds no SecretString; binary secrets are not taken");
}

Result<std::string> from_extension(const Secret& secret, const manifest::Environment& environment) {
  const std::string port = environment("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT").value_or("2773");
  const std::string token = environment("AWS_SESSION_TOKEN").value_or("");
  WASCC_TRY(const net::HttpAddress address, net::parse_http_address("localhost:" + port));
  net::HttpClient client(address, {kAnswerLimit, kAnswerLimit});
  const net::HttpHeader headers[] = {{"X-Aws-Parameters-Secrets-Token", token}};
  const std::string path = path_of(secret);
  for (int attempt = 1;; ++attempt) {
    const Status sent = client.send({"GET", path, headers, {}, kMaxSecretBytes * 2});
    if (sent && client.response().status() == 200)
      return value_in(secret, client.response().body());
    const bool early =
        !sent ? client.unanswered()
              : client.response().status() == 400 &&
                    as_text(client.response().body()).find("not ready") != std::string_view::npos;
    if (early && attempt < kAttempts) {
      std::this_thread::sleep_for(kBetweenAttempts);
      continue;
    }
    const std::string who = "the parameters and secrets extension at localhost:" + port;
    if (!sent) return Error(Errc::kUnavailable, who + " does not answer: is its layer added?");
    return Error(Errc::kUnavailable,
                 who + " answered status " + std::to_string(client.response().status()) +
                     ": does the name exist, and may the function's role read it?");
  }
}

}  // namespace

Status look_up_secrets(manifest::Binding& binding, const Deployment& deployment,
                       const manifest::Environment& environment) {
  for (const Secret& secret : binding.secrets) {
    auto value = secret.from == Secret::From::kFile ? from_file(secret, deployment)
                                                    : from_extension(secret, environment);
    if (value && !is_utf8(*value)) value = Error(Errc::kMalformed, "it is not UTF-8 text");
    if (!value) return value.error().context(secret.place + ": value " + secret.key);
    binding.values.emplace_back(secret.key, *std::move(value));
  }
  binding.secrets.clear();
  return {};
}

}  // namespace wascc::runtime
