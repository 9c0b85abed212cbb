// What `wascc run` does, from a deployment to the last request: the wiring of a server, as
// lambda_process is that of a function (docs/run.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "manifest/expand.h"
#include "oci/fetch.h"
#include "runtime/deployment.h"
#include "runtime/lambda_process.h"
#include "wascc/result.h"

namespace wascc::runtime {

struct ServerProcessOptions {
  std::string address = "127.0.0.1";
  std::optional<std::uint16_t> port;        // absent: what the binding says; 0: any free one
  std::optional<std::uint16_t> admin_port;  // of the admin port; absent: there is none
  std::string admin_address;                // empty: like `address`
  bool watch = false;                       // load an actor again when its file changes
  unsigned workers = 1;
  std::chrono::milliseconds drain{10'000};
  oci::Fetch fetch = nullptr;  // for references in place of paths
};

// What is served where, for the person who started it.
struct Served {
  std::string url;
  std::string actor;  // public key
  std::string name;
};
struct ServedAt {
  std::vector<Served> actors;
  std::string admin_url;  // without a path; empty: none
};

// Starts, tells `started` once, and serves until SIGTERM or SIGINT; then answers what has begun. A
// second signal ends the process at once, and so does the end of the drain time, with exit status
// 1. Called once, before any other thread is started.
Status run_server(MakeEngine make_engine, const Deployment& deployment,
                  const ServerProcessOptions& options, const manifest::Environment& environment,
                  const std::function<void(const ServedAt&)>& started);

}  // namespace wascc::runtime
