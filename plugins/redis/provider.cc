#include "redis/provider.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include "base/encoding.h"

namespace wascc::redis {

RedisProvider::RedisProvider(CapabilityDescriptor about, std::span<const Operation> operations,
                             const Clock& clock)
    : about_(std::move(about)), operations_(operations), clock_(clock) {}

CapabilityDescriptor RedisProvider::descriptor() const {
  CapabilityDescriptor descriptor = about_;
  for (const Operation& operation : operations_)
    descriptor.supported_operations.push_back(
        {std::string(operation.name), Direction::kToProvider, ""});
  return descriptor;
}

Status RedisProvider::start(Dispatcher& /*dispatcher*/) {
  // A write to a connection that the server has closed must be an error, not the end of the
  // process.
  struct sigaction action {};
  if (::sigaction(SIGPIPE, nullptr, &action) == 0 && action.sa_handler == SIG_DFL)
    std::signal(SIGPIPE, SIG_IGN);
  return {};
}

Status RedisProvider::bind(const CapabilityConfiguration& configuration) {
  WASCC_TRY(Settings settings, parse_settings(configuration.values));
  WASCC_TRY(auto client, Client::make(std::move(settings), clock_));
  clients_.with([&](Clients& clients) {
    clients[configuration.module].swap(client);
  });  // the old one ends here
  return {};
}

Status RedisProvider::unbind(std::string_view actor) {
  clients_.with([&](Clients& clients) {
    if (const auto found = clients.find(actor); found != clients.end()) clients.erase(found);
  });
  return {};
}

Result<Bytes> RedisProvider::handle_call(const ProviderCall& call) {
  const auto operation = std::ranges::find(operations_, call.operation, &Operation::name);
  if (operation == operations_.end()) return Error(Errc::kUnsupported, "bad dispatch");
  const auto client = clients_.with([&](const Clients& clients) {
    const auto found = clients.find(call.actor);
    return found == clients.end() ? nullptr : found->second;
  });
  if (!client)
    return Error(Errc::kNotFound, "No client for this actor. Did the host configure it?");
  return operation->run(*client, call.payload, call.deadline);
}

void RedisProvider::stop() {
  clients_.with([](Clients& clients) { clients.clear(); });
}

Result<std::string> text_of(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_STRING && reply.type != REDIS_REPLY_STATUS)
    return Error(Errc::kProvider, "Redis answered with something else than a text");
  std::string text(reply.str, reply.len);
  if (!is_utf8(text)) return Error(Errc::kProvider, "Redis holds a value here that is not UTF-8");
  return text;
}

}  // namespace wascc::redis
