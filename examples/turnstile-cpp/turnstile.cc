// Answers each HTTP request with how often its path was asked for, as the capability example:tally
// counts it.
#include <string>

#include "../tally-cpp/tally.h"
#include "wascc/actor.h"
#include "wascc/messages/http.h"

namespace {

using namespace wascc;

Result<HttpResponse> answer(const HttpRequest& request) {
  WASCC_TRY(const tally::CountAnswer counted,
            actor::call<tally::CountAnswer>(actor::kDefaultBinding, tally::kCapability,
                                            tally::kOpCount, tally::CountRequest{request.path}));
  const std::string json = R"({"count":)" + std::to_string(counted.count) + "}";
  return HttpResponse{200, "OK", {{"content-type", "application/json"}}, to_bytes(json)};
}

}  // namespace

std::span<const actor::Operation> wascc::actor::operations() {
  static constexpr Operation kOperations[] = {on<answer>(kOpHandleRequest)};
  return kOperations;
}
