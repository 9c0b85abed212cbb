#include "provider.h"

#include <curl/urlapi.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/encoding.h"
#include "curl/client.h"
#include "net/header_names.h"
#include "net/http_status.h"
#include "settings.h"
#include "wascc/messages/http.h"

namespace wascc::http_client {
namespace {

constexpr std::size_t kMaxUrlBytes = std::size_t{32} << 10;

// A URL taken apart and put together by libcurl, so that what is checked is what is used.
class Url {
 public:
  Url() : handle_(curl_url()) {}
  ~Url() { curl_url_cleanup(handle_); }
  Url(const Url&) = delete;
  Url& operator=(const Url&) = delete;

  // An absolute one, or one that is relative to what was set before.
  bool set(const std::string& text) {
    return handle_ != nullptr &&
           curl_url_set(handle_, CURLUPART_URL, text.c_str(), CURLU_PATH_AS_IS) == CURLUE_OK;
  }
  bool append_query(const std::string& query) {
    return curl_url_set(handle_, CURLUPART_QUERY, query.c_str(), 0) == CURLUE_OK;
  }
  std::string part(CURLUPart part, unsigned flags = 0) const {
    char* text = nullptr;
    if (curl_url_get(handle_, part, &text, flags) != CURLUE_OK) return {};
    std::string copy(text);
    curl_free(text);
    return copy;
  }
  // Scheme, host and port: what cookies and credentials must not cross.
  std::string origin() const {
    return part(CURLUPART_SCHEME) + "://" + part(CURLUPART_HOST) + ":" +
           part(CURLUPART_PORT, CURLU_DEFAULT_PORT);
  }

