// Answers every HTTP request with what it was, as JSON.
#include <string>

#include "wascc/actor.h"
#include "wascc/actor_json.h"
#include "wascc/messages/http.h"

namespace {

using namespace wascc;

std::string describe(const HttpRequest& request) {
  std::string json = R"({"method":)";
  actor::append_json_string(json, request.method);
  json += R"(,"path":)";
  actor::append_json_string(json, request.path);
  json += R"(,"query_string":)";
  actor::append_json_string(json, request.query_string);
  json += R"(,"headers":{)";
  for (const auto& [name, value] : request.header) {
    if (json.back() != '{') json += ',';
    actor::append_json_string(json, name);
    json += ':';
    actor::append_json_string(json, value);
  }
  json += R"(},"body":[)";
  for (const std::byte byte : request.body) {
    if (json.back() != '[') json += ',';
    json += std::to_string(std::to_integer<unsigned>(byte));
  }
  return json + "]}";
}

Result<HttpResponse> echo(const HttpRequest& request) {
  actor::console_log("Received HTTP request: " + request.method + " " + request.path);
  return HttpResponse{200, "OK", {}, to_bytes(describe(request))};
}

}  // namespace

std::span<const actor::Operation> wascc::actor::operations() {
  static constexpr Operation kOperations[] = {on<echo>(kOpHandleRequest)};
  return kOperations;
}
