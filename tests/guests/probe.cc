// An actor for tests: passes on what a request asks of a capability, and keeps what capabilities
// bring.
//
//   POST /wascc:keyvalue/Get?binding   the body goes to the operation, its answer is the answer;
//                                      an error is a 502 with its text
//   GET /received                      the chunks of downloads so far, which it forgets
//
// A message from a broker that wants a reply gets one: "heard: " and its body.
#include <string>

#include "wascc/actor.h"
#include "wascc/messages/blobstore.h"
#include "wascc/messages/http.h"
#include "wascc/messages/messaging.h"

namespace {

using namespace wascc;

Bytes& received() {
  static Bytes bytes;
  return bytes;
}

Result<HttpResponse> answer(const HttpRequest& request) {
  if (request.path == "/received") return HttpResponse{200, "OK", {}, std::move(received())};
  const std::size_t slash = request.path.find('/', 1);
  if (slash == std::string::npos) return HttpResponse{404, "Not Found", {}, {}};
  const std::string capability = request.path.substr(1, slash - 1);
  const auto told = actor::host_call(request.query_string, capability,
                                     request.path.substr(slash + 1), request.body);
  if (!told) return HttpResponse{502, "Bad Gateway", {}, to_bytes(told.error().message())};
  return HttpResponse{200, "OK", {}, *told};
}

Status take_chunk(const blobstore::FileChunk& chunk) {
  received().insert(received().end(), chunk.chunk_bytes.begin(), chunk.chunk_bytes.end());
  actor::console_log("took chunk " + std::to_string(chunk.sequence_no));
  return {};
}

Status hear(const messaging::BrokerMessage& message) {
  if (message.reply_to.empty()) return {};
  const messaging::BrokerMessage reply{message.reply_to, "",
                                       to_bytes("heard: " + to_text(message.body))};
  WASCC_CHECK(
      actor::host_call(actor::kDefaultBinding, kMessaging, messaging::kOpPublish, encode(reply)));
  return {};
}

}  // namespace

std::span<const actor::Operation> wascc::actor::operations() {
  static constexpr Operation kOperations[] = {
      on<answer>(kOpHandleRequest),
      on<take_chunk>(blobstore::kOpReceiveChunk),
      on<hear>(messaging::kOpDeliverMessage),
  };
  return kOperations;
}
