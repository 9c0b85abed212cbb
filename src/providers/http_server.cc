#include "providers/http_server.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <utility>

#include "net/answer_headers.h"
#include "net/header_names.h"
#include "net/http_status.h"
#include "net/request_headers.h"
#include "net/request_path.h"
#include "wascc/messages/http.h"
#include "wascc/msgpack.h"

namespace wascc::providers {
namespace {

constexpr std::uint16_t kDefaultPort = 8080;

net::ServerResponse text_response(unsigned status, std::string_view text) {
  net::ServerResponse response;
  response.status = status;
  response.headers.emplace_back("content-type", "text/plain; charset=utf-8");
  response.body = to_bytes(text);
  return response;
}

HttpRequest actor_request(const net::ServerRequest& request, const net::RequestTarget& target,
                          std::string_view base_path) {
  HttpRequest message;
  message.method = request.method;
  message.path = net::finished_path(target.path, net::kSentPath, base_path);
  net::percent_encode(message.query_string, target.query, net::kSentQuery);
  std::vector<net::HeaderLine> lines;
  lines.reserve(request.headers.size());
  for (const auto& [name, value] : request.headers) {
    std::string lower = net::lower_case(name);
    if (!net::is_hop_by_hop(lower)) lines.push_back({std::move(lower), net::utf8_or_latin1(value)});
  }
  message.header = net::one_value_each(std::move(lines));
  message.body = to_bytes(request.body);
  return message;
}

net::ServerResponse front_answer(HttpResponse answer, const Log& log) {
  net::ServerResponse response;
  response.status = answer.status_code;
  response.reason = net::utf8_or_latin1(net::reason_phrase(answer.status_code, answer.status));
  for (net::AnswerHeader& header : net::clean_headers(answer.header, log))
    for (std::string& value : header.values)
      response.headers.emplace_back(header.name, std::move(value));
  if (!net::has_no_body(answer.status_code)) response.body = std::move(answer.body);
  return response;
}

std::string in_ms(std::chrono::steady_clock::duration time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", std::chrono::duration<double, std::milli>(time).count());
  return text;
}

Result<std::uint16_t> port_of(const StringMap& values) {
  for (const auto& [name, text] : values) {
    if (name != "PORT") continue;
    std::uint16_t port = 0;
    const char* end = text.data() + text.size();
    const auto [parsed, error] = std::from_chars(text.data(), end, port);
    if (error != std::errc() || parsed != end)
      return Error(Errc::kInvalid, "PORT must be a number from 0 to 65535");
    return port;
  }
  return kDefaultPort;
}

}  // namespace

// One actor and its server.
class HttpServerProvider::Front {
 public:
  Front(std::string actor, const HttpServerOptions& options, Dispatcher& dispatcher,
        const Clock& clock, const Log& log)
      : actor_(std::move(actor)),
        options_(options),
        dispatcher_(dispatcher),
        clock_(clock),
        log_(log) {}

  Status listen(std::uint16_t port) {
    net::ServerOptions options;
    options.address = options_.address;
    options.port = port;
    options.workers = options_.workers;
    options.limits = options_.limits;
    WASCC_TRY(server_, net::HttpServer::start(options, [this](const net::ServerRequest& request) {
                return serve(request);
              }));
    asked_port_ = port;
    return {};
  }

  std::uint16_t asked_port() const { return asked_port_; }
  std::uint16_t port() const { return server_->port(); }
  bool drain(std::chrono::milliseconds patience) { return server_->drain(patience); }

 private:
  net::ServerResponse serve(const net::ServerRequest& request) const {
    const auto begin = clock_.steady_now();
    const auto target = net::split_target(request.target);
    net::ServerResponse response =
        target ? ask_actor(request, *target) : text_response(400, "Bad Request");
    log_.info("request",
              {{"method", std::string(request.method)},
               {"path", std::string(target ? target->path : std::string_view("-"))},
               {"status", std::to_string(response.status)},
               {"bytes", std::to_string(request.method == "HEAD" ? 0 : response.body.size())},
               {"ms", in_ms(clock_.steady_now() - begin)}});
    return response;
  }

  net::ServerResponse ask_actor(const net::ServerRequest& request,
                                const net::RequestTarget& target) const {
    auto answer = dispatch(actor_request(request, target, options_.base_path));
    if (answer) return front_answer(*std::move(answer), log_);
    log_.error("actor failed to answer", {{"actor", actor_}, {"error", answer.error().message()}});
    return text_response(500, "Failed to handle request");
  }

