#include "redis/connection.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace wascc::redis {
namespace {

constexpr std::size_t kMaxReplyBytes = std::size_t{64} << 20;  // as one MessagePack message
constexpr long long kMaxReplyElements = 1 << 20;

Error timeout() { return Error(Errc::kTimeout, "no answer in time"); }

timeval timeval_of(std::chrono::nanoseconds duration) {
  const auto us = std::max(std::chrono::duration_cast<std::chrono::microseconds>(duration),
                           std::chrono::microseconds(1));  // 0 would mean for ever
  return {us.count() / 1'000'000, us.count() % 1'000'000};
}

bool is_ip_address(const std::string& host) {
  in6_addr address;
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

}  // namespace

Result<TlsHandle> make_tls(const Settings& settings) {
  if (!settings.address.tls) return TlsHandle();
  redisInitOpenSSL();
  redisSSLOptions options{};
  options.cacert_filename = settings.ca_file.c_str();
  options.verify_mode = REDIS_SSL_VERIFY_PEER;
  options.verify_name = settings.address.host.c_str();
  if (!is_ip_address(settings.address.host)) options.server_name = options.verify_name;
  redisSSLContextError error = REDIS_SSL_CTX_NONE;
  TlsHandle tls(redisCreateSSLContextWithOptions(&options, &error));
  if (!tls)
    return Error(Errc::kInvalid,
                 "TLS with " + settings.ca_file + ": " + redisSSLContextGetError(error));
  return tls;
}

Result<Connection> Connection::open(const Settings& settings, redisSSLContext* tls,
                                    const Clock& clock, Deadline deadline) {
  const Address& address = settings.address;
  const Deadline now = clock.steady_now();
  if (now >= deadline) return timeout();
  const timeval limit = timeval_of(deadline - now);
  redisOptions options{};
  REDIS_OPTIONS_SET_TCP(&options, address.host.c_str(), address.port);
  options.options = REDIS_OPT_SET_SOCK_CLOEXEC;
  options.connect_timeout = &limit;
  options.command_timeout = &limit;
  ContextHandle context(redisConnectWithOptions(&options));
  if (!context) return Error(Errc::kUnavailable, "no memory for a connection");
  Connection connection(std::move(context), clock);
  if (connection.context_->err != 0) return connection.broken();
  connection.context_->reader->maxelements = kMaxReplyElements;
  if (tls != nullptr) {
    WASCC_CHECK(connection.allow_until(deadline));
    if (redisInitiateSSLWithContext(connection.context_.get(), tls) != REDIS_OK)
      return connection.broken();
  }

  std::vector<std::vector<std::string_view>> greetings;
  const std::string database = std::to_string(address.database);
  if (!address.password.empty() && address.user.empty())
    greetings.push_back({"AUTH", address.password});
  else if (!address.password.empty())
    greetings.push_back({"AUTH", address.user, address.password});
  if (address.database != 0) greetings.push_back({"SELECT", database});
  for (const auto& greeting : greetings) {
    WASCC_TRY(const ReplyHandle reply, connection.command(greeting, deadline));
    if (reply->type == REDIS_REPLY_ERROR)
      return Error(Errc::kDenied, std::string(reply->str, reply->len));
  }
  return connection;
}

bool Connection::usable() const {
  const redisReader* reader = context_->reader;
  char byte = 0;
  return context_->err == 0 && reader->pos == reader->len &&
         ::recv(context_->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == -1 && errno == EAGAIN;
}

Status Connection::allow_until(Deadline deadline) {
  const Deadline now = clock_->steady_now();
  if (now >= deadline) return timeout();
  if (redisSetTimeout(context_.get(), timeval_of(deadline - now)) != REDIS_OK) return broken();
  return {};
}

Error Connection::broken() const {
  const std::string reason = context_->errstr;
  // A socket's own time limit says EAGAIN, or its text.
  if (context_->err == REDIS_ERR_TIMEOUT || reason == std::strerror(EAGAIN)) return timeout();
  return Error(Errc::kUnavailable, reason);
}

Result<ReplyHandle> Connection::command(Command command, Deadline deadline) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const std::string_view argument : command) {
    texts.push_back(argument.data());
    sizes.push_back(argument.size());
  }
  redisContext* const context = context_.get();
  if (redisAppendCommandArgv(context, static_cast<int>(texts.size()), texts.data(), sizes.data()) !=
      REDIS_OK)
    return broken();

  for (int sent = 0; sent == 0;) {
    WASCC_CHECK(allow_until(deadline));
    if (redisBufferWrite(context, &sent) != REDIS_OK) return broken();
  }
  while (true) {
    void* reply = nullptr;
    if (redisGetReplyFromReader(context, &reply) != REDIS_OK) return broken();
    if (reply != nullptr) return ReplyHandle(static_cast<redisReply*>(reply));
    if (context->reader->len > kMaxReplyBytes)
      return Error(Errc::kTooLarge, "the reply is larger than 64 MiB");
    WASCC_CHECK(allow_until(deadline));  // each read gets what is left, so all of them end in time
    if (redisBufferRead(context) != REDIS_OK) return broken();
  }
}

}  // namespace wascc::redis
