// /healthz and /readyz for whatever watches over a server: a port of their own, so that no actor
// can answer them and no client of the actor can ask.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "net/http_server.h"
#include "wascc/result.h"

namespace wascc::runtime {

// /healthz is 200 as long as the process answers; /readyz is 200 while `ready` says so, else 503.
// `ready` outlives the server.
Result<std::unique_ptr<net::HttpServer>> start_health_server(const std::string& address,
                                                             std::uint16_t port,
                                                             const std::atomic<bool>& ready);

}  // namespace wascc::runtime
