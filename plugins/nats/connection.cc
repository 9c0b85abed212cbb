#include "nats/connection.h"

#include <algorithm>
#include <climits>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <mutex>

namespace wascc::nats {

using std::chrono::milliseconds;

// What callbacks of the library need. Each holds it, because it may come after the connection went.
struct Shared {
  enum class Deliveries { kNotYet, kAdmitted, kOver };

  Shared(Settings chosen, Listener told) : settings(std::move(chosen)), listener(std::move(told)) {}

  const Settings settings;
  const Listener listener;
  std::mutex mutex;
  std::condition_variable changed;  // what follows, or the state of the connection
  Deliveries deliveries = Deliveries::kNotYet;
  int delivering = 0;
};

namespace {

using SharedPtr = std::shared_ptr<Shared>;
using OptionsHandle = std::unique_ptr<natsOptions, Deleter<natsOptions, natsOptions_Destroy>>;
using MessageHandle = std::unique_ptr<natsMsg, Deleter<natsMsg, natsMsg_Destroy>>;

constexpr milliseconds kReconnectWait{200};
constexpr milliseconds kPingInterval{20'000};
constexpr int kMaxPingsOut = 2;
constexpr milliseconds kCommandLimit{5'000};

// Whose delivery this thread is in the middle of.
thread_local const Shared* delivering_here = nullptr;

Error error_of(natsStatus status) {
  const char* const text = natsStatus_GetText(status);
  switch (status) {
    case NATS_TIMEOUT:
      return Error(Errc::kTimeout, text);
    case NATS_INVALID_ARG:
    case NATS_INVALID_SUBJECT:
    case NATS_INVALID_QUEUE_NAME:
    case NATS_MAX_PAYLOAD:
      return Error(Errc::kInvalid, text);
    case NATS_SSL_ERROR: {  // "(file:line): what was wrong with whose certificate"
      const std::string longer = nats_GetLastError(nullptr);
      const std::size_t place = longer.find("): ");
      return Error(Errc::kUnavailable,
                   place == std::string::npos ? longer : longer.substr(place + 3));
    }
    default:
      return Error(Errc::kUnavailable, text);
  }
}

Status check(natsStatus status) {
  if (status == NATS_OK) return {};
  return error_of(status);
}

Result<int> size_of(ByteView body) {
  if (body.size() > INT_MAX) return error_of(NATS_MAX_PAYLOAD);
  return static_cast<int>(body.size());
}

// What is left, in whole milliseconds and at most an hour; 0 if nothing is.
std::int64_t left_ms(Deadline deadline) {
  const auto now = std::chrono::steady_clock::now();
  if (deadline <= now) return 0;
  const auto left = std::min<Deadline::duration>(deadline - now, std::chrono::hours(1));
  return std::max<std::int64_t>(std::chrono::duration_cast<milliseconds>(left).count(), 1);
}

Shared& shared_of(void* closure) { return **static_cast<SharedPtr*>(closure); }
void release(void* closure) { delete static_cast<SharedPtr*>(closure); }

natsStatus give_jwt(char** jwt, char** /*error*/, void* settings) {
  *jwt = ::strdup(static_cast<const Settings*>(settings)->jwt.c_str());
  return *jwt == nullptr ? NATS_NO_MEMORY : NATS_OK;
}
natsStatus sign(char** /*error*/, unsigned char** signature, int* size, const char* nonce,
                void* settings) {
  return nats_Sign(static_cast<const Settings*>(settings)->seed.c_str(), nonce, signature, size);
}

void on_disconnect(natsConnection* /*connection*/, void* closure) {
  Shared& shared = shared_of(closure);
  bool over = false;
  {
    const std::scoped_lock lock(shared.mutex);
    over = shared.deliveries == Shared::Deliveries::kOver;
  }
  if (!over) shared.listener.complain("lost the connection to NATS at " + shared.settings.name);
}
void on_reconnect(natsConnection* /*connection*/, void* closure) {
  Shared& shared = shared_of(closure);
  shared.listener.complain("connected again to NATS at " + shared.settings.name);
  const std::scoped_lock lock(shared.mutex);
  shared.changed.notify_all();
}
// The last call for a connection.
void on_close(natsConnection* /*connection*/, void* closure) {
  {
    Shared& shared = shared_of(closure);
    const std::scoped_lock lock(shared.mutex);
    shared.changed.notify_all();
  }
  release(closure);
}
void on_error(natsConnection* /*connection*/, natsSubscription* subscription, natsStatus status,
              void* closure) {
  std::string text = "NATS: ";
  text += natsStatus_GetText(status);
  if (subscription != nullptr)
    if (const char* subject = natsSubscription_GetSubject(subscription); subject != nullptr)
      text.append(", subscription ").append(subject);
  shared_of(closure).listener.complain(text);
}

void on_message(natsConnection* /*connection*/, natsSubscription* /*subscription*/, natsMsg* raw,
                void* closure) {
  const MessageHandle message(raw);
  Shared& shared = shared_of(closure);
  {
    const std::scoped_lock lock(shared.mutex);
    if (shared.deliveries != Shared::Deliveries::kAdmitted) return;
    ++shared.delivering;
  }
  const char* const reply_to = natsMsg_GetReply(raw);
  const auto* const data = reinterpret_cast<const std::byte*>(natsMsg_GetData(raw));
  delivering_here = &shared;
  shared.listener.deliver({natsMsg_GetSubject(raw),
                           reply_to == nullptr ? "" : reply_to,
                           {data, static_cast<std::size_t>(natsMsg_GetDataLength(raw))}});
  delivering_here = nullptr;
  const std::scoped_lock lock(shared.mutex);
  --shared.delivering;
  shared.changed.notify_all();
}

Result<OptionsHandle> make_options(const Settings& settings, void* closure) {
  natsOptions* raw = nullptr;
  WASCC_CHECK(check(natsOptions_Create(&raw)));
  OptionsHandle options(raw);
  std::vector<const char*> servers;
  for (const std::string& server : settings.servers) servers.push_back(server.c_str());
  WASCC_CHECK(check(natsOptions_SetServers(raw, servers.data(), static_cast<int>(servers.size()))));
  WASCC_CHECK(check(natsOptions_SetNoRandomize(raw, true)));
  WASCC_CHECK(check(natsOptions_SetName(raw, "waSCC")));
  WASCC_CHECK(check(natsOptions_SetTimeout(raw, settings.connect_timeout.count())));
  WASCC_CHECK(check(natsOptions_SetMaxReconnect(raw, INT_MAX)));
  WASCC_CHECK(check(natsOptions_SetReconnectWait(raw, kReconnectWait.count())));
  WASCC_CHECK(check(natsOptions_SetPingInterval(raw, kPingInterval.count())));
  WASCC_CHECK(check(natsOptions_SetMaxPingsOut(raw, kMaxPingsOut)));
  WASCC_CHECK(check(natsOptions_SetWriteDeadline(raw, kCommandLimit.count())));
  WASCC_CHECK(check(natsOptions_SetFailRequestsOnDisconnect(raw, true)));
  WASCC_CHECK(check(natsOptions_SetErrorHandler(raw, on_error, closure)));
  WASCC_CHECK(check(natsOptions_SetDisconnectedCB(raw, on_disconnect, closure)));
  WASCC_CHECK(check(natsOptions_SetReconnectedCB(raw, on_reconnect, closure)));
  WASCC_CHECK(check(natsOptions_SetClosedCB(raw, on_close, closure)));
  if (settings.tls) {
    WASCC_CHECK(check(natsOptions_SetSecure(raw, true)));
    WASCC_CHECK(check(natsOptions_LoadCATrustedCertificates(raw, settings.ca_file.c_str())));
  }
  if (!settings.user.empty())
    WASCC_CHECK(
        check(natsOptions_SetUserInfo(raw, settings.user.c_str(), settings.password.c_str())));
  if (!settings.token.empty())
    WASCC_CHECK(check(natsOptions_SetToken(raw, settings.token.c_str())));
  if (!settings.jwt.empty()) {
    auto* const secrets = const_cast<Settings*>(&settings);  // only read
    WASCC_CHECK(
        check(natsOptions_SetUserCredentialsCallbacks(raw, give_jwt, secrets, sign, secrets)));
  }
  return options;
}

}  // namespace

Result<std::shared_ptr<Connection>> Connection::open(const Settings& settings, Listener listener) {
  const auto shared = std::make_shared<Shared>(settings, std::move(listener));
  auto closure = std::make_unique<SharedPtr>(shared);
  WASCC_TRY(const OptionsHandle options, make_options(shared->settings, closure.get()));
  natsConnection* raw = nullptr;
  const Status connected = check(natsConnection_Connect(&raw, options.get()));
  if (!connected) return connected.error().context("Cannot connect to NATS at " + settings.name);
  const std::shared_ptr<Connection> connection(new Connection(shared));
  connection->connection_.reset(raw);
  (void)closure.release();  // on_close frees it
  for (const std::string& subject : settings.subjects)
    WASCC_CHECK(connection->subscribe(subject).context("SUBSCRIPTION " + subject));
  if (!settings.subjects.empty())
    WASCC_CHECK(check(natsConnection_FlushTimeout(raw, settings.connect_timeout.count()))
                    .context("Cannot subscribe with NATS at " + settings.name));
  return connection;
}

Status Connection::subscribe(const std::string& subject) {
  auto closure = std::make_unique<SharedPtr>(shared_);
  const std::string& group = shared_->settings.queue_group;
  natsSubscription* raw = nullptr;
  WASCC_CHECK(check(group.empty()
                        ? natsConnection_Subscribe(&raw, connection_.get(), subject.c_str(),
                                                   on_message, closure.get())
                        : natsConnection_QueueSubscribe(&raw, connection_.get(), subject.c_str(),
                                                        group.c_str(), on_message, closure.get())));
  subscriptions_.emplace_back(raw);
  return check(natsSubscription_SetOnCompleteCB(raw, release, closure.release()));
}

void Connection::admit() {
  const std::scoped_lock lock(shared_->mutex);
  if (shared_->deliveries == Shared::Deliveries::kNotYet)
    shared_->deliveries = Shared::Deliveries::kAdmitted;
}

void Connection::close() {
  {
    const std::scoped_lock lock(shared_->mutex);
    shared_->deliveries = Shared::Deliveries::kOver;
  }
  natsConnection_Close(connection_.get());
  std::unique_lock lock(shared_->mutex);
  const int own = delivering_here == shared_.get() ? 1 : 0;
  shared_->changed.wait(lock, [&] { return shared_->delivering == own; });
}

bool Connection::closed() const { return natsConnection_IsClosed(connection_.get()); }

bool Connection::answers(milliseconds limit) {
  return natsConnection_FlushTimeout(connection_.get(), limit.count()) == NATS_OK;
}

Status Connection::wait_until_connected(Deadline deadline) const {
  const Deadline until =
      std::min(deadline, std::chrono::steady_clock::now() + shared_->settings.connect_timeout);
  natsConnStatus status = NATS_CONN_STATUS_DISCONNECTED;
  std::unique_lock lock(shared_->mutex);
  shared_->changed.wait_until(lock, until, [&] {
    status = natsConnection_Status(connection_.get());
    return status == NATS_CONN_STATUS_CONNECTED || status == NATS_CONN_STATUS_CLOSED;
  });
  if (status == NATS_CONN_STATUS_CONNECTED) return {};
  return Error(Errc::kUnavailable, "not connected to NATS at " + shared_->settings.name);
}

Status Connection::publish(const std::string& subject, const std::string& reply_to, ByteView body,
                           Deadline deadline) {
  WASCC_TRY(const int size, size_of(body));
  WASCC_CHECK(wait_until_connected(deadline));
  const Deadline until = std::min(deadline, std::chrono::steady_clock::now() + kCommandLimit);
  natsConnection* const raw = connection_.get();
  WASCC_CHECK(check(reply_to.empty()
                        ? natsConnection_Publish(raw, subject.c_str(), body.data(), size)
                        : natsConnection_PublishRequest(raw, subject.c_str(), reply_to.c_str(),
                                                        body.data(), size)));
  // Else it would still lie in a buffer of ours, which is lost with the process.
  const std::int64_t left = left_ms(until);
  return check(left == 0 ? NATS_TIMEOUT : natsConnection_FlushTimeout(raw, left));
}

Result<Bytes> Connection::request(const std::string& subject, ByteView body, Deadline deadline) {
  WASCC_TRY(const int size, size_of(body));
  WASCC_CHECK(wait_until_connected(deadline));
  natsMsg* raw = nullptr;
  const std::int64_t left = left_ms(deadline);
  WASCC_CHECK(check(left == 0 ? NATS_TIMEOUT
                              : natsConnection_Request(&raw, connection_.get(), subject.c_str(),
                                                       body.data(), size, left)));
  const MessageHandle reply(raw);
  const auto* const data = reinterpret_cast<const std::byte*>(natsMsg_GetData(raw));
  return Bytes(data, data + natsMsg_GetDataLength(raw));
}

}  // namespace wascc::nats
