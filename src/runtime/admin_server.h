// What whoever watches over a server may ask and do (docs/run.md, "The admin port"): a port of its
// own, so that no actor can answer there and no client of the actor can ask.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_server.h"
#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::runtime {

struct AdminOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one
  // POST /actors/KEY: puts this module, or without one that of the actor's file, in the place of
  // the running actor; answers what was done, for a person. Called on any thread. Served on
  // loopback addresses alone. Absent: not served.
  std::function<Result<std::string>(std::string_view key, ByteView wasm)> replace;
  // GET /metrics, in Prometheus' text format. Called on any thread. Absent: not served.
  std::function<std::string()> metrics;
};

// /healthz is 200 as long as the process answers; /readyz is 200 while `ready` says so, else 503.
// `ready` and what the options refer to outlive the server.
Result<std::unique_ptr<net::HttpServer>> start_admin_server(AdminOptions options,
                                                            const std::atomic<bool>& ready);

}  // namespace wascc::runtime
