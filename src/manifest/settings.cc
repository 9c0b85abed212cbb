#include "manifest/settings.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace wascc::manifest {
namespace {

using Values = std::vector<std::string>;

Error invalid(const std::string& must_be, const std::string& value) {
  return Error(Errc::kInvalid, "must be " + must_be + ", not '" + value + "'");
}

Result<std::uint64_t> number(const std::string& text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || parsed != end || value < least || value > most)
    return invalid("a whole number from " + std::to_string(least) + " to " + std::to_string(most),
                   text);
  return value;
}

template <class T>
struct Word {
  std::string_view word;
  T value;
};

template <class T, std::size_t N>
Status choose(T& target, const std::string& text, const Word<T> (&words)[N]) {
  std::string choices;
  for (const Word<T>& candidate : words) {
    if (candidate.word == text) {
      target = candidate.value;
      return {};
    }
    choices.append(choices.empty() ? "" : " or ").append(candidate.word);
  }
  return invalid(choices, text);
}

Status keys(std::vector<std::string>& target, const Values& values) {
  // An empty list could be read as "trust nobody" and as "trust everybody".
  if (values.empty())
    return Error(Errc::kInvalid, "is an empty list: name at least one key, or leave it out");
  for (const std::string& key : values)
    if (key.size() != 56 || key.front() != 'A')
      return invalid("a list of account keys (56 characters that begin with A)", key);
  target = values;
  return {};
}

Status log_format(Settings& s, const std::string& text) {
  LogFormat format{};
  WASCC_CHECK(
      choose<LogFormat>(format, text, {{"text", LogFormat::kText}, {"json", LogFormat::kJson}}));
  s.log_format = format;
  return {};
}

Status base_path(Settings& s, std::string text) {
  while (!text.empty() && text.back() == '/') text.pop_back();
  if (!text.empty() && text.front() != '/') return invalid("a path that begins with '/'", text);
  if (text.find_first_of("?# \t") != std::string::npos)
    return invalid("a path without '?', '#' and spaces", text);
  s.base_path = std::move(text);
  return {};
}

Status on_off(bool& target, const std::string& text) {
  return choose<bool>(target, text,
                      {{"on", true}, {"off", false}, {"true", true}, {"false", false}});
}

struct Setting {
  std::string_view name;
  bool list;
  Status (*set)(Settings& settings, const Values& values);  // one value unless `list`
};

constexpr Setting kSettings[] = {
    {"trusted_issuers", true,
     [](Settings& s, const Values& v) { return keys(s.trusted_issuers, v); }},
    {"trusted_packagers", true,
     [](Settings& s, const Values& v) { return keys(s.trusted_packagers, v); }},
    {"error_policy", false,
     [](Settings& s, const Values& v) {
       return choose<ErrorPolicy>(
           s.error_policy, v.front(),
           {{"error", ErrorPolicy::kError}, {"http_500", ErrorPolicy::kHttp500}});
     }},
    {"deadline_margin_ms", false,
     [](Settings& s, const Values& v) -> Status {
       WASCC_TRY(const std::uint64_t ms, number(v.front(), 0, 60'000));
       s.deadline_margin = std::chrono::milliseconds(ms);
       return {};
     }},
    {"request_timeout_ms", false,
     [](Settings& s, const Values& v) -> Status {
       WASCC_TRY(const std::uint64_t ms, number(v.front(), 1, 3'600'000));
       s.request_timeout = std::chrono::milliseconds(ms);
       return {};
     }},
    {"memory_limit_mb", false,
     [](Settings& s, const Values& v) -> Status {
       WASCC_TRY(s.memory_limit_mb, number(v.front(), 1, 4096));
       return {};
     }},
    {"log_format", false, [](Settings& s, const Values& v) { return log_format(s, v.front()); }},
    {"front", false,
     [](Settings& s, const Values& v) -> Status {
       s.front = v.front();
       return {};
     }},
    {"metrics", false, [](Settings& s, const Values& v) { return on_off(s.metrics, v.front()); }},
    {"tracing", false, [](Settings& s, const Values& v) { return on_off(s.tracing, v.front()); }},
    {"policy", false,
     [](Settings& s, const Values& v) -> Status {
       s.policy = v.front();
       return {};
     }},
    {"replace_by_any_issuer", false,
     [](Settings& s, const Values& v) { return on_off(s.replace_by_any_issuer, v.front()); }},
    {"isolation", false,
     [](Settings& s, const Values& v) {
       return choose<Isolation>(
           s.isolation, v.front(),
           {{"actor", Isolation::kActor}, {"invocation", Isolation::kInvocation}});
     }},
    {"stage_in_path", false,
     [](Settings& s, const Values& v) {
       return choose<StageInPath>(s.stage_in_path, v.front(),
                                  {{"strip", StageInPath::kStrip}, {"keep", StageInPath::kKeep}});
     }},
    {"base_path", false, [](Settings& s, const Values& v) { return base_path(s, v.front()); }},
    {"context_headers", false,
     [](Settings& s, const Values& v) { return on_off(s.context_headers, v.front()); }},
    {"register_extension", false,
     [](Settings& s, const Values& v) { return on_off(s.register_extension, v.front()); }},
};

std::string variable_of(std::string_view name) {
  std::string variable = "WASCC_";
  for (const char c : name) variable += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return variable;
}

// The parts between commas, without spaces around them and without empty ones.
Values parts(std::string_view text) {
  Values result;
  while (true) {
    const std::size_t comma = text.find(',');
    std::string_view part = text.substr(0, comma);
    const std::size_t first = part.find_first_not_of(" \t");
    if (first != std::string_view::npos)
      result.emplace_back(part.substr(first, part.find_last_not_of(" \t") - first + 1));
    if (comma == std::string_view::npos) return result;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

Status set(Settings& settings, std::string_view name, const std::vector<std::string>& values) {
  const auto* found = std::find_if(std::begin(kSettings), std::end(kSettings),
                                   [&](const Setting& s) { return s.name == name; });
  if (found == std::end(kSettings)) {
    std::string message = "unknown setting '" + std::string(name) + "'; there are ";
    for (const Setting& s : kSettings) message.append(&s == kSettings ? "" : ", ").append(s.name);
    return Error(Errc::kNotFound, message);
  }
  if (!found->list && values.size() != 1)
    return Error(Errc::kInvalid, std::string(name) + ": must be one value, not a list");
  return found->set(settings, values).context(name);
}

Status set_from_environment(Settings& settings, const Environment& environment) {
  for (const Setting& setting : kSettings) {
    const std::string variable = variable_of(setting.name);
    const std::optional<std::string> text = environment(variable);
    if (!text || text->empty()) continue;
    const Values values = setting.list ? parts(*text) : Values{*text};
    WASCC_CHECK(setting.set(settings, values).context("environment variable " + variable));
  }
  return {};
}

}  // namespace wascc::manifest
