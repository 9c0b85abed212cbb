#include "lambda/event_parts.h"

#include <algorithm>
#include <utility>

#include "base/encoding.h"
#include "net/header_names.h"
#include "net/request_path.h"

namespace wascc::lambda {
namespace {

// Every value that a map has under one key: a scalar alone, or the scalars of a list.
template <class Visit>
void each_value(json::View value, Visit visit) {
  if (value.is_array()) return value.each_element(visit);
  visit(value);
}

void append_pair(std::string& query, std::string_view key, std::string_view value,
                 const net::ByteSet& key_bytes, const net::ByteSet& value_bytes) {
  if (!query.empty()) query.push_back('&');
  net::percent_encode(query, key, key_bytes);
  query.push_back('=');
  net::percent_encode(query, value, value_bytes);
}

void append_lines(std::vector<HeaderLine>& lines, const std::string& name, json::View values) {
  each_value(values, [&](json::View value) {
    if (std::optional<std::string> text = value.scalar_text())
      lines.push_back({name, *std::move(text)});
  });
}

}  // namespace

std::string_view text_of(json::View value) { return value.string().value_or(std::string_view()); }

std::vector<HeaderLine> read_headers(json::View event) {
  const json::View multi = event["multiValueHeaders"];
  const json::View single = event["headers"];
  std::vector<HeaderLine> lines;
  lines.reserve(multi.size() + single.size());

  std::vector<std::string> taken;
  multi.each_member([&](std::string_view key, json::View values) {
    append_lines(lines, taken.emplace_back(net::lower_case(key)), values);
  });
  std::sort(taken.begin(), taken.end());
  single.each_member([&](std::string_view key, json::View values) {
    const std::string name = net::lower_case(key);
    if (!std::binary_search(taken.begin(), taken.end(), name)) append_lines(lines, name, values);
  });
  return lines;
}

std::string read_query_maps(json::View event, const net::ByteSet& key_bytes,
                            const net::ByteSet& value_bytes) {
  const json::View multi = event["multiValueQueryStringParameters"];
  const json::View single = event["queryStringParameters"];
  std::string query;
  const auto append = [&](std::string_view key, json::View values) {
    each_value(values, [&](json::View value) {
      if (value.is_object() || value.is_array()) return;
      append_pair(query, key, value.scalar_text().value_or(""), key_bytes, value_bytes);
    });
  };

  std::vector<std::string_view> taken;
  multi.each_member([&](std::string_view key, json::View values) {
    taken.push_back(key);
    append(key, values);
  });
  std::sort(taken.begin(), taken.end());
  single.each_member([&](std::string_view key, json::View values) {
    if (!std::binary_search(taken.begin(), taken.end(), key)) append(key, values);
  });
  return query;
}

Result<Bytes> read_body(json::View event) {
  const json::View body = event["body"];
  const bool base64 = event["isBase64Encoded"].boolean().value_or(false);
  if (!body || body.is_null()) return Bytes();
  if (const auto text = body.string()) {
    if (!base64) return to_bytes(*text);
    return base64_decode(*text).context(
        "the event says isBase64Encoded and its body cannot be decoded");
  }
  if (base64)
    return Error(Errc::kMalformed, "the event says isBase64Encoded and its body is not a string");
  return to_bytes(body.dump());
}

std::string_view without_stage(std::string_view path, json::View context,
                               const HttpEventSettings& settings) {
  const std::string_view stage = text_of(context["stage"]);
  const std::string_view domain = text_of(context["domainName"]);
  if (settings.stage_in_path == StageInPath::kKeep || stage.empty() || stage == "$default" ||
      domain.find(".execute-api.") == std::string_view::npos)
    return path;
  return net::without_prefix(path, std::string("/").append(stage));
}

std::string finished_path(std::string_view path, const net::ByteSet& keep,
                          const HttpEventSettings& settings) {
  return net::finished_path(path, keep, settings.base_path);
}

}  // namespace wascc::lambda