 private:
  CURLU* const handle_;
};

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

// Those that say how a message is sent are this client's to write, and so is the host.
bool is_ours(std::string_view name) {
  for (const std::string_view ours : {"host", "content-length", "transfer-encoding", "connection",
                                      "keep-alive", "te", "trailer", "upgrade", "expect"})
    if (name == ours) return true;
  return name.starts_with("proxy-");
}

Result<curl::Request> checked(const HttpRequest& asked) {
  curl::Request request;
  if (!net::is_token(asked.method) || asked.method == "CONNECT")
    return Error(Errc::kInvalid, "not a method of HTTP requests");
  request.method = asked.method;
  for (const auto& [sent, value] : asked.header) {
    const std::string name = net::lower_case(sent);
    if (!net::is_token(name) ||
        std::ranges::any_of(value, [](char c) { return is_control(c) && c != '\t'; }))
      return Error(Errc::kInvalid, "a request header has a name or value that HTTP forbids");
    if (!is_ours(name)) request.headers.emplace_back(name, value);
  }
  if (request.method == "HEAD" && !asked.body.empty())
    return Error(Errc::kInvalid, "a HEAD request has no body");
  request.body = asked.body;
  return request;
}

// What a redirect makes of a request, as browsers and RFC 9110, section 15.4, have it.
void redirect(curl::Request& request, long status, bool other_origin) {
  const bool becomes_get = (status == 303 && request.method != "HEAD") ||
                           ((status == 301 || status == 302) && request.method == "POST");
  if (becomes_get) {
    request.method = "GET";
    request.body = {};
  }
  std::erase_if(request.headers, [&](const auto& header) {
    if (becomes_get && header.first.starts_with("content-")) return true;
    return other_origin && (header.first == "authorization" || header.first == "cookie");
  });
}

std::string text_value(const std::string& value) {
  return is_utf8(value) ? value : base64_encode(as_bytes(value));
}

HttpResponse response(curl::Answer answer) {
  HttpResponse response;
  response.status_code = static_cast<std::uint32_t>(answer.status);
  response.status = net::registered_phrase(response.status_code);
  for (const auto& [name, value] : answer.headers) {
    const auto same = std::ranges::find(response.header, name, &StringMap::value_type::first);
    if (same == response.header.end())
      response.header.emplace_back(name, text_value(value));
    else
      same->second.append(",").append(text_value(value));
  }
  response.body = std::move(answer.body);
  return response;
}

bool is_redirect(long status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

// One binding: its settings, and connections that no other binding uses.
class HttpClientProvider::Session {
 public:
  explicit Session(Settings settings)
      : settings_(std::move(settings)),
        client_({settings_.roots,
                 [this](const sockaddr& address) {
                   const Address known = address_of(address);
                   return is_public(known) || settings_.networks.contain(known);
                 },
                 settings_.max_answer_bytes}) {}

  Result<HttpResponse> perform(const HttpRequest& asked, Deadline deadline) {
    WASCC_TRY(curl::Request request, checked(asked));
    Url url;
    if (asked.path.size() + asked.query_string.size() > kMaxUrlBytes)
      return Error(Errc::kTooLarge, "the URL is longer than " + std::to_string(kMaxUrlBytes));
    const bool absolute =
        net::lower_case(asked.path.substr(0, 8)).find("://") != std::string::npos &&
        url.set(asked.path);
    if (!absolute) return Error(Errc::kInvalid, "path must be the absolute URL, http or https");
    if (!asked.query_string.empty()) {
      const std::string before = url.part(CURLUPART_QUERY);
      if (!url.append_query(before.empty() ? asked.query_string
                                           : before + "&" + asked.query_string))
        return Error(Errc::kInvalid, "the query string cannot be part of a URL");
    }
    const auto end = std::min(deadline, std::chrono::steady_clock::now() + settings_.timeout);
    for (unsigned followed = 0;; ++followed) {
      WASCC_CHECK(allowed(url));
      request.url = url.part(CURLUPART_URL);
      request.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(
          end - std::chrono::steady_clock::now());
      if (request.timeout.count() <= 0) return Error(Errc::kTimeout, "no answer in time");
      WASCC_TRY(curl::Answer answer, client_.perform(request));
      const std::string* location = answer.header("location");
      if (!is_redirect(answer.status) || location == nullptr || settings_.max_redirects == 0)
        return response(std::move(answer));
      if (followed == settings_.max_redirects)
        return Error(Errc::kTooLarge, "more than " + std::to_string(settings_.max_redirects) +
                                          " redirects (max_redirects)");
      const std::string before = url.origin();
      if (!url.set(*location)) return Error(Errc::kMalformed, "a redirect leads to no URL");
      redirect(request, answer.status, url.origin() != before);
    }
  }

 private:
  Status allowed(const Url& url) const {
    const std::string scheme = url.part(CURLUPART_SCHEME);
    if (scheme != "http" && scheme != "https")
      return Error(Errc::kInvalid, "only http and https URLs can be asked for");
    const std::string host = url.part(CURLUPART_HOST);
    if (!settings_.may_reach(host))
      return Error(Errc::kDenied, "the host " + host + " is not in allow_hosts of the binding");
    if (scheme == "https" && settings_.roots.empty())
      return Error(Errc::kUnavailable,
                   "no file of trusted certificates was found: name one in ca_file");
    return {};
  }

  const Settings settings_;
  curl::Client client_;
};

HttpClientProvider::HttpClientProvider() = default;
HttpClientProvider::~HttpClientProvider() = default;

CapabilityDescriptor HttpClientProvider::descriptor() const {
  return {std::string(kHttpClient),
          "waSCC HTTP Client",
          "1.0.0",
          0,
          "Requests over HTTP and HTTPS",
          {{std::string(kOpPerformRequest), Direction::kToProvider, "Sends a request"}}};
}

Status HttpClientProvider::bind(const CapabilityConfiguration& configuration) {
  WASCC_TRY(Settings settings, Settings::from(configuration.values));
  auto session = std::make_shared<Session>(std::move(settings));
  sessions_.with([&](auto& sessions) {
    sessions[configuration.module].swap(session);  // the old one ends outside of the lock
  });
  return {};
}

Status HttpClientProvider::unbind(std::string_view actor) {
  SessionPtr ended;
  sessions_.with([&](auto& sessions) {
    const auto found = sessions.find(actor);
    if (found == sessions.end()) return;
    ended = std::move(found->second);
    sessions.erase(found);
  });
  return {};
}

Result<Bytes> HttpClientProvider::handle_call(const ProviderCall& call) {
  if (call.operation != kOpPerformRequest)
    return Error(Errc::kUnsupported, "Unknown operation: " + std::string(call.operation));
  const SessionPtr session = sessions_.with([&](const auto& sessions) {
    const auto found = sessions.find(call.actor);
    return found == sessions.end() ? nullptr : found->second;
  });
  if (!session)
    return Error(Errc::kNotFound, "No client for this actor. Did the host configure it?");
  WASCC_TRY(const auto request, decode<HttpRequest>(call.payload));
  WASCC_TRY(const HttpResponse answer, session->perform(request, call.deadline));
  return encode(answer);
}

}  // namespace wascc::http_client
