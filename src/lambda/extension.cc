#include "lambda/extension.h"

#include <array>
#include <optional>

namespace wascc::lambda {

InternalExtension::InternalExtension(net::HttpClient& start, const Log& log, std::string_view name)
    : log_(log.target("lambda")),
      start_(start),
      events_(start.address(), {std::nullopt, kPostStandstill}) {
  const std::array<net::HttpHeader, 2> headers = {
      {{kExtensionNameHeader, name}, {"Content-Type", "application/json"}}};
  asked_ = start_.ask({"POST", kExtensionRegisterPath, headers, as_bytes(R"({"events":[]})")});
}

void InternalExtension::take_answer() {
  if (const Status done = take_identifier(); !done) warn(done.error());
}

Status InternalExtension::take_identifier() {
  WASCC_CHECK(asked_);
  WASCC_CHECK(start_.answer());
  const net::HttpResponse& response = start_.response();
  const std::string_view identifier = response.header(kExtensionIdHeader);
  if (response.status() != 200 || identifier.empty())
    return Error(Errc::kUnavailable, "register: status " + std::to_string(response.status()));
  identifier_ = identifier;
  return {};
}

void InternalExtension::wait_for_events() {
  if (identifier_.empty()) return;
  const std::array<net::HttpHeader, 1> headers = {{{kExtensionIdHeader, identifier_}}};
  if (const Status asked = events_.ask({"GET", kExtensionNextPath, headers, {}}); !asked)
    warn(asked.error());
}

void InternalExtension::warn(const Error& why) const {
  log_.warn("no extension, so no notice before the environment ends", {{"reason", why.message()}});
}

}  // namespace wascc::lambda
