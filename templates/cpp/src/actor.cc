// Answers an HTTP request.
#include "wascc/actor.h"

#include <string>

#include "wascc/actor_json.h"
#include "wascc/messages/http.h"

namespace {

using namespace wascc;

Result<HttpResponse> answer(const HttpRequest& request) {
  if (request.method != "GET") return HttpResponse{405, "Method Not Allowed", {}, {}};
  actor::console_log("asked for " + request.path);
  std::string json = R"({"hello":)";
  actor::append_json_string(json, request.path);
  json += "}\n";
  return HttpResponse{200, "OK", {{"content-type", "application/json"}}, to_bytes(json)};
}

}  // namespace

// Which function answers which operation.
std::span<const actor::Operation> wascc::actor::operations() {
  static constexpr Operation kOperations[] = {on<answer>(kOpHandleRequest)};
  return kOperations;
}
