// wascc events: sample events of every kind, to try actors with.
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "command.h"
#include "lambda/runtime_api.h"
#include "lambda/sample_event.h"

namespace wascc::cli {
namespace {

struct Events {
  std::string kind;
  std::string method;
  std::string path;
  std::string query;
  std::vector<std::string> headers;
  std::string body;
  bool json = false;
};

// Compact JSON with a line for each member and element.
std::string indented(std::string_view json) {
  std::string out;
  std::size_t depth = 0;
  bool text = false;
  const auto new_line = [&] { out.append("\n").append(2 * depth, ' '); };
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (text) {
      out += c;
      if (c == '\\') out += json[++i];
      text = c != '"';
    } else if (c == '{' || c == '[') {
      out += c;
      if (json[i + 1] == '}' || json[i + 1] == ']') {
        out += json[++i];
      } else {
        ++depth;
        new_line();
      }
    } else if (c == '}' || c == ']') {
      --depth;
      new_line();
      out += c;
    } else {
      text = c == '"';
      out += c;
      if (c == ',') new_line();
      if (c == ':') out += ' ';
    }
  }
  return out += '\n';
}

Result<lambda::HeaderLine> header_line(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos || colon == 0)
    return Error(Errc::kInvalid, "--header '" + text + "': give a name, a colon and a value");
  const std::size_t value = text.find_first_not_of(' ', colon + 1);
  return lambda::HeaderLine{text.substr(0, colon),
                            value == std::string::npos ? "" : text.substr(value)};
}

Result<lambda::SampleRequest> request_of(const Events& options) {
  lambda::SampleRequest request;
  if (!options.path.empty()) request.path = options.path;
  request.query = options.query;
  if (const std::size_t mark = request.path.find('?'); mark != std::string::npos) {
    if (!request.query.empty())
      return Error(Errc::kInvalid, "give the query either in --path or as --query");
    request.query = request.path.substr(mark + 1);
    request.path.resize(mark);
  }
  for (const std::string& text : options.headers) {
    WASCC_TRY(lambda::HeaderLine line, header_line(text));
    request.headers.push_back(std::move(line));
  }
  if (options.body.starts_with('@')) {
    const std::string file = options.body.substr(1);
    WASCC_TRY(request.body, read_file(file, lambda::kMaxEventBytes));
  } else {
    request.body = to_bytes(options.body);
  }
  if (!options.method.empty()) {
    request.method = options.method;
  } else if (!request.body.empty()) {
    request.method = "POST";
  }
  return request;
}

void print_kinds_as_json() {
  std::string text;
  json::Writer out(text);
  out.begin_array();
  for (const lambda::SampleKind& kind : lambda::sample_kinds()) {
    out.begin_object().key("kind").string(kind.name).key("what").string(kind.summary);
    out.key("http").boolean(kind.http).end_object();
  }
  out.end_array();
  std::printf("%s\n", text.c_str());
}

std::string kind_list() {
  std::string text;
  for (const lambda::SampleKind& kind : lambda::sample_kinds())
    text.append("  ").append(kind.name).append(14 - kind.name.size(), ' ').append(kind.summary) +=
        '\n';
  return text;
}

bool is_http(std::string_view name) {
  for (const lambda::SampleKind& kind : lambda::sample_kinds())
    if (kind.name == name) return kind.http;
  return false;
}

Status run(const Events& options) {
  if (options.kind.empty()) {
    options.json ? print_kinds_as_json()
                 : static_cast<void>(std::fputs(kind_list().c_str(), stdout));
    return {};
  }
  WASCC_TRY(lambda::SampleRequest request, request_of(options));
  // A body makes it a POST, where there are methods.
  if (options.method.empty() && !is_http(options.kind)) request.method = "GET";
  auto event = lambda::write_sample_event(options.kind, request);
  if (!event && event.error().code() == Errc::kNotFound)
    return Error(Errc::kInvalid, event.error().message() + "; `wascc events` lists the kinds");
  if (!event) return std::move(event).error();
  std::printf("%s", indented(*event).c_str());
  return {};
}

}  // namespace

void add_events(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Events>();
  CLI::App* events =
      app.add_subcommand("events", "Print a sample event, to try an actor with; or list the kinds");
  events->add_option("KIND", options->kind, "see below (default: list them)");
  events->add_option("-X,--method", options->method, "GET, or POST if there is a body");
  events->add_option("--path", options->path, "encoded, as in a URL (default: /)");
  events->add_option("--query", options->query, "encoded, as in a URL: a=1&b=2");
  events->add_option("-H,--header", options->headers, "'name: value'; may be repeated")
      ->allow_extra_args(false);
  events->add_option("-d,--body", options->body, "text, or @FILE for what a file holds");
  events->add_flag("--json", options->json,
                   "list the kinds as one JSON array; an event is JSON anyway");
  events->footer("\nKinds:\n" + kind_list() + R"(
Ids, names and times in them are made up and always the same.

  wascc events httpapi2 --path /orders?open=1 | wascc invoke actor.wasm
  wascc events alb --method PUT --path /x --header 'content-type: text/plain' --body @note.txt
  wascc events sqs --body hello > event.json
)");
  events->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace wascc::cli