  Result<HttpResponse> dispatch(const HttpRequest& request) const {
    const Bytes payload = encode(request);
    WASCC_TRY(const Bytes reply, dispatcher_.dispatch({actor_, kOpHandleRequest, payload,
                                                       clock_.steady_now() + options_.request}));
    WASCC_TRY(HttpResponse response,
              decode<HttpResponse>(reply).context("Failed to deserialize actor's response"));
    WASCC_CHECK(net::check_status(response.status_code));
    return response;
  }

  const std::string actor_;
  const HttpServerOptions& options_;
  Dispatcher& dispatcher_;
  const Clock& clock_;
  const Log& log_;
  std::uint16_t asked_port_ = 0;
  std::unique_ptr<net::HttpServer> server_;  // last: its threads use all above
};

HttpServerProvider::HttpServerProvider(HttpServerOptions options, const Clock& clock,
                                       const Log& log)
    : options_(std::move(options)), clock_(clock), log_(log.target("http")) {}

HttpServerProvider::~HttpServerProvider() = default;

CapabilityDescriptor HttpServerProvider::descriptor() const {
  CapabilityDescriptor descriptor;
  descriptor.id = kHttpServer;
  descriptor.name = "waSCC HTTP server";
  descriptor.version = "1.0.0";
  descriptor.long_description = "Serves each bound actor over HTTP on a port of its own";
  descriptor.supported_operations.push_back(
      {std::string(kOpHandleRequest), Direction::kToActor, "Answers an HTTP request"});
  return descriptor;
}

Status HttpServerProvider::start(Dispatcher& dispatcher) {
  const std::scoped_lock lock(mutex_);
  dispatcher_ = &dispatcher;
  return {};
}

std::uint16_t HttpServerProvider::port_for(std::string_view actor, std::uint16_t wanted) const {
  return options_.port && (first_.empty() || first_ == actor) ? *options_.port : wanted;
}

Status HttpServerProvider::bind(const CapabilityConfiguration& configuration) {
  const std::string& actor = configuration.module;
  WASCC_TRY(const std::uint16_t wanted, port_of(configuration.values));
  std::shared_ptr<Front> moved;  // ends outside of the lock
  {
    const std::scoped_lock lock(mutex_);
    if (dispatcher_ == nullptr)
      return Error(Errc::kUnavailable, std::string(kHttpServer) + " is not running");
    const std::uint16_t port = port_for(actor, wanted);
    const auto found = fronts_.find(actor);
    if (found != fronts_.end() && found->second->asked_port() == port) return {};
    auto front = std::make_shared<Front>(actor, options_, *dispatcher_, clock_, log_);
    WASCC_CHECK(front->listen(port));
    if (first_.empty()) first_ = actor;
    moved = std::exchange(fronts_[actor], std::move(front));
  }
  if (moved) moved->drain(options_.drain);
  return {};
}

Status HttpServerProvider::unbind(std::string_view actor) {
  std::shared_ptr<Front> ended;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = fronts_.find(actor);
    if (found == fronts_.end()) return {};
    ended = std::move(found->second);
    fronts_.erase(found);
    if (first_ == actor) first_.clear();
  }
  ended->drain(options_.drain);
  return {};
}

Result<Bytes> HttpServerProvider::handle_call(const ProviderCall& call) {
  return Error(
      Errc::kUnsupported,
      std::string("Unsupported operation: ").append(call.operation).append("/").append(call.actor));
}

void HttpServerProvider::stop() {
  std::map<std::string, std::shared_ptr<Front>, std::less<>> ended;
  {
    const std::scoped_lock lock(mutex_);
    dispatcher_ = nullptr;
    ended.swap(fronts_);
  }
  for (const auto& [actor, front] : ended) front->drain(options_.drain);
}

std::vector<HttpServerProvider::Endpoint> HttpServerProvider::endpoints() const {
  const std::scoped_lock lock(mutex_);
  std::vector<Endpoint> all;
  for (const auto& [actor, front] : fronts_) all.push_back({actor, front->port()});
  return all;
}

bool HttpServerProvider::drain(std::chrono::milliseconds patience) {
  std::vector<std::shared_ptr<Front>> fronts;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [actor, front] : fronts_) fronts.push_back(front);
  }
  const auto end = clock_.steady_now() + patience;
  bool all = true;
  for (const auto& front : fronts) {
    const auto left = std::max(end - clock_.steady_now(), std::chrono::steady_clock::duration(0));
    all &= front->drain(std::chrono::duration_cast<std::chrono::milliseconds>(left));
  }
  return all;
}

}  // namespace wascc::providers
