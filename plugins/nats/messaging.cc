#include "nats/messaging.h"

#include <chrono>
#include <utility>

#include "wascc/messages/messaging.h"

namespace wascc::nats {
namespace {

namespace ms = messaging;

// For an actor to take one message; without an end nobody could stop the provider.
constexpr std::chrono::seconds kDeliveryLimit{30};
constexpr std::chrono::milliseconds kLibraryEnd{2'000};

// The library's own threads and timers are for all its connections, and end with the last user.
struct Library {
  std::mutex mutex;
  int users = 0;
};
Library& library() {
  static Library all;
  return all;
}
Status use_library() {
  const std::scoped_lock lock(library().mutex);
  if (library().users == 0)
    if (const natsStatus opened = nats_Open(-1); opened != NATS_OK)
      return Error(Errc::kInternal, natsStatus_GetText(opened));
  ++library().users;
  return {};
}
void leave_library() {
  const std::scoped_lock lock(library().mutex);
  if (--library().users == 0) nats_CloseAndWait(kLibraryEnd.count());
}

Error no_client() {
  return Error(Errc::kNotFound, "No client for this actor. Did the host configure it?");
}

Result<Bytes> publish(Client& client, ByteView payload, Deadline deadline) {
  WASCC_TRY(const ms::BrokerMessage message, decode<ms::BrokerMessage>(payload));
  const Status published = [&]() -> Status {
    WASCC_TRY(const auto connection, client.connection());
    return connection->publish(message.subject, message.reply_to, message.body, deadline);
  }();
  if (!published) return published.error().context("Failed to publish message");
  return Bytes();
}

Result<Bytes> request(Client& client, ByteView payload, Deadline deadline) {
  WASCC_TRY(const ms::RequestMessage message, decode<ms::RequestMessage>(payload));
  constexpr std::int64_t kMost = std::chrono::milliseconds(std::chrono::hours(1)).count();
  const std::chrono::milliseconds timeout(std::clamp<std::int64_t>(message.timeout_ms, 0, kMost));
  const Deadline until = std::min(deadline, std::chrono::steady_clock::now() + timeout);
  auto reply = [&]() -> Result<Bytes> {
    WASCC_TRY(const auto connection, client.connection());
    return connection->request(message.subject, message.body, until);
  }();
  if (!reply) return reply.error().context("Request failed");
  return reply;
}

}  // namespace

CapabilityDescriptor NatsMessaging::descriptor() const {
  return {std::string(kMessaging),
          "waSCC Messaging (NATS)",
          "1.0.0",
          0,
          "Publishes, requests and delivers messages of NATS.",
          {{std::string(ms::kOpPublish), Direction::kToProvider, ""},
           {std::string(ms::kOpRequest), Direction::kToProvider, ""},
           {std::string(ms::kOpDeliverMessage), Direction::kToActor, ""}}};
}

Status NatsMessaging::start(Dispatcher& dispatcher) {
  WASCC_CHECK(use_library());
  dispatcher_ = &dispatcher;
  return {};
}

Listener NatsMessaging::listener(const std::string& actor) {
  return {[this, actor](const Message& message) { deliver(actor, message); },
          [log = log_, actor](std::string_view text) {
            log.warn("[" + actor + "] " + std::string(text));
          }};
}

void NatsMessaging::deliver(const std::string& actor, const Message& message) {
  {
    const std::scoped_lock lock(mutex_);
    if (stopped_) return;
    ++delivering_;
  }
  const Bytes payload = encode(ms::BrokerMessage{
      std::string(message.subject), std::string(message.reply_to), to_bytes(message.body)});
  const auto answer = dispatcher_->dispatch(
      {actor, ms::kOpDeliverMessage, payload, std::chrono::steady_clock::now() + kDeliveryLimit});
  if (!answer)
    log_.error("[" + actor + "] a message on " + std::string(message.subject) +
               " was dropped: " + answer.error().message());
  const std::scoped_lock lock(mutex_);
  --delivering_;
  delivered_.notify_all();
}

Status NatsMessaging::bind(const CapabilityConfiguration& configuration) {
  const std::string& actor = configuration.module;
  WASCC_TRY(Settings settings, parse_settings(configuration.values));
  WASCC_TRY(auto client, Client::open(std::move(settings), listener(actor), clock_));
  ClientPtr before = client;
  {
    const std::scoped_lock lock(mutex_);
    clients_[actor].swap(before);
  }
  // Both are subscribed; each message goes to one of them.
  if (before) before->close();
  client->admit();
  return {};
}

Status NatsMessaging::unbind(std::string_view actor) {
  ClientPtr client;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = clients_.find(actor);
    if (found == clients_.end()) return {};
    client = std::move(found->second);
    clients_.erase(found);
  }
  client->close();
  return {};
}

Result<Bytes> NatsMessaging::handle_call(const ProviderCall& call) {
  const auto run = call.operation == ms::kOpPublish   ? publish
                   : call.operation == ms::kOpRequest ? request
                                                      : nullptr;
  if (run == nullptr) return Error(Errc::kUnsupported, "bad dispatch");
  ClientPtr client;
  {
    const std::scoped_lock lock(mutex_);
    if (const auto found = clients_.find(call.actor); found != clients_.end())
      client = found->second;
  }
  if (!client) return no_client();
  return run(*client, call.payload, call.deadline);
}

void NatsMessaging::stop() {
  std::map<std::string, ClientPtr, std::less<>> clients;
  {
    const std::scoped_lock lock(mutex_);
    if (stopped_ || dispatcher_ == nullptr) return;
    stopped_ = true;
    clients.swap(clients_);
  }
  for (const auto& [actor, client] : clients) client->close();
  clients.clear();
  {
    std::unique_lock lock(mutex_);  // a binding may have ended during a delivery of its own
    delivered_.wait(lock, [this] { return delivering_ == 0; });
  }
  leave_library();
}

}  // namespace wascc::nats
