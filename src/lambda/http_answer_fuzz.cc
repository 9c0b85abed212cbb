// The first byte is the form, the rest an actor's reply: whatever it says, the answer is refused or
// is JSON with the members that its front door takes, no more, no control character in a header,
// and a body that is the actor's own.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/encoding.h"
#include "base/json.h"
#include "lambda/http_answer.h"
#include "net/answer_headers.h"
#include "wascc/msgpack.h"

namespace {

using namespace wascc;          // NOLINT(google-build-using-namespace)
using namespace wascc::lambda;  // NOLINT(google-build-using-namespace)

void require(bool property) {
  if (!property) std::abort();
}

bool is_allowed(const AnswerForm& form, std::string_view key) {
  static constexpr std::array<std::string_view, 3> kAlways = {"statusCode", "body",
                                                              "isBase64Encoded"};
  if (std::find(kAlways.begin(), kAlways.end(), key) != kAlways.end()) return true;
  switch (form.kind) {
    case EventKind::kAlb:
      return key == "statusDescription" ||
             key == (form.multi_value_headers ? "multiValueHeaders" : "headers");
    case EventKind::kRest:
    case EventKind::kHttpApi1:
      return key == "headers" || key == "multiValueHeaders";
    default:
      return key == "headers" || key == "cookies";
  }
}

void check_values(json::View values) {
  const auto check_one = [](json::View value) {
    require(value.is_string() && !net::has_control(*value.string()));
  };
  if (!values.is_array()) return check_one(values);
  require(values.size() > 0);
  values.each_element(check_one);
}

void check_body(const AnswerForm& form, const HttpResponse& response, json::View answer) {
  const auto body = answer["body"].string();
  const auto base64 = answer["isBase64Encoded"].boolean();
  require(body && base64);
  const Result<Bytes> bytes = *base64 ? base64_decode(*body) : Result<Bytes>(to_bytes(*body));
  const std::uint32_t code = response.status_code;
  const bool none = form.head || code == 204 || code == 205 || code == 304;
  require(bytes && *bytes == (none ? Bytes() : response.body));
}

void check(const AnswerForm& form, const HttpResponse& response) {
  const Result<std::string> answer = write_http_answer(form, response, Log());
  if (!answer) return;
  const Result<json::Document> document = json::Document::parse(*answer);
  require(document && document->root().is_object());
  const json::View root = document->root();
  root.each_member([&](std::string_view key, json::View value) {
    require(is_allowed(form, key));
    if (key == "headers" || key == "multiValueHeaders")
      value.each_member([](std::string_view, json::View values) { check_values(values); });
    if (key == "cookies") check_values(value);
  });
  const auto code = root["statusCode"].uint64();
  require(code && *code == response.status_code && *code >= 200 && *code <= 599);
  require(root["headers"].is_object() || root["multiValueHeaders"].is_object());
  check_body(form, response, root);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static constexpr std::array<EventKind, 5> kKinds = {EventKind::kAlb, EventKind::kRest,
                                                      EventKind::kHttpApi1, EventKind::kHttpApi2,
                                                      EventKind::kFunctionUrl};
  const unsigned choice = data[0];
  const AnswerForm form{kKinds[choice % kKinds.size()], (choice & 0x40) != 0, (choice & 0x80) != 0};
  const auto* bytes = reinterpret_cast<const std::byte*>(data + 1);
  const Result<HttpResponse> response = decode<HttpResponse>({bytes, size - 1});
  if (response) check(form, *response);
  return 0;
}
