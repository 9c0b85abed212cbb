#include "runtime/health_server.h"

#include <string_view>

#include "net/request_path.h"

namespace wascc::runtime {
namespace {

net::ServerResponse answer(unsigned status, std::string_view text) {
  net::ServerResponse response;
  response.status = status;
  response.headers = {{"content-type", "text/plain; charset=utf-8"}, {"cache-control", "no-store"}};
  response.body = to_bytes(text);
  return response;
}

net::ServerResponse serve(const net::ServerRequest& request, bool ready) {
  const auto target = net::split_target(request.target);
  const std::string_view path = target ? target->path : std::string_view();
  if (path != "/healthz" && path != "/readyz")
    return answer(404, "there are /healthz and /readyz\n");
  if (request.method != "GET" && request.method != "HEAD") {
    net::ServerResponse response = answer(405, "ask with GET or HEAD\n");
    response.headers.emplace_back("allow", "GET, HEAD");
    return response;
  }
  if (path == "/readyz" && !ready) return answer(503, "not ready\n");
  return answer(200, "ok\n");
}

}  // namespace

Result<std::unique_ptr<net::HttpServer>> start_health_server(const std::string& address,
                                                             std::uint16_t port,
                                                             const std::atomic<bool>& ready) {
  net::ServerOptions options;
  options.address = address;
  options.port = port;
  options.limits.body_bytes = 0;
  options.limits.connections = 64;
  return net::HttpServer::start(
             options, [&ready](const net::ServerRequest& request) { return serve(request, ready); })
      .context("health");
}

}  // namespace wascc::runtime
