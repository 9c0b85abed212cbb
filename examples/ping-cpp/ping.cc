// Answers an HTTP request with what the actor pong makes of the number in the query string, or of
// 11 without one; on the path /back it asks pong to ask ping in turn. PONG_KEY is pong's public
// key.
#include "ping.h"

#include <charconv>
#include <string>

#include "wascc/actor.h"
#include "wascc/messages/http.h"

namespace {

using namespace wascc;

Result<HttpResponse> answer(const HttpRequest& request) {
  ping::Ball ball{11};
  const std::string& query = request.query_string;
  if (!query.empty()) {
    const char* end = query.data() + query.size();
    const auto [stopped, error] = std::from_chars(query.data(), end, ball.value);
    if (error != std::errc() || stopped != end)
      return HttpResponse{400, "Bad Request", {}, to_bytes("the query string is a number")};
  }
  const std::string_view operation = request.path == "/back" ? ping::kOpPingBack : ping::kOpPing;
  WASCC_TRY(const ping::Ball back, actor::call_actor<ping::Ball>(PONG_KEY, operation, ball));
  const std::string json = R"({"value":)" + std::to_string(back.value) + "}";
  return HttpResponse{200, "OK", {}, to_bytes(json)};
}

// For pong: the number, one larger.
Result<ping::Ball> ping_itself(const ping::Ball& ball) {
  return ping::Ball{static_cast<std::int32_t>(static_cast<std::uint32_t>(ball.value) + 1)};
}

}  // namespace

std::span<const actor::Operation> wascc::actor::operations() {
  static constexpr Operation kOperations[] = {
      on<answer>(kOpHandleRequest),
      on<ping_itself>(ping::kOpPing),
  };
  return kOperations;
}
