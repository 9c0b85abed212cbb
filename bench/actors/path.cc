// The function that every peer of the benchmark is: the path of the request as JSON.
#include "wascc/actor.h"
#include "wascc/actor_json.h"
#include "wascc/messages/http.h"

namespace {

using namespace wascc;

Result<HttpResponse> answer(const HttpRequest& request) {
  std::string json = R"({"path":)";
  actor::append_json_string(json, request.path);
  json += '}';
  return HttpResponse{200, "OK", {{"content-type", "application/json"}}, to_bytes(json)};
}

}  // namespace

std::span<const actor::Operation> wascc::actor::operations() {
  static constexpr Operation kOperations[] = {on<answer>(kOpHandleRequest)};
  return kOperations;
}
