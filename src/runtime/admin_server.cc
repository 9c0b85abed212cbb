#include "runtime/admin_server.h"

#include <utility>

#include "base/same_name.h"
#include "net/request_path.h"
#include "runtime/actor_loader.h"

namespace wascc::runtime {
namespace {

constexpr std::string_view kActors = "/actors/";
constexpr std::string_view kModuleType = "application/wasm";

net::ServerResponse answer(unsigned status, std::string_view text) {
  net::ServerResponse response;
  response.status = status;
  response.headers = {{"content-type", "text/plain; charset=utf-8"}, {"cache-control", "no-store"}};
  response.body = to_bytes(text);
  return response;
}

net::ServerResponse not_allowed(std::string_view text, std::string_view methods) {
  net::ServerResponse response = answer(405, text);
  response.headers.emplace_back("allow", methods);
  return response;
}

std::string_view header(const net::ServerRequest& request, std::string_view name) {
  for (const auto& [given, value] : request.headers)
    if (same_name(given, name)) return value;
  return {};
}

unsigned status_of(Errc code) {
  switch (code) {
    case Errc::kNotFound:
      return 404;
    case Errc::kDenied:
      return 403;
    case Errc::kTooLarge:
      return 413;
    case Errc::kUnavailable:
      return 503;
    default:
      return 422;  // a module that cannot be read, or does not start
  }
}

class Admin {
 public:
  Admin(AdminOptions options, const std::atomic<bool>& ready)
      : options_(std::move(options)), ready_(ready) {}

  net::ServerResponse serve(const net::ServerRequest& request) const {
    const auto target = net::split_target(request.target);
    const std::string_view path = target ? target->path : std::string_view();
    if (options_.replace && path.starts_with(kActors))
      return replace(request, path.substr(kActors.size()));
    const bool metrics = options_.metrics && path == "/metrics";
    if (path != "/healthz" && path != "/readyz" && !metrics) return answer(404, paths());
    if (request.method != "GET" && request.method != "HEAD")
      return not_allowed("ask with GET or HEAD\n", "GET, HEAD");
    if (metrics) return exposition();
    if (path == "/readyz" && !ready_) return answer(503, "not ready\n");
    return answer(200, "ok\n");
  }

 private:
  std::string paths() const {
    std::string text = "there are /healthz, /readyz";
    if (options_.metrics) text.append(", /metrics");
    if (options_.replace) text.append(", /actors/KEY");
    return text + "\n";
  }

  net::ServerResponse exposition() const {
    net::ServerResponse response = answer(200, options_.metrics());
    response.headers.front().second = "text/plain; version=0.0.4; charset=utf-8";
    return response;
  }

  net::ServerResponse replace(const net::ServerRequest& request, std::string_view key) const {
    if (request.method != "POST") return not_allowed("send with POST\n", "POST");
    // A web page that a person on this machine looks at can make the browser send a POST, but not
    // without this header.
    if (!header(request, "origin").empty()) return answer(403, "browsers may not do this\n");
    if (!request.body.empty() && !same_name(header(request, "content-type"), kModuleType))
      return answer(415, "send a module with Content-Type: application/wasm\n");
    const Result<std::string> done = options_.replace(key, request.body);
    return done ? answer(200, *done + "\n")
                : answer(status_of(done.error().code()), done.error().message() + "\n");
  }

  const AdminOptions options_;
  const std::atomic<bool>& ready_;
};

}  // namespace

Result<std::unique_ptr<net::HttpServer>> start_admin_server(AdminOptions options,
                                                            const std::atomic<bool>& ready) {
  if (!options.address.starts_with("127.")) options.replace = nullptr;
  net::ServerOptions server;
  server.address = options.address;
  server.port = options.port;
  server.limits.body_bytes = options.replace ? kMaxModuleBytes : 0;
  server.limits.connections = 64;
  const auto admin = std::make_shared<Admin>(std::move(options), ready);
  return net::HttpServer::start(
             server, [admin](const net::ServerRequest& request) { return admin->serve(request); })
      .context("admin port");
}

}  // namespace wascc::runtime
