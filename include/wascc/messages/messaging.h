// wascc:messaging: a message broker. Actors publish and request; messages are delivered to actors.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wascc/bytes.h"
#include "wascc/msgpack.h"

namespace wascc {

inline constexpr std::string_view kMessaging = "wascc:messaging";

namespace messaging {

inline constexpr std::string_view kOpPublish = "Publish";
inline constexpr std::string_view kOpRequest =
    "Request";  // answered with the bare bytes of the reply
inline constexpr std::string_view kOpDeliverMessage = "DeliverMessage";

struct BrokerMessage {
  std::string subject;
  std::string reply_to;  // "": nobody waits for a reply
  Bytes body;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("subject", self.subject);
    visit.field("replyTo", self.reply_to);
    visit.defaulted("body", self.body);
  }
};

struct RequestMessage {
  std::string subject;
  Bytes body;
  std::int64_t timeout_ms = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("subject", self.subject);
    visit.defaulted("body", self.body);
    visit.field("timeout", self.timeout_ms);
  }
};

}  // namespace messaging

}  // namespace wascc
