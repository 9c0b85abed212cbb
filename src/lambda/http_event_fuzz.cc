// Any bytes are an event: what is read from it as an HTTP request has an encoded path that starts
// with '/', an encoded query, header names in lower case, one of each, and the answer to it can be
// written.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "lambda/http_answer.h"
#include "lambda/http_event.h"

namespace {

using namespace wascc;          // NOLINT(google-build-using-namespace)
using namespace wascc::lambda;  // NOLINT(google-build-using-namespace)

void require(bool property) {
  if (!property) std::abort();
}

bool is_on_wire(std::string_view text, std::string_view without) {
  return std::all_of(text.begin(), text.end(), [without](char c) {
    return c > 0x20 && c < 0x7F && without.find(c) == std::string_view::npos;
  });
}

void check(EventKind kind, json::View event, const HttpEventSettings& settings) {
  Result<HttpEvent> http = read_http_event(kind, event, settings);
  if (!http) return;
  add_context_headers(*http, event, "{}", "");
  const AnswerForm form = http->answer;
  require(form.kind == kind);
  const HttpRequest request = narrow(*std::move(http));
  require(!request.method.empty());
  require(request.path.starts_with('/') && is_on_wire(request.path, "?#"));
  require(is_on_wire(request.query_string, "#"));
  std::set<std::string_view> names;
  for (const auto& [name, value] : request.header) {
    require(std::none_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; }));
    require(names.insert(name).second);
  }
  HttpResponse response;
  response.status_code = 200;
  response.body = request.body;
  const Result<std::string> answer = write_http_answer(form, response, Log());
  require(!answer || json::Document::parse(*answer));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<json::Document> document = json::Document::parse_in_place(text);
  const Result<json::Document> copied = json::Document::parse(text);
  require(bool(document) == bool(copied));
  if (!document) return 0;
  require(document->root().dump() == copied->root().dump());
  const EventKind kind = kind_of(document->root());
  require(!name_of(kind).empty());
  if (!is_http(kind)) return 0;
  check(kind, document->root(), {});
  check(kind, document->root(), {StageInPath::kKeep, "/shop/"});
  return 0;
}
