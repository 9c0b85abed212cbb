#include "lambda/extension.h"

#include <array>
#include <optional>
#include <utility>

namespace wascc::lambda {

InternalExtension::InternalExtension(net::HttpAddress address, const Log& log,
                                     std::string_view name, std::chrono::milliseconds standstill)
    : log_(log.target("lambda")), http_(std::move(address), {std::nullopt, standstill}) {
  const std::array<net::HttpHeader, 2> headers = {
      {{kExtensionNameHeader, name}, {"Content-Type", "application/json"}}};
  asked_ = http_.ask({"POST", kExtensionRegisterPath, headers, as_bytes(R"({"events":[]})")});
}

void InternalExtension::wait_for_events() {
  if (const Status done = registered(); !done)
    log_.warn("no extension, so no notice before the environment ends",
              {{"reason", done.error().message()}});
}

Status InternalExtension::registered() {
  WASCC_CHECK(asked_);
  WASCC_CHECK(http_.answer());
  const std::string identifier(http_.response().header(kExtensionIdHeader));
  if (http_.response().status() != 200 || identifier.empty())
    return Error(Errc::kUnavailable,
                 "register: status " + std::to_string(http_.response().status()));
  const std::array<net::HttpHeader, 1> headers = {{{kExtensionIdHeader, identifier}}};
  return http_.ask({"GET", kExtensionNextPath, headers, {}});
}

}  // namespace wascc::lambda
