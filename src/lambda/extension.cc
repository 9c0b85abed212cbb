#include "lambda/extension.h"

#include <array>
#include <exception>
#include <utility>

#include "lambda/runtime_api.h"

namespace wascc::lambda {

InternalExtension::InternalExtension(net::HttpAddress address, const Log& log,
                                     ExtensionOptions options)
    : log_(log.target("lambda")),
      options_(std::move(options)),
      http_(std::move(address)),
      thread_([this] { run(); }) {}

InternalExtension::~InternalExtension() {
  http_.interrupt();
  thread_.join();
}

void InternalExtension::run() {
  try {
    Status done = register_self();
    if (done) done = wait_for_events();
    if (!done && !http_.interrupted())
      log_.warn("no extension, so no notice before the environment ends",
                {{"reason", done.error().message()}});
  } catch (const std::exception& failed) {
    log_.warn("no extension, so no notice before the environment ends",
              {{"reason", failed.what()}});
  }
}

Status InternalExtension::register_self() {
  const std::array<net::HttpHeader, 2> headers = {
      {{kExtensionNameHeader, options_.name}, {"Content-Type", "application/json"}}};
  WASCC_CHECK(http_.send({"POST", kExtensionRegisterPath, headers, as_bytes(R"({"events":[]})")}));
  identifier_ = http_.response().header(kExtensionIdHeader);
  if (http_.response().status() == 200 && !identifier_.empty()) return {};
  return Error(Errc::kUnavailable, "register: status " + std::to_string(http_.response().status()));
}

// The call that never returns: there are no events to tell of. The first one tells Lambda that this
// extension is ready; no event is delivered before.
Status InternalExtension::wait_for_events() {
  const std::array<net::HttpHeader, 1> headers = {{{kExtensionIdHeader, identifier_}}};
  auto pause = kFirstNextRetry;
  for (int retries = 0;; ++retries, pause *= 2) {
    Status asked = http_.send({"GET", kExtensionNextPath, headers, {}});
    if (asked)
      asked = Error(Errc::kUnavailable,
                    "event/next: status " + std::to_string(http_.response().status()));
    if (retries == kRetries || http_.interrupted()) return asked;
    if (!http_.stale()) options_.sleep(pause);
  }
}

}  // namespace wascc::lambda
